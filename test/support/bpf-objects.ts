import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export type BpfKind = 'prog' | 'map' | 'link';

/** The ids of the BPF objects that a process holds open. */
export function bpfObjectsOf(pid: number): Record<BpfKind, number[]> {
  const held = { prog: new Set<number>(), map: new Set<number>(), link: new Set<number>() };
  for (const fd of readdirSync(`/proc/${pid}/fdinfo`)) {
    let info: string;
    try {
      info = readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1');
    } catch {
      continue; // closed meanwhile
    }
    for (const kind of ['prog', 'map', 'link'] as const) {
      const id = new RegExp(`^${kind}_id:\\s*(\\d+)$`, 'm').exec(info)?.[1];
      if (id !== undefined) held[kind].add(Number(id));
    }
  }
  return { prog: [...held.prog], map: [...held.map], link: [...held.link] };
}

/** Which of these ids the kernel still knows. */
export function stillInKernel(kind: BpfKind, ids: readonly number[]): number[] {
  const shown = JSON.parse(execFileSync('scripts/bpftool', ['-j', kind, 'show'], { encoding: 'utf8' })) as {
    id: number;
  }[];
  const known = new Set(shown.map((object) => object.id));
  return ids.filter((id) => known.has(id));
}

import { readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

/** The state letter of /proc/PID/stat; undefined when there is no such process. */
export function stateOf(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2)[0];
}

export function isAlive(pid: number): boolean {
  const state = stateOf(pid);
  return state !== undefined && state !== 'Z' && state !== 'X';
}

export function childrenOf(pid: number): number[] {
  const text = read(`/proc/${pid}/task/${pid}/children`) ?? '';
  return text.split(' ').filter(Boolean).map(Number);
}

/** The process itself or its nearest descendant that runs the given executable. */
export function findByExecutable(pid: number, name: string): number | undefined {
  try {
    if (readlinkSync(`/proc/${pid}/exe`).endsWith(`/${name}`)) return pid;
  } catch {
    return undefined;
  }
  for (const child of childrenOf(pid)) {
    const found = findByExecutable(child, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** For states that nothing announces: asks until the answer is neither undefined nor false. */
export async function eventually<T>(what: string, ask: () => T | undefined | false, timeoutMs = 5_000): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`never came true: ${what}`);
    await sleep(10);
  }
}

// What the scripts beside this file share. Each runs in a Node.js of its own and says what happened, one JSON object a line.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { KernelEvents, KernelEventsOptions } from '../../../src/native/addon.ts';
import { loadAddon } from '../../support/addon.ts';
import { bpfObjectsOf } from '../../support/bpf-objects.ts';
import { programPath } from '../../support/paths.ts';

export const addon = loadAddon();

// The daemon's own decoder as it was built: scripts run as they are. Not by import(): V8 dies of a worker that is terminated
// while its modules wait for each other.
const decoder = fileURLToPath(new URL('../../../dist/source/decode-records.js', import.meta.url));
export const { decodeSnapshot, recordDecoder } = createRequire(import.meta.url)(
  decoder,
) as typeof import('../../../src/source/decode-records.ts');

/** Written at once: the process may not live to its next turn. */
export const say = (line: object): void => {
  writeSync(1, `${JSON.stringify(line)}\n`);
};

export const EVERY_EXIT: KernelEventsOptions = {
  queueSlots: 1_024,
  maxZombies: 4_096,
  ringBytes: 65_536,
  settleNs: 0,
  slackNs: 0,
};
export const SETTLED: KernelEventsOptions = { ...EVERY_EXIT, queueSlots: 65_536, settleNs: 50e6, slackNs: 5e6 };

/** Loads, starts, and says which BPF objects this process now holds. */
export function start(onRecords: (records: Uint8Array) => void, options = EVERY_EXIT): KernelEvents {
  const kernel = new addon.KernelEvents(options, onRecords);
  kernel.start();
  say(bpfObjectsOf(process.pid));
  return kernel;
}

// A sanitizer's libraries are for this process, not for what it runs.
const { LD_PRELOAD: _, ...env } = process.env;

/** One exit, without a turn of the event loop. */
export const exitOnce = (): void => {
  spawnSync('/bin/true', { env });
};

/** A parent of that many zombies, and how to end it. */
export async function leak(count: number): Promise<{ pid: number; zombies: number[]; end: () => Promise<void> }> {
  const parent = spawn(programPath('never-waits'), [String(count)], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const { zombies } = JSON.parse(line.toString().replace(/^ready /, '')) as { zombies: number[] };
  const end = async () => {
    parent.kill('SIGKILL');
    await once(parent, 'exit');
  };
  return { pid: parent.pid as number, zombies, end };
}

/** A process that lives until it is killed. */
export function rest(seconds = 60) {
  const child = spawn('/bin/sleep', [String(seconds)], { env, stdio: 'ignore' });
  return { pid: child.pid as number, child, exited: once(child, 'exit') };
}

export function startTicksOf(pid: number | 'self'): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
}

/** Collects garbage and lets the event loop run the finalizers. */
export async function collect(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    (globalThis as unknown as { gc: () => void }).gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

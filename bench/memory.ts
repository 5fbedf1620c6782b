import { setTimeout as sleep } from 'node:timers/promises';
import { settleDown, startDaemon } from './daemon.ts';
import { costsOf, type Memory, memoryOf } from './process-costs.ts';
import { startProgram } from './programs.ts';
import { atMost, below, type Row, sampled } from './table.ts';

const START = 'start';
const MEMORY = 'resident memory';
const ZOMBIES = 20_000;

/** Returns when a process has hardly used the CPU for half a second. */
async function untilIdle(pid: number): Promise<void> {
  for (let tries = 0; tries < 20; tries++) {
    const { cpuNs } = costsOf(pid);
    await sleep(500);
    if (costsOf(pid).cpuNs - cpuNs < 1e6) {
      return;
    }
  }
}

export async function measureMemory(quick: boolean): Promise<Row[]> {
  const starts = quick ? 3 : 9;
  const armedMs: number[] = [];
  const fresh: Memory[] = [];
  const grown: number[] = [];
  const laden: Memory[] = [];
  for (let start = 0; start < starts; start++) {
    const daemon = await startDaemon();
    try {
      armedMs.push(daemon.startMs);
      await settleDown();
      const before = memoryOf(daemon.pid);
      fresh.push(before);
      if (start % 3 === 0) {
        const parent = await startProgram('zombies', ZOMBIES);
        await sleep(500);
        await untilIdle(daemon.pid);
        const after = memoryOf(daemon.pid);
        laden.push(after);
        grown.push(after.rss - before.rss);
        await parent.end();
      }
    } finally {
      await daemon.stop();
    }
  }
  const pick = (memories: readonly Memory[], key: keyof Memory): number[] => memories.map((memory) => memory[key]);
  return [
    sampled(START, 'exec to `started`, read by the parent', 'ms', armedMs, below(600)),
    sampled(MEMORY, 'after start', 'MiB', pick(fresh, 'rss'), atMost(70)),
    sampled(MEMORY, 'after start, anonymous', 'MiB', pick(fresh, 'anon')),
    sampled(MEMORY, 'after start, file pages', 'MiB', pick(fresh, 'file')),
    sampled(MEMORY, 'peak of the start', 'MiB', pick(fresh, 'peak')),
    sampled(MEMORY, `with ${ZOMBIES} zombies of one parent`, 'MiB', pick(laden, 'rss')),
    sampled(MEMORY, `more with ${ZOMBIES} zombies of one parent`, 'MiB', grown, atMost(15)),
    sampled(MEMORY, `peak with ${ZOMBIES} zombies of one parent`, 'MiB', pick(laden, 'peak')),
  ];
}

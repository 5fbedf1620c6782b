import { execFileSync } from 'node:child_process';
import { decodeSnapshot, loadKernelEvents } from './addon.ts';
import { startProgram } from './programs.ts';
import { pairedRatios } from './statistics.ts';
import { atLeast, type Row, sampled } from './table.ts';

const ZOMBIES = 20_000;
const CRON_PIPELINE = "ps -eo ppid,stat | awk '$2 ~ /Z/ {print $1}' | sort -u";

function timed<T>(work: () => T): { ms: number; result: T } {
  const before = performance.now();
  const result = work();
  return { ms: performance.now() - before, result };
}

/** A snapshot, decoded, against what the cron script runs every five minutes, in alternating order. */
export async function measureSnapshot(quick: boolean): Promise<Row[]> {
  const rounds = quick ? 3 : 7;
  const parent = await startProgram('zombies', ZOMBIES);
  try {
    const made = Number(parent.said.split(' ')[1]);
    const section = `snapshot of ${made} zombies`;
    const first: number[] = [];
    const again: number[] = [];
    const cron: number[] = [];

    const runCron = (): void => {
      const { ms, result } = timed(() => execFileSync('sh', ['-c', CRON_PIPELINE], { encoding: 'utf8' }));
      if (!result.split('\n').some((line) => Number(line) === parent.pid)) {
        throw new Error('the pipeline does not see the parent');
      }
      cron.push(ms);
    };
    const runSnapshots = (): void => {
      const events = loadKernelEvents(1000);
      try {
        events.start();
        for (const times of [first, again]) {
          const { ms, result } = timed(() => decodeSnapshot(events.snapshot()));
          const ours = result.filter((zombie) => zombie.parent.pid === parent.pid).length;
          if (ours !== made) {
            throw new Error(`the snapshot sees ${ours} of ${made} zombies`);
          }
          times.push(ms);
        }
      } finally {
        events.close();
      }
    };
    runSnapshots(); // warms up the compiler, as the daemon's start does not: see the first row
    const [cold] = first.splice(0);
    again.splice(0);
    for (let round = 0; round < rounds; round++) {
      for (const run of round % 2 === 0 ? [runCron, runSnapshots] : [runSnapshots, runCron]) {
        run();
      }
    }
    return [
      sampled(section, 'first of a process, code not yet compiled', 'ms', [cold ?? Number.NaN]),
      sampled(section, 'first of a loaded object, every zombie remembered', 'ms', first),
      sampled(section, 'later, every zombie known', 'ms', again),
      sampled(section, 'ps | awk | sort', 'ms', cron),
      sampled(section, 'ps | awk | sort / first', '×', pairedRatios(cron, first), atLeast(20)),
      sampled(section, 'ps | awk | sort / later', '×', pairedRatios(cron, again), atLeast(20)),
    ];
  } finally {
    await parent.end();
  }
}

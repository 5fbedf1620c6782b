import { setTimeout as sleep } from 'node:timers/promises';
import { startDaemon } from './daemon.ts';
import { runProgram } from './programs.ts';
import { quantile, summarize } from './statistics.ts';
import { atLeast, atMost, type Row, show } from './table.ts';

const SECTION = 'detection: SIGTERM at threshold + x';
const THRESHOLD_MS = 1000;

function percentiles(name: string, late: readonly number[], p99?: Row['target']): Row[] {
  const summary = summarize(late);
  const noise = `${show(summary.min)}..${show(summary.max)} ±${show(summary.mad)} n=${summary.count}`;
  const row = (which: string, value: number, goal?: Row['target']): Row => ({
    section: SECTION,
    name: `${name}, ${which}`,
    unit: 'ms',
    value,
    noise,
    sample: summary,
    ...(goal && { target: goal }),
  });
  return [
    row('p50', summary.median),
    row('p99', quantile(late, 0.99), p99),
    row('max', summary.max),
    row('min', summary.min, p99 && atLeast(0)),
  ];
}

export async function measureDetection(quick: boolean): Promise<Row[]> {
  const parents = quick ? 100 : 200;
  const windowMs = quick ? 2000 : 4000;
  const daemon = await startDaemon({ threshold: `${THRESHOLD_MS}ms`, args: ['--budget', '1000/s'] });
  try {
    const output = await runProgram('offenders', parents, windowMs, windowMs + 5000);
    const lines = output
      .trim()
      .split('\n')
      .map((line) => line.split(' ').map((ns) => Number(ns) / 1e6));
    const waits = lines.map(([, wait = Number.NaN]) => wait);
    const wakeups = lines.map(([, , late = Number.NaN]) => late);
    const never = waits.filter((wait) => wait < 0).length;
    const received = waits.filter((wait) => wait >= 0).map((wait) => wait - THRESHOLD_MS);
    await sleep(200); // the last lines of the log
    const decided = daemon.lines
      .filter(({ event, outcome }) => event === 'signal' && outcome === 'sent')
      .map(({ zombies }) => (zombies?.oldestMs ?? Number.NaN) - THRESHOLD_MS);
    return [
      ...percentiles('received by the parent', received, atMost(20)),
      ...percentiles('age in the log', decided, atMost(20)),
      ...percentiles('noise: a bare timer of the parent', wakeups),
      {
        section: SECTION,
        name: `parents of ${parents} that got no SIGTERM`,
        unit: '',
        value: never,
        noise: '',
        target: atMost(0),
      },
    ];
  } finally {
    await daemon.stop();
  }
}

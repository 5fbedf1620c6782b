import { programsOf } from './process-costs.ts';
import { startDaemon } from './daemon.ts';
import { startProgram, storm } from './programs.ts';
import { median } from './statistics.ts';
import { atMost, type Row, sampled } from './table.ts';

const SECTION = 'kernel time per healthy exit (bpf_stats, which costs the empty program its time too)';
const EXIT = 'sched_process_exit';
const FREE = 'sched_process_free';

interface Load {
  readonly name: string;
  readonly count: number;
  readonly perSecond: number;
}

/** µs per run of a program between two readings. */
function perRun(pid: number, tracepoint: string): () => number {
  const read = () => programsOf(pid).get(tracepoint) ?? { ns: 0, runs: 0 };
  const before = read();
  return () => {
    const after = read();
    return (after.ns - before.ns) / (after.runs - before.runs) / 1000;
  };
}

/** The daemon's programs and an empty one at the same exits. Runs for exits of other processes count as well. */
export async function measureKernelTime(quick: boolean): Promise<Row[]> {
  const rounds = quick ? 5 : 15;
  const loads: Load[] = [
    { name: 'storm', count: 5000, perSecond: 0 },
    { name: '2000/s', count: quick ? 1000 : 2000, perSecond: 2000 },
  ];
  const daemon = await startDaemon();
  const meter = await startProgram('meter');
  try {
    const rows: Row[] = [];
    for (const { name, count, perSecond } of loads) {
      const exits: number[] = [];
      const frees: number[] = [];
      const empties: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const readings = [perRun(daemon.pid, EXIT), perRun(daemon.pid, FREE), perRun(meter.pid, EXIT)] as const;
        await storm('fork', count, perSecond);
        const [exit, free, empty] = readings.map((reading) => reading());
        exits.push(exit ?? Number.NaN);
        frees.push(free ?? Number.NaN);
        empties.push(empty ?? Number.NaN);
      }
      const both = exits.map((exit, round) => exit + (frees[round] ?? Number.NaN));
      // What the machine takes for an empty program says how fast it is: the target is for one where that is 0.06 µs.
      const scaled = both.map((time) => (time * 0.06) / median(empties));
      rows.push(
        sampled(SECTION, `exit program, ${name}`, 'µs', exits),
        sampled(SECTION, `free program, ${name}`, 'µs', frees),
        sampled(SECTION, `empty program, ${name}`, 'µs', empties),
        sampled(SECTION, `both, ${name}`, 'µs', both, atMost(0.45)),
        sampled(SECTION, `both, ${name}, where an empty one costs 0.06`, 'µs', scaled, atMost(0.45)),
      );
    }
    return rows;
  } finally {
    await meter.end();
    await daemon.stop();
  }
}

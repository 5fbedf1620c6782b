import { setTimeout as sleep } from 'node:timers/promises';
import { startDaemon } from './daemon.ts';
import { programsOf } from './process-costs.ts';
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
  /** Zombies of somebody else that stand meanwhile: every free has to be looked up then. */
  readonly standing: number;
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

async function measureLoad(load: Load, rounds: number, daemon: number, meter: number): Promise<Row[]> {
  const exits: number[] = [];
  const frees: number[] = [];
  const empties: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const readings = [perRun(daemon, EXIT), perRun(daemon, FREE), perRun(meter, EXIT)] as const;
    await storm('fork', load.count, load.perSecond);
    const [exit, free, empty] = readings.map((reading) => reading());
    exits.push(exit ?? Number.NaN);
    frees.push(free ?? Number.NaN);
    empties.push(empty ?? Number.NaN);
  }
  const both = exits.map((exit, round) => exit + (frees[round] ?? Number.NaN));
  // What an empty program takes says how fast the machine is: the target is for one where that is 0.06 µs.
  const scaled = both.map((time) => (time * 0.06) / median(empties));
  return [
    sampled(SECTION, `exit program, ${load.name}`, 'µs', exits),
    sampled(SECTION, `free program, ${load.name}`, 'µs', frees),
    sampled(SECTION, `empty program, ${load.name}`, 'µs', empties),
    sampled(SECTION, `both, ${load.name}`, 'µs', both),
    sampled(SECTION, `both, ${load.name}, where an empty one costs 0.06`, 'µs', scaled, atMost(0.45)),
  ];
}

/** The daemon's programs and an empty one at the same exits. Runs for exits of other processes count as well. */
export async function measureKernelTime(quick: boolean): Promise<Row[]> {
  const rounds = quick ? 5 : 15;
  const loads: Load[] = [
    { name: 'storm', count: 5000, perSecond: 0, standing: 0 },
    { name: '2000/s', count: quick ? 1000 : 2000, perSecond: 2000, standing: 0 },
    { name: 'storm, a zombie stands', count: 5000, perSecond: 0, standing: 1 },
  ];
  const daemon = await startDaemon();
  const meter = await startProgram('meter');
  try {
    const rows: Row[] = [];
    for (const load of loads) {
      const zombies = await startProgram('zombies', load.standing);
      await sleep(500); // noticed by now
      rows.push(...(await measureLoad(load, rounds, daemon.pid, meter.pid)));
      await zombies.end();
    }
    return rows;
  } finally {
    await meter.end();
    await daemon.stop();
  }
}

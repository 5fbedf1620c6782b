import { settleDown, startDaemon } from './daemon.ts';
import { type StormTime, storm } from './programs.ts';
import { median, pairedRatios } from './statistics.ts';
import { atMost, type Row, sampled } from './table.ts';

const SECTION = 'storm of exits with the daemon / without it';

interface Storm {
  readonly kind: 'vfork' | 'exec';
  readonly name: string;
  readonly count: number;
  readonly target: number;
}

const STORMS: readonly Storm[] = [
  { kind: 'vfork', name: 'vfork+_exit+wait', count: 4000, target: 1.06 },
  { kind: 'exec', name: 'with exec of /bin/true', count: 250, target: 1.02 },
];

type Times = Record<Storm['kind'], StormTime>;

/** The median of short storms: one that other work on the machine has disturbed does not count. */
async function stormTimes(rounds: number): Promise<Times> {
  const all: Record<Storm['kind'], StormTime[]> = { vfork: [], exec: [] };
  for (let round = 0; round < rounds; round++) {
    for (const { kind, count } of STORMS) {
      all[kind].push(await storm(kind, count));
    }
  }
  const middle = (times: readonly StormTime[]): StormTime => ({
    wall: median(times.map(({ wall }) => wall)),
    cpu: median(times.map(({ cpu }) => cpu)),
  });
  return { vfork: middle(all.vfork), exec: middle(all.exec) };
}

/** Pairs of with and without, side by side in time, in alternating order: A B, B A, A B, … */
export async function measureStorms(quick: boolean): Promise<Row[]> {
  const pairs = quick ? 4 : 14;
  const rounds = quick ? 3 : 5;
  const withDaemon: Times[] = [];
  const without: Times[] = [];

  for (let pair = 0; pair < pairs; pair += 2) {
    without.push(await stormTimes(rounds));
    const daemon = await startDaemon();
    try {
      await settleDown();
      withDaemon.push(await stormTimes(rounds), await stormTimes(rounds));
    } finally {
      await daemon.stop();
    }
    without.push(await stormTimes(rounds));
  }
  return STORMS.flatMap(({ kind, name, target }) => {
    const pick = (times: readonly Times[], key: keyof StormTime): number[] => times.map((time) => time[kind][key]);
    const [on, off] = [pick(withDaemon, 'wall'), pick(without, 'wall')];
    const noise = pairedRatios(
      off.filter((_, index) => index % 2 === 1),
      off.filter((_, index) => index % 2 === 0),
    );
    return [
      sampled(SECTION, `${name}, with`, 'µs', on),
      sampled(SECTION, `${name}, without`, 'µs', off),
      sampled(SECTION, `${name}, paired ratio`, '', pairedRatios(on, off), atMost(target)),
      sampled(
        SECTION,
        `${name}, paired ratio of CPU time`,
        '',
        pairedRatios(pick(withDaemon, 'cpu'), pick(without, 'cpu')),
        atMost(target),
      ),
      sampled(SECTION, `${name}, noise: without / without before`, '', noise),
    ];
  });
}

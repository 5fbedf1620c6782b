import { settleDown, startDaemon } from './daemon.ts';
import { storm } from './programs.ts';
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

/** µs per child, for each kind of storm. */
type Times = Record<Storm['kind'], number>;

/** The median of short storms: one that other work on the machine has disturbed does not count. */
async function stormTimes(rounds: number): Promise<Times> {
  const times: Record<Storm['kind'], number[]> = { vfork: [], exec: [] };
  for (let round = 0; round < rounds; round++) {
    for (const { kind, count } of STORMS) {
      times[kind].push((await storm(kind, count)) / count / 1000);
    }
  }
  return { vfork: median(times.vfork), exec: median(times.exec) };
}

/** Pairs of with and without, side by side in time, in alternating order: A B, B A, A B, … */
export async function measureStorms(quick: boolean): Promise<Row[]> {
  const pairs = quick ? 4 : 14;
  const rounds = quick ? 3 : 7;
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
    const [on, off] = [withDaemon.map((times) => times[kind]), without.map((times) => times[kind])];
    return [
      sampled(SECTION, `${name}, with`, 'µs', on),
      sampled(SECTION, `${name}, without`, 'µs', off),
      sampled(SECTION, `${name}, paired ratio`, '', pairedRatios(on, off), atMost(target)),
      sampled(
        SECTION,
        `${name}, noise: without / without before`,
        '',
        pairedRatios(
          off.filter((_, index) => index % 2 === 1),
          off.filter((_, index) => index % 2 === 0),
        ),
      ),
    ];
  });
}

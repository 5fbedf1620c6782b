import { describe, expect, test } from 'vitest';
import type { ParentFacts } from '../../src/domain/parent.ts';
import type { Breaker } from '../../src/domain/settings.ts';
import { aParent, aStanding } from '../support/builders.ts';
import { FakeLane, World } from '../support/lane-world.ts';

const MINUTE = 60_000;

describe('protected', () => {
  test('said once, then silent until its zombies are gone', () => {
    const world = new World();
    const lane = new FakeLane(world, { key: { pid: 900, startUs: 1 } }).incident();
    world.at(5_000, () => lane.stand(aStanding(1, -MINUTE), aStanding(2, -MINUTE)));
    world.at(9_000, () => lane.stand());
    world.run();
    expect(lane.timeline).toEqual(['0 offender', '0 spared protected', '9000 end']);
    expect(lane.signals).toEqual([]);
  });

  test('or until it exits', () => {
    const world = new World();
    const lane = new FakeLane(world, { key: { pid: 900, startUs: 1 } }).incident();
    world.at(5_000, () => lane.exit());
    world.run();
    expect(lane.timeline.at(-1)).toBe('5000 end');
  });

  test('or until the settings change', () => {
    const world = new World();
    const lane = new FakeLane(world, { key: { pid: 900, startUs: 1 } }).incident();
    world.at(5_000, () => world.reload({}));
    world.run();
    expect(lane.timeline.at(-1)).toBe('5000 end');
  });
});

describe('a dry run', () => {
  test('walks all rungs and signals nobody', () => {
    const world = new World({ dryRun: true });
    const lane = new FakeLane(world).incident();
    world.run(100_000);
    expect(lane.timeline).toEqual(['0 offender', '0 SIGTERM dry-run', '2000 SIGKILL dry-run', '2000 spared dry-run']);
    expect(lane.signals).toEqual([]);
    expect(lane.events.slice(1, 3)).toMatchObject([{ dryRun: true }, { dryRun: true }]);
  });

  test('is over when its zombies are', () => {
    const world = new World({ dryRun: true });
    const lane = new FakeLane(world).incident();
    world.at(50_000, () => lane.stand());
    world.run();
    expect(lane.timeline.at(-1)).toBe('50000 end');
  });

  test('a parent that reaps meanwhile has recovered on its own', () => {
    const world = new World({ dryRun: true });
    const lane = new FakeLane(world).incident();
    world.at(1_000, () => lane.stand());
    world.run();
    expect(lane.timeline).toEqual(['0 offender', '0 SIGTERM dry-run', '1000 spared recovered', '1000 end']);
  });
});

describe('held by a tracer', () => {
  test('is looked at again, ever more rarely, and said once', () => {
    const world = new World();
    const lane = new FakeLane(world);
    lane.sightings.set(1, 'traced');
    lane.incident();
    const looks: number[] = [];
    for (const minute of [1, 2, 3, 4, 6, 7, 8, 14, 15, 16]) {
      world.run(minute * MINUTE);
      looks.push(lane.looks);
    }
    // 1 min, then 2, 4, 8 min later: at 1, 3, 7 and 15 min.
    expect(looks).toEqual([2, 2, 3, 3, 3, 4, 4, 4, 5, 5]);
    expect(lane.timeline).toEqual(['0 offender', '0 spared tracer']);
    expect(lane.signals).toEqual([]);
  });

  test('the tracer lets go: then the parent has to wait, and does not', () => {
    const world = new World();
    const lane = new FakeLane(world);
    lane.sightings.set(1, 'traced');
    lane.incident();
    world.at(90_000, () => lane.sightings.set(1, 'standing')).at(241_000, () => lane.exit());
    world.run();
    // Found able to reap at 180 s, it has the whole threshold from there.
    expect(lane.timeline.slice(2)).toEqual(['240000 SIGTERM sent', '241000 parent-exited', '241000 end']);
  });

  test('frozen with its container: left alone, and given its patience at the thaw', () => {
    const world = new World();
    const lane = new FakeLane(world, { frozen: true });
    lane.incident();
    world.at(70_000, () => {
      lane.facts = { ...(lane.facts as ParentFacts), frozen: false };
    });
    world.at(241_000, () => lane.exit());
    world.run();
    expect(lane.timeline).toEqual([
      '0 offender',
      '0 spared rule',
      '240000 SIGTERM sent',
      '241000 parent-exited',
      '241000 end',
    ]);
  });

  test('seen at a later rung: looked at again as well', () => {
    const world = new World();
    const lane = new FakeLane(world).incident();
    world.at(1_000, () => lane.sightings.set(1, 'traced'));
    world.at(10_000, () => lane.sightings.set(1, 'standing'));
    world.run(10 * MINUTE);
    expect(lane.timeline.slice(0, 3)).toEqual(['0 offender', '0 SIGTERM sent', '2000 spared tracer']);
    expect(lane.signals.length).toBeGreaterThan(1);
  });

  test('the tracer reaps: silent end', () => {
    const world = new World();
    const lane = new FakeLane(world);
    lane.sightings.set(1, 'traced');
    lane.incident();
    world.at(70_000, () => lane.stand());
    world.run();
    expect(lane.timeline.slice(2)).toEqual(['70000 end']);
  });
});

describe('the budget', () => {
  const other = (world: World, pid: number): FakeLane =>
    new FakeLane(world, { key: { pid, startUs: pid }, cgroups: [] });

  test('one over it waits its turn', () => {
    const world = new World({ budget: { count: 1, perMs: MINUTE } });
    const first = other(world, 51).incident();
    const second = other(world, 52).incident();
    world.at(100, () => first.exit()).at(60_100, () => second.exit());
    world.run();
    expect(first.timeline).toEqual(['0 offender', '0 SIGTERM sent', '100 parent-exited', '100 end']);
    expect(second.timeline).toEqual([
      '0 offender',
      '0 spared budget',
      '60000 SIGTERM sent',
      '60100 parent-exited',
      '60100 end',
    ]);
  });

  test.each<[string, (lane: FakeLane) => void]>([
    ['its zombies are reaped', (lane) => lane.stand()],
    ['it exits', (lane) => lane.exit()],
    ['the book tells that it has exited', (lane) => lane.orphan()],
  ])('leaves the queue when %s, and the next one passes', (_, ends) => {
    const world = new World({ budget: { count: 1, perMs: MINUTE } });
    world.turnstile.admit(0).subscribe();
    const waiting = other(world, 52).incident();
    const next = other(world, 53).incident();
    world.at(1_000, () => ends(waiting));
    world.run(MINUTE);
    expect(waiting.timeline).toEqual(['0 offender', '0 spared budget', '1000 end']);
    expect(waiting.signals).toEqual([]);
    expect(next.signals).toEqual(['60000 SIGTERM']);
  });

  test('leaves the queue when the settings change: it is judged anew', () => {
    const world = new World({ budget: { count: 1, perMs: MINUTE } });
    world.turnstile.admit(0).subscribe();
    const waiting = other(world, 52).incident();
    world.at(1_000, () => world.reload({}));
    world.run(MINUTE);
    expect(waiting.timeline).toEqual(['0 offender', '0 spared budget', '1000 end']);
    expect(waiting.signals).toEqual([]);
  });

  test('judged again when its turn comes: exited unnoticed', () => {
    const world = new World({ budget: { count: 1, perMs: MINUTE } });
    world.turnstile.admit(0).subscribe();
    const lane = other(world, 52).incident();
    world.at(1_000, () => {
      lane.facts = undefined;
    });
    world.run();
    expect(lane.timeline.slice(2)).toEqual(['60000 spared gone', '60000 end']);
  });

  test('judged again when its turn comes: its zombies have another parent by then', () => {
    const world = new World({ budget: { count: 1, perMs: MINUTE } });
    world.turnstile.admit(0).subscribe();
    const lane = other(world, 52).incident();
    world.at(1_000, () => {
      lane.facts = undefined;
      lane.sightings.set(1, 'moved');
    });
    world.run();
    expect(lane.timeline.slice(2)).toEqual(['60000 reparented', '60000 end']);
  });

  test('judged again when its turn comes: reaped unnoticed', () => {
    const world = new World({ budget: { count: 1, perMs: MINUTE } });
    world.turnstile.admit(0).subscribe();
    const lane = other(world, 52).incident();
    world.at(1_000, () => lane.sightings.set(1, 'gone'));
    world.run();
    expect(lane.timeline.slice(2)).toEqual(['60000 spared recovered', '60000 end']);
  });
});

describe('the breaker', () => {
  const breaker: Breaker = { strikes: 3, pauseMs: 10 * MINUTE, maxPauseMs: 60 * MINUTE };

  /** The container starts again and leaks again: a parent with a pid of its own every 70 s, signalled or not. */
  function comeBack(world: World, times: number): FakeLane[] {
    return Array.from({ length: times }, (_, time) => {
      const lane = new FakeLane(world, { key: { pid: 60 + time, startUs: 60 + time } });
      world.at(time * 70_000, () => lane.incident()).at(time * 70_000 + 1_000, () => lane.signals[0] && lane.exit());
      return lane;
    });
  }

  test('the fourth in a row is left alone until the pause is over', () => {
    const world = new World({ breaker });
    const lanes = comeBack(world, 4);
    world.at(140_000 + 10 * MINUTE + 500, () => lanes[3]?.exit());
    world.run();
    expect(lanes.map(({ signals }) => signals)).toEqual([
      ['0 SIGTERM'],
      ['70000 SIGTERM'],
      ['140000 SIGTERM'],
      ['740000 SIGTERM'],
    ]);
    expect(lanes[3]?.timeline).toEqual([
      '210000 offender',
      '210000 spared breaker',
      '740000 SIGTERM sent',
      '740500 parent-exited',
      '740500 end',
    ]);
  });

  test('the pause doubles', () => {
    const world = new World({ breaker });
    const lanes = comeBack(world, 4);
    const fifth = new FakeLane(world, { key: { pid: 70, startUs: 70 } });
    world.at(740_500, () => lanes[3]?.exit()).at(800_000, () => fifth.incident());
    world.run(740_000 + 20 * MINUTE);
    expect(fifth.signals).toEqual([`${740_000 + 20 * MINUTE} SIGTERM`]);
  });

  test('another container is not concerned', () => {
    const world = new World({ breaker });
    comeBack(world, 3);
    const other = new FakeLane(world, { cgroups: [{ controllers: '', path: `/docker/${'b'.repeat(64)}` }] });
    world.at(150_000, () => other.incident());
    world.run(150_000);
    expect(other.signals).toEqual(['150000 SIGTERM']);
  });

  test('the pause is over for who is gone by then', () => {
    const world = new World({ breaker });
    const fourth = comeBack(world, 4)[3];
    world.at(300_000, () => fourth?.stand());
    world.run();
    expect(fourth?.timeline.slice(2)).toEqual(['300000 end']);
  });
});

describe('a parent that outlives the whole ladder', () => {
  const breaker: Breaker = { strikes: 3, pauseMs: 10 * MINUTE, maxPauseMs: 30 * MINUTE };

  test('is tried again after pauses that double up to the longest', () => {
    const world = new World({ breaker });
    const lane = new FakeLane(world, { state: 'D', cgroups: [] }).incident();
    world.run(65 * MINUTE);
    expect(lane.timeline).toEqual([
      '0 offender',
      '0 SIGTERM sent',
      '2000 SIGKILL sent',
      '4000 spared breaker',
      '604000 SIGTERM sent',
      '606000 SIGKILL sent',
      '608000 spared breaker',
      '1808000 SIGTERM sent',
      '1810000 SIGKILL sent',
      '1812000 spared breaker',
      '3612000 SIGTERM sent',
      '3614000 SIGKILL sent',
      '3616000 spared breaker',
    ]);
    expect(lane.events[3]).toMatchObject({ detail: expect.stringContaining('uninterruptible sleep') });
  });

  test('unless it goes after all', () => {
    const world = new World({ breaker });
    const lane = new FakeLane(world).incident();
    world.at(60_000, () => lane.exit());
    world.run();
    expect(lane.timeline.slice(4)).toEqual(['60000 end']);
    expect(lane.facts).toBeUndefined();
  });

  test('or has become a protected one', () => {
    const world = new World({ breaker });
    const lane = new FakeLane(world).incident();
    world.at(60_000, () => {
      lane.facts = aParent({ kernelThread: true });
    });
    world.run(30 * MINUTE);
    expect(lane.signals).toHaveLength(2);
  });
});

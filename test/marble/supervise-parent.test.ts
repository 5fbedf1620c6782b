import { NEVER } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { aStanding } from '../support/builders.ts';
import { FakeLane, World } from '../support/lane-world.ts';

/** The lane of a parent whose first zombie dies at 0 and is told of a second later. */
function supervised(world: World, play: (lane: FakeLane) => void = () => undefined): FakeLane {
  const lane = new FakeLane(world).supervise();
  world.at(1_000, () => lane.stand(aStanding(1, 0)));
  play(lane);
  return lane;
}

describe('superviseParent', () => {
  test('waits out the threshold, climbs, and ends with the account', () => {
    const world = new World();
    const lane = supervised(world, (the) => {
      world.at(60_500, () => the.exit()).at(60_510, () => the.orphan());
    });
    world.run();
    expect(lane.timeline).toEqual(['60000 offender', '60000 SIGTERM sent', '60500 parent-exited', '60510 end']);
    expect(lane.closed).toBe(1);
  });

  test('reaped in time: not a look, not a word', () => {
    const world = new World();
    const lane = supervised(world, (the) => world.at(59_999, () => the.stand()));
    world.run();
    expect(lane.timeline).toEqual(['59999 end']);
    expect(lane.looks).toBe(0);
    expect(lane.closed).toBe(1);
  });

  test('nobody to hold: the pipeline is told, and the lane is over', () => {
    const world = new World();
    const lane = new FakeLane(world);
    lane.unholdable = true;
    lane.supervise();
    expect(lane.timeline).toEqual(['0 end']);
    expect(lane.told).toEqual([{ type: 'parent-exited', parent: lane.key }]);
    expect(lane.closed).toBe(0);
  });

  test('an exit is told to the pipeline at once, once', () => {
    const world = new World();
    const lane = supervised(world, (the) => world.at(5_000, () => the.exit()));
    world.run(5_000);
    expect(lane.told).toEqual([{ type: 'parent-exited', parent: lane.key }]);
    expect(lane.timeline).toEqual([]);
    lane.orphan();
    expect(lane.timeline).toEqual(['5000 end']);
    expect(lane.told).toHaveLength(1);
    expect(lane.closed).toBe(1);
  });

  test('one incident at a time, and the next one after it', () => {
    const world = new World();
    const lane = supervised(world, (the) => {
      world.at(20_000, () => the.stand(aStanding(1, 0), aStanding(2, 19_000)));
      world.at(60_500, () => the.stand(aStanding(2, 19_000))); // it repents for a while
      world.at(80_000, () => the.exit()).at(80_001, () => the.orphan());
    });
    world.run();
    expect(lane.timeline).toEqual([
      '60000 offender',
      '60000 SIGTERM sent',
      '60500 parent-reaped',
      '79000 offender',
      '79000 SIGTERM sent',
      '80000 parent-exited',
      '80001 end',
    ]);
    expect(lane.events.map(({ incident }) => incident)).toEqual([
      ...Array(3).fill('incident-1'),
      ...Array(3).fill('incident-2'),
    ]);
    expect(lane.closed).toBe(1);
  });

  test('the account ends in the middle of the ladder, its parent dying: the incident is told to its end', () => {
    const world = new World();
    const lane = supervised(world, (the) => {
      world.at(60_100, () => {
        the.exiting = true;
        the.stand();
      });
      world.at(60_300, () => the.exit());
    });
    world.run();
    expect(lane.timeline.slice(2)).toEqual(['60300 parent-exited', '60300 end']);
    expect(lane.closed).toBe(1);
  });

  test('spared for good: silent however many zombies come, over when they are gone', () => {
    const world = new World();
    const lane = new FakeLane(world, { key: { pid: 900, startUs: 1 } }).supervise();
    world.at(0, () => lane.stand(aStanding(1, 0)));
    for (let second = 1; second < 100; second++) {
      world.at(second * 1_000, () => lane.stand(aStanding(1, 0), aStanding(1 + second, second * 1_000)));
    }
    world.at(100_000, () => lane.stand());
    world.run();
    expect(lane.timeline).toEqual(['60000 offender', '60000 spared protected', '100000 end']);
  });

  test('over the budget: keeps its place in the queue until its turn', () => {
    const world = new World({ budget: { count: 1, perMs: 60_000 } });
    const lane = supervised(world);
    world.at(50_000, () => world.turnstile.admit(0).subscribe());
    world.run(110_000);
    expect(lane.timeline).toEqual(['60000 offender', '60000 spared budget', '110000 SIGTERM sent']);
  });

  test('unsubscribed: the parent is let go, nothing happens any more', () => {
    const world = new World();
    const lane = supervised(world);
    const ends = lane.subscription;
    world.at(60_500, () => ends?.unsubscribe());
    world.run();
    expect(lane.timeline).toEqual(['60000 offender', '60000 SIGTERM sent']);
    expect(lane.signals).toEqual(['60000 SIGTERM']);
    expect(lane.closed).toBe(1);
  });

  test('the source fails: the lane fails, the parent is let go', () => {
    const world = new World();
    const lane = supervised(world, (the) => world.at(60_500, () => the.account$.error(new Error('gone'))));
    world.run();
    expect(lane.timeline.slice(2)).toEqual(['60500 error gone']);
    expect(lane.closed).toBe(1);
  });

  test('a look fails: the lane fails, the parent is let go', () => {
    const world = new World();
    const lane = supervised(world);
    lane.facts = new Proxy(lane.facts as NonNullable<typeof lane.facts>, {
      get: () => {
        throw new Error('broken');
      },
    });
    world.run();
    expect(lane.timeline).toEqual(['60000 error broken']);
    expect(lane.closed).toBe(1);
  });

  test('an account that never comes costs nothing', () => {
    const world = new World();
    const lane = new FakeLane(world).supervise(NEVER);
    world.run();
    expect(lane.timeline).toEqual([]);
    expect(world.scheduler.actions).toHaveLength(0);
  });
});

describe('new settings', () => {
  test('a shorter threshold counts from the death as well', () => {
    const world = new World();
    const lane = supervised(world);
    world.at(10_000, () => world.reload({ thresholdMs: 20_000 }));
    world.run(20_000);
    expect(lane.timeline).toEqual(['20000 offender', '20000 SIGTERM sent']);
  });

  test('already past a shorter one: at once', () => {
    const world = new World();
    const lane = supervised(world);
    world.at(30_000, () => world.reload({ thresholdMs: 20_000 }));
    world.run(30_000);
    expect(lane.timeline).toEqual(['30000 offender', '30000 SIGTERM sent']);
  });

  test('a longer threshold: the wait goes on', () => {
    const world = new World();
    const lane = supervised(world);
    world.at(59_000, () => world.reload({ thresholdMs: 100_000 }));
    world.run(100_000);
    expect(lane.timeline).toEqual(['100000 offender', '100000 SIGTERM sent']);
  });

  test('more zombies are wanted: it is no offender until it has them', () => {
    const world = new World();
    const lane = supervised(world);
    world.at(1_000, () => world.reload({ minZombies: 2 }));
    world.at(70_000, () => lane.stand(aStanding(1, 0), aStanding(2, 65_000)));
    world.run(125_000);
    expect(lane.timeline).toEqual(['125000 offender', '125000 SIGTERM sent']);
  });

  test('before the first zombie: no offender', () => {
    const world = new World();
    const lane = new FakeLane(world).supervise();
    world.reload({ thresholdMs: 1_000 });
    world.run();
    expect(lane.timeline).toEqual([]);
  });

  test('what was spared is judged anew', () => {
    const world = new World({ dryRun: true });
    const lane = supervised(world);
    world.at(70_000, () => world.reload({ dryRun: false }));
    world.run(70_000);
    expect(lane.timeline).toEqual([
      '60000 offender',
      '60000 SIGTERM dry-run',
      '62000 SIGKILL dry-run',
      '62000 spared dry-run',
      '70000 offender',
      '70000 SIGTERM sent',
    ]);
  });

  test('in the middle of the ladder: it goes on, with the new rungs', () => {
    const world = new World();
    const lane = supervised(world);
    world.at(61_000, () =>
      world.reload({
        ladder: [
          { signal: 'SIGTERM', waitMs: 9_000 },
          { signal: 'SIGINT', waitMs: 9_000 },
        ],
      }),
    );
    world.run(70_000);
    expect(lane.signals).toEqual(['60000 SIGTERM', '62000 SIGINT']);
  });

  test('a longer threshold in the middle of the ladder: judged again when it is over that', () => {
    const world = new World();
    const lane = supervised(world);
    world.at(61_000, () => world.reload({ thresholdMs: 100_000 }));
    world.run(100_000);
    expect(lane.signals).toEqual(['60000 SIGTERM', '100000 SIGTERM']);
  });

  test('out of scope and back: judged again', () => {
    const world = new World();
    const lane = supervised(world);
    world.at(50_000, () => world.reload({ scope: { kind: 'tree', pid: 7 } }));
    world.at(80_000, () => world.reload({ scope: { kind: 'node' } }));
    world.run(80_000);
    expect(lane.timeline).toEqual(['80000 offender', '80000 SIGTERM sent']);
  });
});

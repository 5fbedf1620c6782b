import { describe, expect, test } from 'vitest';
import type { Settings } from '../../src/domain/settings.ts';
import { aParent, aStanding, maskOf } from '../support/builders.ts';
import { FakeLane, World } from '../support/lane-world.ts';

const TERM = 15;

/** Time starts at 0 with a zombie that is overdue; `play` says what happens then. */
function timeline(play: (lane: FakeLane, world: World) => void, settings: Partial<Settings> = {}): FakeLane {
  const world = new World(settings);
  const lane = new FakeLane(world);
  play(lane, world);
  lane.incident();
  world.run(10_000_000);
  return lane;
}

describe('the ladder', () => {
  test('SIGTERM is enough', () => {
    const lane = timeline((the, world) => world.at(300, () => the.exit()));
    expect(lane.timeline).toEqual(['0 offender', '0 SIGTERM sent', '300 parent-exited', '300 end']);
    expect(lane.signals).toEqual(['0 SIGTERM']);
  });

  test('SIGTERM is ignored: SIGKILL after exactly the wait', () => {
    const lane = timeline((the, world) => world.at(2_001, () => the.exit()));
    expect(lane.timeline).toEqual([
      '0 offender',
      '0 SIGTERM sent',
      '2000 SIGKILL sent',
      '2001 parent-exited',
      '2001 end',
    ]);
    expect(lane.signals).toEqual(['0 SIGTERM', '2000 SIGKILL']);
  });

  test('a parent that repents is left alone at once', () => {
    const lane = timeline((the, world) => world.at(1_999, () => the.stand()));
    expect(lane.timeline).toEqual(['0 offender', '0 SIGTERM sent', '1999 parent-reaped', '1999 end']);
    expect(lane.events.at(-1)).toMatchObject({ how: 'parent-reaped', afterMs: 1_999 });
  });

  test('what it reaps last is what counts: the others are not over the threshold', () => {
    const lane = timeline((the, world) => world.at(500, () => the.stand(aStanding(2, -59_000))));
    expect(lane.timeline.slice(2)).toEqual(['500 parent-reaped', '500 end']);
  });

  test('it goes on while another zombie is overdue', () => {
    const lane = timeline((the, world) => {
      world.at(500, () => the.stand(aStanding(2, -59_600))).at(2_500, () => the.exit());
    });
    expect(lane.signals).toEqual(['0 SIGTERM', '2000 SIGKILL']);
  });

  test('the next zombie becomes overdue meanwhile: that is no new offence before the ladder is over', () => {
    const lane = timeline((the, world) => {
      world.at(1_000, () => the.stand(aStanding(1, -60_000), aStanding(2, -59_000))).at(2_500, () => the.exit());
    });
    expect(lane.timeline.filter((line) => line.includes('offender'))).toHaveLength(1);
  });

  test('every rung says the same incident, its number, and what it was foretold to do', () => {
    const lane = timeline((the, world) => world.at(3_000, () => the.exit()));
    expect(lane.events).toMatchObject([
      { type: 'offender', incident: 'incident-1', cause: 'child-never-waited-for' },
      { type: 'signal', incident: 'incident-1', signal: 'SIGTERM', rung: 1, reason: 'SIGTERM ends it by default' },
      { type: 'signal', incident: 'incident-1', signal: 'SIGKILL', rung: 2, reason: 'SIGKILL cannot be handled' },
      { type: 'resolved', incident: 'incident-1', afterMs: 3_000 },
    ]);
    expect(lane.events[0]).toMatchObject({
      foretold: [
        'SIGTERM: ends-parent (SIGTERM ends it by default)',
        'SIGKILL: ends-parent (SIGKILL cannot be handled)',
      ],
      zombies: { count: 1, oldestMs: 60_000 },
    });
  });

  test('a rung without a wait is followed by the next one in the same millisecond', () => {
    const ladder = [
      { signal: 'SIGTERM', waitMs: 0 },
      { signal: 'SIGKILL', waitMs: 10 },
    ];
    const lane = timeline((the, world) => world.at(5, () => the.exit()), { ladder });
    expect(lane.signals).toEqual(['0 SIGTERM', '0 SIGKILL']);
  });

  test('a rung that is foretold to be useless is skipped at once', () => {
    const lane = timeline((the, world) => {
      the.facts = aParent({ nsPid: 1 });
      world.at(1, () => the.exit());
    });
    expect(lane.timeline).toEqual(['0 offender', '0 SIGTERM skipped', '0 SIGKILL sent', '1 parent-exited', '1 end']);
    expect(lane.signals).toEqual(['0 SIGKILL']);
    expect(lane.events[1]).toMatchObject({ reason: expect.stringContaining('no handler') });
  });

  test('a signal that may not be sent: the next rung is tried at once', () => {
    const lane = timeline((the, world) => {
      the.failure = 'EPERM';
      world.at(1_000, () => the.exit());
    });
    expect(lane.timeline.slice(0, 3)).toEqual(['0 offender', '0 SIGTERM failed', '0 SIGKILL failed']);
    expect(lane.events[1]).toMatchObject({ reason: 'EPERM' });
  });

  test('exited between the look and the second signal', () => {
    const lane = timeline((the, world) =>
      world.at(1_000, () => {
        the.failure = 'ESRCH';
      }),
    );
    expect(lane.timeline).toEqual([
      '0 offender',
      '0 SIGTERM sent',
      '2000 SIGKILL gone',
      '2000 parent-exited',
      '2000 end',
    ]);
  });

  test('exited between the look and the first signal: it was never signalled', () => {
    const lane = timeline((the) => {
      the.failure = 'ESRCH';
    });
    expect(lane.timeline).toEqual(['0 offender', '0 SIGTERM gone', '0 spared gone', '0 end']);
  });

  test('zombies that vanish because their parent is on its way out: it exited, it did not reap', () => {
    const lane = timeline((the, world) => {
      world.at(100, () => {
        the.exiting = true;
        the.stand();
      });
      world.at(130, () => the.exit());
    });
    expect(lane.timeline.slice(2)).toEqual(['130 parent-exited', '130 end']);
  });

  test('on its way out for longer than the wait: looked at when the wait is over', () => {
    const lane = timeline((the, world) => {
      world.at(1_500, () => {
        the.exiting = true;
        the.stand();
        the.facts = undefined;
      });
    });
    expect(lane.timeline.slice(2)).toEqual(['2000 parent-exited', '2000 end']);
  });

  test('the book knows of the exit before the descriptor tells it', () => {
    const lane = timeline((the, world) => world.at(100, () => the.orphan()));
    expect(lane.timeline.slice(2)).toEqual(['100 parent-exited', '100 end']);
  });

  test('the lane ends in the middle of the ladder: no further signal', () => {
    const lane = timeline((the, world) => world.at(700, () => the.account$.complete()).at(1_000, () => the.exit()));
    expect(lane.timeline.slice(2)).toEqual(['1000 parent-exited', '1000 end']);
  });

  test('the source fails in the middle: no further signal', () => {
    const world = new World();
    const lane = new FakeLane(world).incident();
    world.run(1_000);
    lane.account$.error(new Error('the source is gone'));
    world.run();
    expect(lane.timeline).toEqual(['0 offender', '0 SIGTERM sent', '1000 error the source is gone']);
    expect(lane.signals).toEqual(['0 SIGTERM']);
  });
});

describe('everything is looked at again before every rung', () => {
  test('no offender on a second look: not a word, and what was found out is told', () => {
    const lane = timeline((the) => the.sightings.set(1, 'gone'));
    expect(lane.timeline).toEqual(['0 end']);
    expect(lane.told).toEqual([{ type: 'reaped', id: 1 }]);
  });

  test('zombies with another parent: a snapshot is wanted', () => {
    const lane = timeline((the) => the.sightings.set(1, 'moved'));
    expect(lane.timeline).toEqual(['0 end']);
    expect(lane.snapshotsWanted).toBe(1);
  });

  test('the parent is gone by then', () => {
    const lane = timeline((the) => {
      the.facts = undefined;
    });
    expect(lane.timeline).toEqual(['0 end']);
    expect(lane.told).toEqual([]); // the descriptor tells when it has let go of its children
  });

  test('the parent is gone by then, and no descriptor tells of it', () => {
    const lane = timeline((the) => {
      the.facts = undefined;
      the.unwatched = true;
    });
    expect(lane.timeline).toEqual(['0 end']);
    expect(lane.told).toEqual([{ type: 'parent-exited', parent: lane.key }]);
  });

  test('reaped before the second rung, though the event has not come', () => {
    const lane = timeline((the, world) => world.at(1_000, () => the.sightings.set(1, 'gone')));
    expect(lane.timeline.slice(2)).toEqual(['2000 parent-reaped', '2000 end']);
    expect(lane.told).toEqual([{ type: 'reaped', id: 1 }]);
    expect(lane.signals).toEqual(['0 SIGTERM']);
  });

  test('protected by the second rung', () => {
    const lane = timeline((the, world) =>
      world.at(1_000, () => {
        the.agent = { ...the.agent, ancestors: [the.key.pid, 1] };
      }),
    );
    expect(lane.timeline).toEqual(['0 offender', '0 SIGTERM sent', '2000 spared protected']);
    expect(lane.signals).toEqual(['0 SIGTERM']);
  });

  test('out of scope by the second rung: no signal, and no word of its having reaped', () => {
    const lane = timeline((_, world) => world.at(1_000, () => world.reload({ scope: { kind: 'tree', pid: 7 } })));
    expect(lane.signals).toEqual(['0 SIGTERM']);
    expect(lane.timeline.join()).not.toContain('parent-reaped');
  });

  test('a longer threshold by the second rung: no signal, and no word of its having reaped', () => {
    const lane = timeline((_, world) => world.at(1_000, () => world.reload({ thresholdMs: 120_000 })));
    expect(lane.signals).toEqual(['0 SIGTERM']);
    expect(lane.timeline.join()).not.toContain('parent-reaped');
  });

  test('moved out of the scope’s cgroup by the second rung: no signal, and no word of its having reaped', () => {
    const lane = timeline(
      (the, world) =>
        world.at(1_000, () => {
          the.facts = aParent({ cgroups: [{ controllers: '', path: '/elsewhere' }] });
        }),
      { scope: { kind: 'cgroup', path: '/docker' } },
    );
    expect(lane.signals).toEqual(['0 SIGTERM']);
    expect(lane.timeline.join()).not.toContain('parent-reaped');
  });

  test('a reload that changes nothing for it: a reap is still a reap', () => {
    const lane = timeline((the, world) => {
      world.at(1_000, () => world.reload({ logLevel: 'warn' })).at(1_500, () => the.sightings.set(1, 'gone'));
    });
    expect(lane.timeline.slice(2)).toEqual(['2000 parent-reaped', '2000 end']);
  });

  test('a dry run from now on: the second rung is not sent', () => {
    const lane = timeline((_, world) => world.at(1_000, () => world.reload({ dryRun: true })));
    expect(lane.timeline).toEqual(['0 offender', '0 SIGTERM sent', '2000 SIGKILL dry-run', '2000 spared dry-run']);
    expect(lane.signals).toEqual(['0 SIGTERM']);
  });

  test('traced by the second rung', () => {
    const lane = timeline((the, world) => world.at(1_000, () => the.sightings.set(1, 'traced')));
    expect(lane.timeline.slice(2, 3)).toEqual(['2000 spared tracer']);
    expect(lane.signals).toEqual(['0 SIGTERM']);
  });

  test('a handler that comes late is foretold anew', () => {
    const lane = timeline((the, world) => {
      the.facts = aParent({ nsPid: 1, signals: { blocked: 0n, ignored: 0n, caught: maskOf(TERM) } });
      world.at(3_000, () => the.exit());
    });
    expect(lane.signals).toEqual(['0 SIGTERM', '2000 SIGKILL']);
    expect(lane.events[1]).toMatchObject({ reason: 'it has a handler for SIGTERM' });
  });
});

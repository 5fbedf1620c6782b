import { describe, expect, test, vi } from 'vitest';
import type { SpareReason } from '../../../src/domain/incident.ts';
import type { ParentFacts, Sighting } from '../../../src/domain/parent.ts';
import { breakerKey, type Evidence, gather, isOverdue, judge, type Verdict } from '../../../src/policy/judge.ts';
import { anAgent, aParent, aStanding } from '../../support/builders.ts';

const NODE = { scope: { kind: 'node' }, minZombies: 1 } as const;
const cgroup = (path: string) => [{ controllers: '', path }];

const evidence = (standing: number, traced = 0, moved = 0): Evidence => ({
  standing,
  traced,
  moved,
  released: 0,
  gone: [],
});

test.each([
  [9_999, false],
  [10_000, true],
  [10_001, true],
])('a zombie of age %i is overdue at 10000: %s', (ageMs, overdue) => {
  expect(isOverdue(aStanding(1, 5), 10_000, 5 + ageMs)).toBe(overdue);
});

describe('gather', () => {
  const sightings: Record<string, Sighting> = { s: 'standing', t: 'traced', m: 'moved', g: 'gone' };

  /** Each letter is a zombie and what is seen of it. */
  const look = (letters: string, enough: number) => {
    const zombies = [...letters].map((_, index) => aStanding(index, 0));
    const sight = vi.fn(({ zombie }) => sightings[letters[zombie.id] ?? ''] as Sighting);
    const { gone, ...counts } = gather(zombies, enough, sight);
    return { ...counts, gone: gone.map(({ zombie }) => zombie.id), looks: sight.mock.calls.length };
  };

  test.each([
    ['', 1, { standing: 0, traced: 0, moved: 0, released: 0, gone: [], looks: 0 }],
    ['s', 1, { standing: 1, traced: 0, moved: 0, released: 0, gone: [], looks: 1 }],
    ['stmg', 9, { standing: 1, traced: 1, moved: 1, released: 0, gone: [3], looks: 4 }],
    ['sssssss', 1, { standing: 1, traced: 0, moved: 0, released: 0, gone: [], looks: 1 }],
    ['sssssss', 3, { standing: 3, traced: 0, moved: 0, released: 0, gone: [], looks: 3 }],
    ['ggsgsss', 2, { standing: 2, traced: 0, moved: 0, released: 0, gone: [0, 1, 3], looks: 5 }],
    ['tttts', 1, { standing: 1, traced: 4, moved: 0, released: 0, gone: [], looks: 5 }],
  ])('%j until %i stand', (letters, enough, expected) => {
    expect(look(letters, enough)).toEqual(expected);
  });

  test('what a tracer has let go stands, and is told of as released', () => {
    const zombies = [aStanding(1, 0), aStanding(2, 0)].map((standing, index) => ({
      ...standing,
      zombie: { ...standing.zombie, tracer: index === 0 ? 9 : 0 },
    }));
    expect(gather(zombies, 2, () => 'standing')).toMatchObject({ standing: 2, released: 1 });
  });

  test('a hundred thousand zombies are one look', () => {
    expect(look('s'.repeat(100_000), 1).looks).toBe(1);
  });
});

describe('judge', () => {
  const spare = (reason: SpareReason) => ({ action: 'spare', reason }) as const;

  test.each<[string, Evidence, Partial<ParentFacts>, number, Partial<Verdict>]>([
    ['enough zombies', evidence(1), {}, 1, { action: 'act' }],
    ['more than enough', evidence(5), {}, 3, { action: 'act' }],
    ['none on a second look', evidence(0), {}, 1, { action: 'leave' }],
    ['too few', evidence(2), {}, 3, { action: 'leave' }],
    ['moved ones do not count', evidence(0, 0, 9), {}, 1, { action: 'leave' }],
    ['held by a tracer', evidence(0, 1), {}, 1, spare('tracer')],
    ['too few without those of a tracer', evidence(1, 1), {}, 2, spare('tracer')],
    ['too few even with them', evidence(1, 1), {}, 3, { action: 'leave' }],
    ['enough besides those of a tracer', evidence(1, 5), {}, 1, { action: 'act' }],
    ['protected', evidence(1), { key: { pid: 900, startUs: 1 } }, 1, spare('protected')],
    ['protected, but no offender', evidence(0), { key: { pid: 900, startUs: 1 } }, 1, { action: 'leave' }],
  ])('%s', (_, seen, facts, minZombies, verdict) => {
    expect(judge(aParent(facts), seen, anAgent(), { ...NODE, minZombies })).toMatchObject(verdict);
  });

  test('out of scope goes before everything', () => {
    const settings = { scope: { kind: 'tree', pid: 7 }, minZombies: 1 } as const;
    const protectedOne = aParent({ key: { pid: 900, startUs: 1 } });
    expect(judge(protectedOne, evidence(1), anAgent(), settings)).toEqual({ action: 'leave' });
    expect(judge(aParent(), evidence(0, 1), anAgent(), settings)).toEqual({ action: 'leave' });
    expect(judge(aParent({ ancestors: [7] }), evidence(1), anAgent(), settings)).toMatchObject({ action: 'act' });
  });

  test('says how many a tracer holds, and why a parent is protected', () => {
    expect(judge(aParent(), evidence(0, 3), anAgent(), NODE)).toMatchObject({ detail: expect.stringMatching(/^3 /) });
    const kernelThread = aParent({ kernelThread: true });
    expect(judge(kernelThread, evidence(1), anAgent(), NODE)).toMatchObject({ detail: 'it is a kernel thread' });
  });
});

describe('breakerKey', () => {
  const container = `/docker/${'a'.repeat(64)}`;

  test.each<[string, string, string | undefined]>([
    ['a container', container, container],
    ['below a container', `${container}/nested/deeper`, container],
    ['a service', '/system.slice/cron.service', '/system.slice/cron.service'],
    ['below a service', '/system.slice/cron.service/job', '/system.slice/cron.service'],
    ['a service in a container counts for the container', `${container}/system.slice/a.service`, container],
    ['a login session', '/user.slice/user-0.slice/session-3.scope', undefined],
    ['a loose process', '/', undefined],
  ])('%s', (_, path, key) => {
    expect(breakerKey(aParent({ cgroups: cgroup(path) }), anAgent())).toBe(key);
  });

  test('others in the agent’s own container are loose processes', () => {
    expect(
      breakerKey(aParent({ cgroups: cgroup(container) }), anAgent({ cgroups: cgroup(container) })),
    ).toBeUndefined();
  });

  test('a pod that starts its container again stays the same', () => {
    const pod = '/kubepods/burstable/pod01234567-89ab-cdef-0123-456789abcdef';
    const keys = ['a', 'b'].map((id) => breakerKey(aParent({ cgroups: cgroup(`${pod}/${id.repeat(64)}`) }), anAgent()));
    expect(keys).toEqual([pod, pod]);
  });
});

describe('a parent that somebody keeps from running', () => {
  test.each([
    ['frozen', { frozen: true }, 'rule'],
    ['stopped by its tracer', { state: 't', tracer: 9 }, 'tracer'],
  ] as const)('%s is held back', (_, facts, reason) => {
    const settings = { scope: { kind: 'node' }, minZombies: 1 } as const;
    expect(judge(aParent(facts), evidence(1), anAgent(), settings)).toMatchObject({
      action: 'spare',
      reason,
      heldBack: true,
    });
  });

  test('has just become able to reap when too few zombies are not fresh from a tracer', () => {
    const settings = { scope: { kind: 'node' }, minZombies: 2 } as const;
    const seen = (released: number) => ({ ...evidence(2), released });
    expect(judge(aParent(), seen(1), anAgent(), settings)).toEqual({ action: 'act', justAble: true });
    expect(judge(aParent(), seen(0), anAgent(), settings)).toEqual({ action: 'act', justAble: false });
  });
});

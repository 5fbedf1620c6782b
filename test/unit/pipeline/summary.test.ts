import { describe, expect, test } from 'vitest';
import { summarize } from '../../../src/pipeline/summary.ts';
import { anAccount, aStanding, aZombie } from '../../support/builders.ts';

describe('summarize', () => {
  test('ages count from death, whatever the patience counts from', () => {
    const inherited = { zombie: aZombie({ exitMs: 100 }), sinceMs: 900 };
    expect(summarize(anAccount(inherited), 1_000)).toMatchObject({ oldestMs: 900, sample: [{ ageMs: 900 }] });
  });

  test('where the death is not known, from first sight', () => {
    const unknown = { zombie: aZombie({ exitMs: 100, exitKnown: false }), sinceMs: 900 };
    expect(summarize(anAccount(unknown), 1_000)).toMatchObject({ oldestMs: 100, sample: [{ ageMs: 100 }] });
  });

  test('the oldest is the oldest by age, not by patience', () => {
    const account = anAccount(aStanding(1, 500), { zombie: aZombie({ id: 2, exitMs: 0 }), sinceMs: 800 });
    expect(summarize(account, 1_000).oldestMs).toBe(1_000);
  });

  test('names five of them, and counts all', () => {
    const account = { ...anAccount(...[1, 2, 3, 4, 5, 6, 7].map((id) => aStanding(id, id))), count: 100_000 };
    const { count, sample } = summarize(account, 1_000);
    expect([count, sample.map(({ zombie }) => zombie.id)]).toEqual([100_000, [1, 2, 3, 4, 5]]);
  });

  test('ages are whole milliseconds', () => {
    expect(summarize(anAccount(aStanding(1, 0.4)), 10)).toMatchObject({ oldestMs: 9, sample: [{ ageMs: 9 }] });
  });

  test('nothing at all', () => {
    expect(summarize(anAccount(), 10)).toEqual({ count: 0, oldestMs: 0, sample: [] });
  });
});

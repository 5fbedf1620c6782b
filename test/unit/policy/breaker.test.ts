import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Breaker } from '../../../src/domain/settings.ts';
import { type BreakerState, NO_STRIKES, pauseAfter, pausedUntil, strike } from '../../../src/policy/breaker.ts';

const RULE: Breaker = { strikes: 3, pauseMs: 10, maxPauseMs: 60 };

/** Strikes at these times. */
const strikesAt = (times: readonly number[], rule = RULE): BreakerState =>
  times.reduce((state, nowMs) => strike(state, 'web', rule, nowMs), NO_STRIKES);

test.each([
  [0, 0],
  [1, 0],
  [2, 0],
  [3, 10],
  [4, 20],
  [5, 40],
  [6, 60],
  [7, 60],
  [5_000, 60],
])('the pause after strike %i is %i', (count, pauseMs) => {
  expect(pauseAfter(count, RULE)).toBe(pauseMs);
});

describe('pausedUntil', () => {
  test.each<[string, readonly number[], number, number | undefined]>([
    ['never struck', [], 0, undefined],
    ['twice', [0, 1], 1, undefined],
    ['three times in a row', [0, 1, 2], 2, 12],
    ['just before the pause is over', [0, 1, 2], 11, 12],
    ['when the pause is over', [0, 1, 2], 12, undefined],
    ['again right after it: it doubles', [0, 1, 2, 12], 12, 32],
    ['quiet as long as a pause: the row is over', [0, 1, 2, 22], 22, undefined],
    ['just not as long', [0, 1, 2, 21], 21, 41],
    ['slow strikes are no row', [0, 10, 20, 30, 40], 40, undefined],
  ])('%s', (_, times, nowMs, until) => {
    expect(pausedUntil(strikesAt(times), 'web', nowMs)).toBe(until);
  });

  test('others are not concerned', () => {
    expect(pausedUntil(strikesAt([0, 1, 2]), 'db', 3)).toBeUndefined();
  });

  test('one strike is enough where the rule says so', () => {
    expect(pausedUntil(strikesAt([0], { ...RULE, strikes: 1 }), 'web', 0)).toBe(10);
  });
});

test('a state is not changed by what comes after it', () => {
  const before = strikesAt([0, 1]);
  strike(before, 'web', RULE, 2);
  expect(pausedUntil(before, 'web', 3)).toBeUndefined();
});

describe('whatever happens', () => {
  const rules = fc
    .record({ strikes: fc.integer({ min: 1, max: 5 }), pauseMs: fc.integer({ min: 1, max: 50 }), factor: fc.nat(8) })
    .map(({ strikes, pauseMs, factor }): Breaker => ({ strikes, pauseMs, maxPauseMs: pauseMs * (1 + factor) }));
  const gaps = fc.array(fc.nat(30), { maxLength: 200 });

  test('never more strikes in a row than allowed without a pause', () => {
    fc.assert(
      fc.property(rules, gaps, (rule, waits) => {
        let state = NO_STRIKES;
        let nowMs = 0;
        const struck: number[] = [];
        for (const wait of waits) {
          nowMs += wait;
          if (pausedUntil(state, 'web', nowMs) === undefined) {
            state = strike(state, 'web', rule, nowMs);
            struck.push(nowMs);
          }
        }
        // Any strikes + 1 in a row have a pause's length of quiet among them.
        for (let first = 0; first + rule.strikes < struck.length; first++) {
          const row = struck.slice(first, first + rule.strikes + 1);
          const quiets = row.slice(1).map((at, index) => at - (row[index] ?? 0));
          expect(Math.max(...quiets)).toBeGreaterThanOrEqual(rule.pauseMs);
        }
      }),
    );
  });

  test('a pause is never longer than the longest, and ends', () => {
    fc.assert(
      fc.property(rules, gaps, (rule, waits) => {
        let nowMs = 0;
        const times = waits.map((wait) => {
          nowMs += wait;
          return nowMs;
        });
        const until = pausedUntil(strikesAt(times, rule), 'web', nowMs) ?? nowMs;
        expect(until - nowMs).toBeLessThanOrEqual(rule.maxPauseMs);
      }),
    );
  });

  test('the map is as small as the trouble is', () => {
    let state = NO_STRIKES;
    for (let container = 0; container < 10_000; container++) {
      state = strike(state, `c${container}`, RULE, container);
      expect(state.size).toBeLessThanOrEqual(RULE.pauseMs);
    }
    expect(strike(state, 'last', RULE, 1e9).size).toBe(1);
  });
});

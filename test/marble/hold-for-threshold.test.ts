import { describe, expect, test } from 'vitest';
import type { Account } from '../../src/domain/incident.ts';
import { holdForThreshold } from '../../src/pipeline/hold-for-threshold.ts';
import { anAccount, aStanding } from '../support/builders.ts';
import { marbles, withTimers } from '../support/marbles.ts';

const THRESHOLD_MS = 10;
const reaped: Account = { ...anAccount(), count: 0 };

interface Case {
  readonly minZombies?: number;
  readonly thresholdMs?: number;
  readonly values: Record<string, Account>;
  /** Accounts as they come, and what the operator makes of them: one marble is 1 ms. */
  readonly accounts: string;
  readonly offenders: string;
}

const one = { a: anAccount(aStanding(1, 0)), r: reaped };

const cases: Record<string, Case> = {
  'unreaped for the threshold': { values: one, accounts: 'a', offenders: '----------a' },
  'age counts from death, not from the event': { values: one, accounts: '---a', offenders: '----------a' },
  'overdue when it is first seen': {
    values: { a: anAccount(aStanding(1, -50)) },
    accounts: '--a',
    offenders: '--a',
  },
  'no account at all': { values: {}, accounts: '|', offenders: '|' },
  never: { values: {}, accounts: '-', offenders: '-' },
  'the source ends while it waits': { values: one, accounts: 'a---|', offenders: '----------(a|)' },
  'the source fails while it waits': { values: one, accounts: 'a---#', offenders: '----#' },
  'the same account again': { values: one, accounts: 'a-a-a-a-a-a-a-a', offenders: '----------a' },
  'reaped in time': { values: one, accounts: 'a--------r', offenders: '-' },
  'reaped exactly at the threshold': { values: one, accounts: 'a---------r', offenders: '-' },
  'reaped just after it': { values: one, accounts: 'a----------r', offenders: '----------a' },
  'the oldest is reaped, the next one decides': {
    values: { a: anAccount(aStanding(1, 0), aStanding(2, 5)), b: anAccount(aStanding(2, 5)) },
    accounts: 'a--b',
    offenders: '---------------b',
  },
  'an older one comes to light': {
    values: { a: anAccount(aStanding(2, 5)), b: anAccount(aStanding(1, 1), aStanding(2, 5)) },
    accounts: '-----a-b',
    offenders: '-----------b',
  },
  'the same zombie with another patience': {
    values: { a: anAccount(aStanding(1, 0)), b: anAccount(aStanding(1, 4)) },
    accounts: 'a---b',
    offenders: '--------------b',
  },
  'two of the same age, one is reaped': {
    values: { a: anAccount(aStanding(1, 0), aStanding(2, 0)), b: anAccount(aStanding(2, 0)) },
    accounts: 'a--b',
    offenders: '----------b',
  },
  'an offender again, when the next zombie is overdue': {
    values: { a: anAccount(aStanding(1, 0), aStanding(2, 5)), b: anAccount(aStanding(2, 5)) },
    accounts: 'a-----------b',
    offenders: '----------a----b',
  },
  'min-zombies: the third oldest decides': {
    minZombies: 3,
    values: { a: anAccount(aStanding(1, 0), aStanding(2, 2), aStanding(3, 4), aStanding(4, 9)) },
    accounts: '---------a',
    offenders: '--------------a',
  },
  'min-zombies: too few': {
    minZombies: 3,
    values: { a: anAccount(aStanding(1, 0), aStanding(2, 0)) },
    accounts: 'a',
    offenders: '-',
  },
  'min-zombies: one of them is reaped in time': {
    minZombies: 2,
    values: { a: anAccount(aStanding(1, 0), aStanding(2, 0)), b: anAccount(aStanding(2, 0)) },
    accounts: 'a-----b',
    offenders: '-',
  },
  'more and more zombies: told of with the newest account': {
    values: { a: one.a, b: anAccount(aStanding(1, 0), aStanding(2, 3)) },
    accounts: 'abbbbbbbbbbbbb',
    offenders: '----------b',
  },
  'a storm of overdue zombies, the deciding one always another': {
    values: { a: anAccount(aStanding(1, -50)), b: anAccount(aStanding(2, -50)), c: anAccount(aStanding(3, -50)) },
    accounts: 'abcabc',
    offenders: 'abcabc',
  },
  'a storm within one instant': {
    values: { a: anAccount(aStanding(1, -50)), b: anAccount(aStanding(2, -50)), c: anAccount(aStanding(3, -50)) },
    accounts: '(abc)',
    offenders: 'c',
  },
  'a day ahead': {
    thresholdMs: 86_400_000,
    values: one,
    accounts: 'a',
    offenders: '86400000ms a',
  },
};

describe('holdForThreshold', () => {
  test.each(Object.entries(cases))('%s', (_, { minZombies = 1, thresholdMs = THRESHOLD_MS, ...the }) => {
    marbles(({ hot, expectObservable }, scheduler) => {
      const accounts$ = hot(the.accounts, the.values);
      expectObservable(accounts$.pipe(holdForThreshold(thresholdMs, minZombies, scheduler))).toBe(
        the.offenders,
        the.values,
      );
    });
  });

  test('unsubscribed while it waits, it leaves its source and its timer', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }, scheduler) => {
      const accounts$ = hot('a------------', one);
      expectObservable(accounts$.pipe(holdForThreshold(THRESHOLD_MS, 1, scheduler)), '^----!').toBe('-');
      expectSubscriptions(accounts$.subscriptions).toBe('^----!');
    });
  });

  test('two lanes of one operator know nothing of each other', () => {
    marbles(({ hot, expectObservable }, scheduler) => {
      const hold = holdForThreshold(THRESHOLD_MS, 1, scheduler);
      const values = { a: one.a, b: anAccount(aStanding(2, 2)) };
      expectObservable(hot('a', values).pipe(hold)).toBe('----------a', values);
      expectObservable(hot('--b', values).pipe(hold)).toBe('------------b', values);
    });
  });

  test('updates do not move the timer: one per deciding zombie', () => {
    marbles(({ hot, flush }, scheduler) => {
      let timers = 0;
      const counting = withTimers(scheduler, (start, delay) => {
        timers++;
        return start(delay);
      });
      hot('abababab', { a: one.a, b: anAccount(aStanding(1, 0), aStanding(2, 1)) })
        .pipe(holdForThreshold(THRESHOLD_MS, 1, counting))
        .subscribe();
      flush();
      expect(timers).toBe(1);
    });
  });
});

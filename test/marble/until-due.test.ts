import { type SchedulerLike, Subscription } from 'rxjs';
import type { TestScheduler } from 'rxjs/testing';
import { describe, expect, test } from 'vitest';
import { untilDue } from '../../src/pipeline/until-due.ts';
import { marbles, withTimers } from '../support/marbles.ts';

/** The event loop's timers counted from a clock that `now` is behind of. */
const lagging = (scheduler: TestScheduler, lagMs: number): SchedulerLike => ({
  now: () => scheduler.now() - lagMs,
  schedule: scheduler.schedule.bind(scheduler),
});

/** Timers that fire too early, by 40 % of the delay. */
const hasty = (scheduler: TestScheduler): SchedulerLike =>
  withTimers(scheduler, (start, delay) => start(Math.ceil(delay * 0.6)));

describe('untilDue', () => {
  test.each([
    ['later', 5, '-----(z|)'],
    ['now', 0, '(z|)'],
    ['long ago', -1_000, '(z|)'],
    ['a fraction of a millisecond ahead', 4.1, '-----(z|)'],
  ])('%s', (_, dueMs, expected) => {
    marbles(({ expectObservable }, scheduler) => {
      expectObservable(untilDue(dueMs, scheduler)).toBe(expected, { z: 0 });
    });
  });

  test('is asynchronous even when it is due', () => {
    marbles(({ flush }, scheduler) => {
      let emitted = false;
      untilDue(-1, scheduler).subscribe(() => {
        emitted = true;
      });
      expect(emitted).toBe(false);
      flush();
      expect(emitted).toBe(true);
    });
  });

  test('unsubscribed, it emits nothing', () => {
    marbles(({ expectObservable }, scheduler) => {
      expectObservable(untilDue(5, scheduler), '^---!').toBe('-');
    });
  });

  test.each([1, 3, 50])('is never early with a clock that is %i ms behind', (lagMs) => {
    marbles(({ expectObservable }, scheduler) => {
      const clock = lagging(scheduler, lagMs);
      expectObservable(untilDue(5, clock)).toBe(`${5 + lagMs}ms (z|)`, { z: 0 });
    });
  });

  test('is never early with timers that are', () => {
    marbles(({ flush }, scheduler) => {
      const emissions: number[] = [];
      untilDue(1_000, hasty(scheduler)).subscribe({
        next: () => emissions.push(scheduler.now()),
        complete: () => emissions.push(-1),
      });
      flush();
      expect(emissions).toEqual([1_000, -1]);
    });
  });

  // Node's timers hold 31 bits: what is longer fires after 1 ms, with a warning, again and again until it is due.
  test('never asks the event loop for more than its timers can hold', () => {
    const asked: number[] = [];
    const spy = withTimers({ now: () => 0, schedule: () => Subscription.EMPTY }, (start, delay) => {
      asked.push(delay);
      return start(delay);
    });
    untilDue(90 * 86_400_000, spy).subscribe();
    expect(asked).toHaveLength(1);
    expect(asked[0]).toBeLessThanOrEqual(2 ** 31 - 1);
  });
});

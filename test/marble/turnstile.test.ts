import fc from 'fast-check';
import { mergeMap, type Observable, type Subscription, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, test } from 'vitest';
import type { Budget } from '../../src/domain/settings.ts';
import { Turnstile } from '../../src/pipeline/turnstile.ts';
import { marbles, withTimers } from '../support/marbles.ts';

const TWO_IN_TEN: Budget = { count: 2, perMs: 10 };

/** Everybody who comes: named by a letter, with since when its oldest zombie stands. */
const passing = (arrivals$: Observable<string>, turnstile: Turnstile, since: (name: string) => number) =>
  arrivals$.pipe(mergeMap((name) => turnstile.admit(since(name)).pipe(mergeMap(() => name))));

const inOrder = (name: string): number => name.charCodeAt(0);

describe('Turnstile', () => {
  test.each([
    ['nobody', '-', '-'],
    ['fewer than the budget', 'a-b', 'a-b'],
    ['the third waits until the first one is a window ago', 'a-b-c', 'a-b-------c'],
    ['a window is any window, not a fixed one', '---------a-b-c', '---------a-b-------c'],
    ['a burst passes in pairs', '(abcdef)', '(ab)------(cd)------(ef)'],
    ['who comes when the window is over passes at once', '(ab)------c', '(ab)------c'],
    ['who comes just before does not', '(ab)-----c', '(ab)------c'],
    ['who has waited passes before who comes', '(abcd)----e', '(ab)------(cd)------e'],
  ])('%s', (_, arrivals, passed) => {
    marbles(({ hot, expectObservable }, scheduler) => {
      const turnstile = new Turnstile(() => TWO_IN_TEN, scheduler);
      expectObservable(passing(hot(arrivals), turnstile, inOrder)).toBe(passed);
    });
  });

  test('the longest-standing zombie passes first, whoever came first', () => {
    marbles(({ hot, expectObservable }, scheduler) => {
      const turnstile = new Turnstile(() => TWO_IN_TEN, scheduler);
      const since: Record<string, number> = { a: 0, b: 0, c: 9, d: 1, e: 5, f: 1 };
      const passed$ = passing(hot('(ab)--(cdef)'), turnstile, (name) => since[name] ?? 0);
      expectObservable(passed$).toBe('(ab)------(df)------(ec)');
    });
  });

  test('completes with its one turn', () => {
    marbles(({ expectObservable }, scheduler) => {
      expectObservable(new Turnstile(() => TWO_IN_TEN, scheduler).admit(0)).toBe('(u|)', { u: undefined });
    });
  });

  test('who leaves the queue takes nobody’s place', () => {
    marbles(({ hot, expectObservable }, scheduler) => {
      const turnstile = new Turnstile(() => TWO_IN_TEN, scheduler);
      expectObservable(passing(hot('(ab)'), turnstile, inOrder)).toBe('(ab)');
      expectObservable(passing(hot('-c'), turnstile, inOrder), '^---!').toBe('-');
      expectObservable(passing(hot('--(def)'), turnstile, inOrder)).toBe('----------(de)------f');
    });
  });

  test('the budget of the moment counts: a reload is heeded at the next turn', () => {
    marbles(({ hot, expectObservable }, scheduler) => {
      let budget = TWO_IN_TEN;
      const turnstile = new Turnstile(() => budget, scheduler);
      expectObservable(passing(hot('(abcdef)'), turnstile, inOrder)).toBe('(ab)------(cde)-----f');
      scheduler.schedule(() => {
        budget = { count: 3, perMs: 10 };
      }, 5);
    });
  });

  test('a smaller budget holds back who comes after it', () => {
    marbles(({ hot, expectObservable }, scheduler) => {
      let budget = TWO_IN_TEN;
      const turnstile = new Turnstile(() => budget, scheduler);
      expectObservable(passing(hot('(ab)-----(cd)'), turnstile, inOrder)).toBe('(ab)------c---------d');
      scheduler.schedule(() => {
        budget = { count: 1, perMs: 10 };
      }, 3);
    });
  });

  test('is full while the budget is spent, and while somebody waits', () => {
    const scheduler = new VirtualTimeScheduler();
    const turnstile = new Turnstile(() => TWO_IN_TEN, scheduler);
    const full: boolean[] = [];
    for (const at of [0, 1, 2, 9, 10, 11]) {
      scheduler.schedule(() => full.push(turnstile.full), at);
    }
    scheduler.schedule(() => turnstile.admit(0).subscribe(), 0.5);
    scheduler.schedule(() => turnstile.admit(0).subscribe(), 1);
    scheduler.flush();
    expect(full).toEqual([false, false, true, true, true, false]);
  });

  test('is full for who comes between the window’s end and the turn of who waits', () => {
    const scheduler = new VirtualTimeScheduler();
    const turnstile = new Turnstile(() => TWO_IN_TEN, scheduler);
    const full: boolean[] = [];
    scheduler.schedule(() => full.push(turnstile.full), 10); // goes off before the turnstile's own timer
    for (const since of [0, 1, 2]) {
      turnstile.admit(since).subscribe();
    }
    scheduler.flush();
    expect(full).toEqual([true]);
  });

  test('one timer in all, and none when nobody waits', () => {
    const virtual = new VirtualTimeScheduler();
    const timers = new Set<Subscription>();
    const scheduler = withTimers(virtual, (start, delay) => {
      const timer = start(delay);
      timers.add(timer);
      timer.add(() => timers.delete(timer));
      return timer;
    });
    const turnstile = new Turnstile(() => TWO_IN_TEN, scheduler);
    turnstile.admit(0).subscribe();
    turnstile.admit(0).subscribe();
    expect(timers.size).toBe(0);
    const queue = [1, 2, 3].map((since) => turnstile.admit(since).subscribe());
    expect(timers.size).toBe(1);
    for (const waiting of queue) {
      waiting.unsubscribe();
    }
    expect(timers.size).toBe(0);
  });

  test('who passes may stand in line again at once', () => {
    const scheduler = new VirtualTimeScheduler();
    const turnstile = new Turnstile(() => TWO_IN_TEN, scheduler);
    const passed: number[] = [];
    const again = (times: number): void => {
      turnstile.admit(0).subscribe(() => {
        passed.push(scheduler.now());
        if (times > 1) {
          again(times - 1);
        }
      });
    };
    again(5);
    scheduler.flush();
    expect(passed).toEqual([0, 0, 10, 10, 20]);
  });

  test('in no window pass more than the budget, and everybody passes', () => {
    const arrivals = fc.array(fc.record({ at: fc.nat(100), since: fc.nat(20) }), { maxLength: 40 });
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 30 }), (all, count, perMs) => {
        const scheduler = new VirtualTimeScheduler();
        const turnstile = new Turnstile(() => ({ count, perMs }), scheduler);
        const passed: number[] = [];
        for (const { at, since } of all) {
          scheduler.schedule(() => turnstile.admit(since).subscribe(() => passed.push(scheduler.now())), at);
        }
        scheduler.flush();
        expect(passed).toHaveLength(all.length);
        for (const [index, at] of passed.slice(count).entries()) {
          expect(at - (passed[index] ?? 0)).toBeGreaterThanOrEqual(perMs);
        }
      }),
    );
  });
});

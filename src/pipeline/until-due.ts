import { asyncScheduler, concatMap, defer, type Observable, of, type SchedulerLike, timer } from 'rxjs';

/** setTimeout takes a longer delay for 1 ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Emits 0 once `scheduler.now()` has reached `dueMs`, never before: a real timer counts from when the event loop last looked at the
 * clock and may fire some milliseconds early. Always asynchronous.
 */
export const untilDue = (dueMs: number, scheduler: SchedulerLike = asyncScheduler): Observable<0> =>
  defer(() => {
    const leftMs = Math.max(0, Math.ceil(dueMs - scheduler.now()));
    return timer(Math.min(LONGEST_TIMER_MS, leftMs), scheduler).pipe(
      concatMap(() => (scheduler.now() >= dueMs ? of(0 as const) : untilDue(dueMs, scheduler))),
    );
  });

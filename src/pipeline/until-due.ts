import { asyncScheduler, concatMap, type Observable, of, type SchedulerLike, timer } from 'rxjs';

/**
 * Emits 0 once `scheduler.now()` has reached `dueMs`, never before: a real timer counts from when the event loop last looked at the
 * clock and may fire some milliseconds early. Always asynchronous.
 */
export const untilDue = (dueMs: number, scheduler: SchedulerLike = asyncScheduler): Observable<0> =>
  timer(Math.max(0, Math.ceil(dueMs - scheduler.now())), scheduler).pipe(
    concatMap(() => (scheduler.now() >= dueMs ? of(0 as const) : untilDue(dueMs, scheduler))),
  );

import type { SchedulerLike, Subscription } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { expect } from 'vitest';

/** A marble test on virtual time. A marble takes 1 ms: what comes after 5 s is written `4999ms`. */
export const marbles = (play: (helpers: RunHelpers, scheduler: TestScheduler) => void): void => {
  const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  scheduler.run((helpers) => play(helpers, scheduler));
};

type Schedule = SchedulerLike['schedule'];

/** A scheduler with the clock of `scheduler` whose timers go through `schedule` first. */
export const withTimers = (
  scheduler: SchedulerLike,
  schedule: (start: (delay: number) => Subscription, delay: number) => Subscription,
): SchedulerLike => ({
  now: () => scheduler.now(),
  schedule: ((work: Parameters<Schedule>[0], delay = 0, state?: never) =>
    schedule((given) => scheduler.schedule(work as never, given, state), delay)) as Schedule,
});

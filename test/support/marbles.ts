import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { expect } from 'vitest';

/** A marble test on virtual time. A marble takes 1 ms: what comes after 5 s is written `4999ms`. */
export const marbles = (play: (helpers: RunHelpers, scheduler: TestScheduler) => void): void => {
  const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  scheduler.run((helpers) => play(helpers, scheduler));
};

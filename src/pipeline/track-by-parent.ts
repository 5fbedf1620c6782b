import { asyncScheduler, map, type OperatorFunction, type SchedulerLike } from 'rxjs';
import type { SourceEvent } from '../domain/event.js';
import type { BookChange, ZombieBook } from './zombie-book.js';

/** Turns batches of source events into what they change per parent: one change a batch, however many zombies are in it. */
export const trackByParent = (
  book: ZombieBook,
  scheduler: SchedulerLike = asyncScheduler,
): OperatorFunction<readonly SourceEvent[], BookChange> => map((events) => book.apply(events, scheduler.now()));

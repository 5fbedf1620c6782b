import {
  asyncScheduler,
  distinctUntilChanged,
  map,
  NEVER,
  type OperatorFunction,
  type SchedulerLike,
  switchMap,
  tap,
} from 'rxjs';
import type { Account, Standing } from '../domain/incident.js';
import { untilDue } from './until-due.js';

/** The same zombie, with the same patience. */
const isSame = (before: Standing | undefined, now: Standing | undefined): boolean =>
  before?.zombie.id === now?.zombie.id && before?.sinceMs === now?.sinceMs;

/**
 * The debounce: emits an account once its `minZombies` oldest zombies have all been unreaped for `thresholdMs`; silent when they are
 * reaped in time. One timer per account, moved only when the deciding zombie (the `minZombies`-th oldest) is another one.
 * Times are ms of `scheduler.now()`.
 */
export function holdForThreshold(
  thresholdMs: number,
  minZombies: number,
  scheduler: SchedulerLike = asyncScheduler,
): OperatorFunction<Account, Account> {
  return (accounts$) => {
    let latest: Account;
    return accounts$.pipe(
      tap((account) => {
        latest = account;
      }),
      map((account) => account.oldest[minZombies - 1]),
      distinctUntilChanged(isSame),
      switchMap((deciding) => (deciding === undefined ? NEVER : untilDue(deciding.sinceMs + thresholdMs, scheduler))),
      map(() => latest),
    );
  };
}

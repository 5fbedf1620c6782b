import {
  defer,
  EMPTY,
  endWith,
  exhaustMap,
  finalize,
  ignoreElements,
  merge,
  type Observable,
  share,
  skip,
  startWith,
  switchMap,
  takeUntil,
  tap,
} from 'rxjs';
import type { Account, IncidentEvent } from '../domain/incident.js';
import type { ProcessKey } from '../domain/process.js';
import type { Settings } from '../domain/settings.js';
import { holdForThreshold } from './hold-for-threshold.js';
import { type Court, incident } from './incident.js';
import type { Lane } from './second-look.js';

/**
 * The lane of one parent, from its first zombie to its last: holds the parent by a pidfd, waits out the threshold, and runs one incident at
 * a time. Ends when the account has ended and the incident that it was in the middle of is over. `settings$` gives the current settings at
 * once and every change after that.
 */
export function superviseParent(
  parent: ProcessKey,
  accounts$: Observable<Account>,
  settings$: Observable<Settings>,
  court: Court,
): Observable<IncidentEvent> {
  const { desk, scheduler } = court;
  return defer(() => {
    const held = desk.hold(parent);
    if (held === undefined) {
      desk.tell({ type: 'parent-exited', parent });
      return EMPTY;
    }
    let latest: Account = { parent, count: 0, oldest: [], parentExited: false };
    const account$ = accounts$.pipe(
      tap((account) => {
        latest = account;
      }),
      share(),
    );
    const end$ = account$.pipe(ignoreElements(), endWith(true));
    const lane: Lane = { account$, latest: () => latest, held, reload$: settings$.pipe(skip(1)) };

    // After a reload the wait starts anew, from the account as it is.
    const offenders$ = settings$.pipe(
      switchMap(({ thresholdMs, minZombies }) =>
        (latest.count > 0 ? account$.pipe(startWith(latest)) : account$).pipe(
          holdForThreshold(thresholdMs, minZombies, scheduler),
        ),
      ),
      takeUntil(end$),
    );
    const exit$ = held.exit$.pipe(
      tap(() => desk.tell({ type: 'parent-exited', parent })),
      ignoreElements(),
      takeUntil(end$),
    );
    return merge(exit$, offenders$.pipe(exhaustMap(() => incident(lane, court)))).pipe(finalize(() => held.close()));
  });
}

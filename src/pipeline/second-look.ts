import type { Observable } from 'rxjs';
import type { Account } from '../domain/incident.js';
import type { ParentFacts } from '../domain/parent.js';
import { gather, isOverdue, judge, type Verdict } from '../policy/judge.js';
import type { Desk, HeldProcess } from './desk.js';

/** One parent's lane: what its incidents see and act through. */
export interface Lane {
  readonly account$: Observable<Account>;
  /** The account as it is now. */
  latest(): Account;
  readonly held: HeldProcess;
  /** Emits when the settings have changed: what was spared is judged anew. */
  readonly reload$: Observable<unknown>;
}

/** A parent that has been looked at: gone, or with a verdict. */
export type Look =
  | { readonly gone: true }
  | {
      readonly gone: false;
      readonly facts: ParentFacts;
      readonly verdict: Verdict;
      /** Enough of its zombies are still there, over the threshold or not. */
      readonly owes: boolean;
    };

/** Looks at a parent and its overdue zombies, right now. What is found out on the way is told to the pipeline. */
export function secondLook(lane: Lane, desk: Desk, nowMs: number): Look {
  const { thresholdMs, minZombies, scope } = desk.settings();
  const { parent, oldest } = lane.latest();
  const facts = desk.inspect(parent);
  if (facts === undefined) {
    // On its way out it may keep its children for a while yet: the pidfd tells when it has let them go.
    if (!lane.held.watched) {
      desk.tell({ type: 'parent-exited', parent });
    }
    return { gone: true };
  }
  const overdue = oldest.filter((standing) => isOverdue(standing, thresholdMs, nowMs));
  const evidence = gather(overdue, minZombies, desk.sight);
  for (const { zombie } of evidence.gone) {
    desk.tell({ type: 'reaped', id: zombie.id });
  }
  if (evidence.moved > 0) {
    desk.wantSnapshot();
  }
  const verdict = judge(facts, evidence, desk.agent(), { scope, minZombies });
  return { gone: false, facts, verdict, owes: oldest.length - evidence.gone.length - evidence.moved >= minZombies };
}

import { containerOf, serviceOf } from '../domain/cgroup.js';
import type { SpareReason, Standing } from '../domain/incident.js';
import type { ParentFacts, Sighting } from '../domain/parent.js';
import type { Settings } from '../domain/settings.js';
import { type AgentFacts, protection } from './protect.js';
import { inScope } from './scope.js';

/** A parent's zombies after a second look. */
export interface Evidence {
  /** Unreaped, over the threshold and the parent's own to reap. */
  readonly standing: number;
  /** Held by a tracer. */
  readonly traced: number;
  /** Now another parent's: who, a snapshot will tell. */
  readonly moved: number;
  /** Reaped, though the event has not come yet. */
  readonly gone: readonly Standing[];
}

export type Verdict =
  /** Climb the ladder. */
  | { readonly action: 'act' }
  /** Not a case: out of scope, or not enough zombies after a second look. */
  | { readonly action: 'leave' }
  | { readonly action: 'spare'; readonly reason: SpareReason; readonly detail: string };

/** Whether a zombie is over the threshold at `nowMs`. */
export const isOverdue = (standing: Standing, thresholdMs: number, nowMs: number): boolean =>
  nowMs - standing.sinceMs >= thresholdMs;

/**
 * Looks at the overdue zombies again, oldest first, until `enough` stand: the others need not be looked at,
 * so the cost does not grow with their number.
 */
export function gather(
  overdue: readonly Standing[],
  enough: number,
  sight: (standing: Standing) => Sighting,
): Evidence {
  const gone: Standing[] = [];
  let standing = 0;
  let traced = 0;
  let moved = 0;
  for (const candidate of overdue) {
    if (standing >= enough) {
      break;
    }
    switch (sight(candidate)) {
      case 'standing':
        standing++;
        break;
      case 'traced':
        traced++;
        break;
      case 'moved':
        moved++;
        break;
      case 'gone':
        gone.push(candidate);
        break;
    }
  }
  return { standing, traced, moved, gone };
}

/** The verdict on a parent, from facts of this moment. What depends on other incidents (budget, breaker) comes after it. */
export function judge(
  parent: ParentFacts,
  evidence: Evidence,
  agent: AgentFacts,
  settings: Pick<Settings, 'scope' | 'minZombies'>,
): Verdict {
  if (!inScope(settings.scope, parent)) {
    return { action: 'leave' };
  }
  if (evidence.standing < settings.minZombies) {
    return evidence.standing + evidence.traced < settings.minZombies
      ? { action: 'leave' }
      : {
          action: 'spare',
          reason: 'tracer',
          detail: `${evidence.traced} of its zombies are held by a tracer, not by it`,
        };
  }
  const why = protection(parent, agent);
  return why === undefined ? { action: 'act' } : { action: 'spare', reason: 'protected', detail: why };
}

/**
 * Whom the breaker counts strikes for: the container, else the systemd service. Loose host processes have no breaker, nor have
 * the other processes of the container that the agent itself runs in.
 */
export function breakerKey(parent: ParentFacts, agent: AgentFacts): string | undefined {
  const container = containerOf(parent.cgroups);
  return container !== undefined && container !== containerOf(agent.cgroups) ? container : serviceOf(parent.cgroups);
}

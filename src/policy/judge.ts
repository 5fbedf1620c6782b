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
  /** Among those that stand: held by a tracer when they died, and let go since, nobody knows when. */
  readonly released: number;
  /** Now another parent's: who, a snapshot will tell. */
  readonly moved: number;
  /** Reaped, though the event has not come yet. */
  readonly gone: readonly Standing[];
}

export type Verdict =
  /** Climb the ladder. */
  | {
      readonly action: 'act';
      /** It could not reap until some unknown moment: its patience begins when it is first seen able to. */
      readonly justAble: boolean;
    }
  /** Not a case: out of scope, or not enough zombies after a second look. */
  | { readonly action: 'leave' }
  | {
      readonly action: 'spare';
      readonly reason: SpareReason;
      readonly detail: string;
      /** Somebody else keeps it from reaping for now: it is looked at again, and has its patience when it is let go. */
      readonly heldBack: boolean;
    };

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
  let released = 0;
  let moved = 0;
  for (const candidate of overdue) {
    if (standing >= enough) {
      break;
    }
    switch (sight(candidate)) {
      case 'standing':
        standing++;
        released += candidate.zombie.tracer === 0 ? 0 : 1;
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
  return { standing, traced, released, moved, gone };
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
          heldBack: true,
        };
  }
  const why = protection(parent, agent);
  if (why !== undefined) {
    return { action: 'spare', reason: 'protected', detail: why, heldBack: false };
  }
  const held = heldBack(parent);
  return held === undefined
    ? { action: 'act', justAble: evidence.standing - evidence.released < settings.minZombies }
    : held;
}

/** A parent that somebody keeps from running reaps when it may: it is looked at again. */
function heldBack(parent: ParentFacts): Verdict | undefined {
  if (parent.frozen) {
    return { action: 'spare', reason: 'rule', detail: 'its cgroup is frozen (a paused container)', heldBack: true };
  }
  if (parent.state === 't') {
    return {
      action: 'spare',
      reason: 'tracer',
      detail: `process ${parent.tracer} traces and has stopped it`,
      heldBack: true,
    };
  }
  return undefined;
}

/**
 * Whom the breaker counts strikes for: the container, else the systemd service. Loose host processes have no breaker, nor have
 * the other processes of the container that the agent itself runs in.
 */
export function breakerKey(parent: ParentFacts, agent: AgentFacts): string | undefined {
  const container = containerOf(parent.cgroups);
  return container !== undefined && container !== containerOf(agent.cgroups) ? container : serviceOf(parent.cgroups);
}

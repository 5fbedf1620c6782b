import type { Cause } from './cause.js';
import type { ParentFacts } from './parent.js';
import type { ProcessKey } from './process.js';
import type { Zombie } from './zombie.js';

/** How an incident ended well. */
export type Resolution = 'parent-reaped' | 'parent-exited' | 'reparented';

/** Why a judged parent was not acted on. */
export type SpareReason = 'protected' | 'dry-run' | 'budget' | 'breaker' | 'rule' | 'tracer' | 'recovered' | 'gone';

/** What came of a rung. */
export type SignalOutcome = 'sent' | 'dry-run' | 'skipped' | 'failed' | 'gone';

/** A zombie and the moment from which its parent's patience counts. */
export interface Standing {
  readonly zombie: Zombie;
  /** Death, or the moment when the parent inherited it, or first sight; ms on the pipeline's clock. */
  readonly sinceMs: number;
}

/** A parent's zombies as they are told of in every line of an incident. */
export interface ZombieSummary {
  readonly count: number;
  readonly oldestMs: number;
  readonly sample: readonly { readonly zombie: Zombie; readonly ageMs: number }[];
}

interface IncidentBase {
  /** ULID. */
  readonly incident: string;
  readonly parent: ParentFacts;
  readonly zombies: ZombieSummary;
  readonly cause: Cause;
}

/** A parent left zombies unreaped past the threshold. */
export interface OffenderEvent extends IncidentBase {
  readonly type: 'offender';
  /** What each signal of the ladder is foretold to do. */
  readonly foretold: readonly string[];
}

export interface SignalEvent extends IncidentBase {
  readonly type: 'signal';
  readonly signal: string;
  /** From 1. */
  readonly rung: number;
  readonly outcome: SignalOutcome;
  readonly dryRun: boolean;
  readonly reason: string;
}

export interface ResolvedEvent extends IncidentBase {
  readonly type: 'resolved';
  readonly how: Resolution;
  /** Since the offender line. */
  readonly afterMs: number;
}

export interface SparedEvent extends IncidentBase {
  readonly type: 'spared';
  readonly reason: SpareReason;
  readonly detail: string;
}

/** What is told of an incident, in order: offender, signals, and resolved or spared. */
export type IncidentEvent = OffenderEvent | SignalEvent | ResolvedEvent | SparedEvent;

/** Everything that one parent has left standing. */
export interface Account {
  readonly parent: ProcessKey;
  /** Zombies standing; 0 ends the account. */
  readonly count: number;
  /** The oldest ones, oldest first; fewer than `count` where there are very many. */
  readonly oldest: readonly Standing[];
  /** The account ended because the parent exited. */
  readonly parentExited: boolean;
}

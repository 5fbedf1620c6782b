import type { ProcessKey } from './process.js';
import type { Zombie } from './zombie.js';

/** What an event source tells. Everything after the source knows only these, whichever source it was. */
export type SourceEvent = ZombieSeen | ZombieReaped | Lost | Snapshot | ParentExited;

/** An exit that was still unreaped when the settle time was over. */
export interface ZombieSeen {
  readonly type: 'zombie';
  readonly zombie: Zombie;
}

/** A zombie told of before has been reaped. May come late (one RCU grace period, up to 10 s with lazy callbacks). */
export interface ZombieReaped {
  readonly type: 'reaped';
  readonly id: number;
}

/** Why events did not arrive: the queue of exits overran, the ring had no room for a reap, the zombies map was full,
 * or a program was skipped because it would have re-entered itself. */
export type LossCause = 'queue-overrun' | 'ring-full' | 'map-full' | 'recursion';

/** Events that did not arrive; answered with a snapshot. */
export interface Lost {
  readonly type: 'lost';
  readonly cause: LossCause;
  /** How many, since the last such event. */
  readonly count: number;
}

/** Every zombie of the agent's pid namespace, in one pass. Replaces all that is believed. */
export interface Snapshot {
  readonly type: 'snapshot';
  readonly zombies: readonly Zombie[];
}

/** A parent that had zombies has exited: they now have another one, or none. */
export interface ParentExited {
  readonly type: 'parent-exited';
  readonly parent: ProcessKey;
}

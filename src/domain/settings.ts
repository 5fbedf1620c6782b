import type { Pid } from './process.js';

/** One step of the ladder. */
export interface Rung {
  /** A signal name with SIG prefix that Node's `os.constants.signals` knows. */
  readonly signal: string;
  /** How long to wait for an effect before the next rung, ms. */
  readonly waitMs: number;
}

/** What may be judged at all. */
export type Scope =
  | { readonly kind: 'node' }
  /** Parents whose cgroup (any hierarchy) is this path or below it. */
  | { readonly kind: 'cgroup'; readonly path: string }
  /** This process and its descendants. */
  | { readonly kind: 'tree'; readonly pid: Pid };

/** At most `count` targets in any window of `perMs`. */
export interface Budget {
  readonly count: number;
  readonly perMs: number;
}

/** A container or service is signalled at most `strikes` times in a row, then left alone for `pauseMs`, doubling up to `maxPauseMs`. */
export interface Breaker {
  readonly strikes: number;
  readonly pauseMs: number;
  readonly maxPauseMs: number;
}

export type SourceChoice = 'auto' | 'ebpf' | 'netlink';
export type LogFormat = 'json' | 'pretty';
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Everything that `reapd run` can be told; a config file key and an option each. */
export interface Settings {
  /** How long a zombie may stay unreaped before its parent is judged, ms. */
  readonly thresholdMs: number;
  /** How long the kernel holds an exit before it looks whether it was reaped, ms, at most half the threshold; 0 = every exit is told at once. */
  readonly settleMs: number;
  readonly dryRun: boolean;
  readonly source: SourceChoice;
  /** A parent is an offender when at least this many of its zombies are over the threshold. */
  readonly minZombies: number;
  readonly scope: Scope;
  readonly budget: Budget;
  readonly ladder: readonly Rung[];
  readonly breaker: Breaker;
  readonly logFormat: LogFormat;
  readonly logLevel: LogLevel;
  /** Slots of the kernel's queue of exits, a power of two: exits that may happen within one settle time. */
  readonly queueSlots: number;
  /** Zombies that the kernel side can remember at once. */
  readonly maxZombies: number;
  /** Size of the ring buffer, a power of two. */
  readonly ringBytes: number;
}

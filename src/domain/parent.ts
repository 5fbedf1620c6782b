import type { CgroupLine } from './cgroup.js';
import type { Pid, ProcessKey } from './process.js';

/** What is known of a parent at the moment of judging, read once from /proc. Names and arguments are hostile text. */
export interface ParentFacts {
  readonly key: ProcessKey;
  readonly comm: string;
  /** Path of the executable, null if it has none or it may not be read. */
  readonly exe: string | null;
  /** It has an executable, and the agent may not read which. */
  readonly exeHidden: boolean;
  /** The executable is the very file that the node itself has at that path, and only root can have written it. */
  readonly exeIsNodes: boolean;
  readonly cmdline: readonly string[];
  readonly uid: number;
  /** Its number in its own pid namespace. */
  readonly nsPid: Pid;
  /** It lives in the agent's own pid namespace, not in one below. */
  readonly inAgentNamespace: boolean;
  /** One letter, as in /proc/PID/stat. */
  readonly state: string;
  readonly kernelThread: boolean;
  readonly tracer: Pid;
  /** Bit n-1 stands for signal n. */
  readonly signals: { readonly blocked: bigint; readonly ignored: bigint; readonly caught: bigint };
  /** A thread of it takes signals by waiting for them, or may do so: no handler and no mask tells. */
  readonly awaitsSignals: boolean;
  /** It is frozen with its cgroup. */
  readonly frozen: boolean;
  readonly cgroups: readonly CgroupLine[];
  /** The parent's own ancestors, nearest first, as far as the agent sees them. */
  readonly ancestors: readonly Pid[];
}

/** What has become of a zombie when it is looked at again. */
export type Sighting =
  /** Unreaped, and still its parent's to reap. */
  | 'standing'
  /** Unreaped, and held by a tracer: the parent's wait would not get it. */
  | 'traced'
  /** Unreaped, with another parent. */
  | 'moved'
  /** Reaped, or never there. */
  | 'gone';

/** True for a process that is the init of its own pid namespace, below the agent's. */
export const isNamespaceInit = (facts: ParentFacts): boolean => !facts.inAgentNamespace && facts.nsPid === 1;

import type { Pid, ProcessKey, WaitStatus } from './process.js';

/** A process whose whole thread group has exited and whose parent has not waited for it. */
export interface Zombie {
  /** Serial number given by the event source when it first saw the zombie; never used twice while the agent runs. */
  readonly id: number;
  readonly key: ProcessKey;
  /** When the whole group was dead: ms on the CLOCK_MONOTONIC axis, the same axis as the pipeline's scheduler. */
  readonly exitMs: number;
  /** False where the time of death is not known (see the snapshot's notes): patience then counts from first sight. */
  readonly exitKnown: boolean;
  /** True if it died under another parent: patience then counts from first sight. */
  readonly inherited: boolean;
  /** real_parent's thread group: the process that has to wait. */
  readonly parent: ProcessKey;
  /** A ptrace tracer other than the parent, 0 if none. */
  readonly tracer: Pid;
  readonly uid: number;
  readonly status: WaitStatus;
  /** 15 bytes that the process chose itself: hostile text. */
  readonly comm: string;
  /** cgroup v2 id at the time of the record (kernfs node id), 0 if unknown. */
  readonly cgroupId: bigint;
  /** cgroup v1 id (pids, else memory controller), 0 on a pure v2 node. */
  readonly cgroupV1Id: bigint;
}

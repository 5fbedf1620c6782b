/** Who a process is. A pid alone is never an identity: the kernel hands the number out again once the process is reaped. */

/** A thread group's number (the kernel's tgid), as seen from the agent's own pid namespace. 0 = not visible from there. */
export type Pid = number;

/**
 * Pid and start time together: the only identity this project uses.
 * `startUs` is microseconds of CLOCK_BOOTTIME since boot, exact in a double for 285 years; the kernel's
 * `task_struct.start_boottime` (ns) cut to µs. `/proc/PID/stat` field 22 shows the same instant in 10 ms ticks.
 */
export interface ProcessKey {
  readonly pid: Pid;
  readonly startUs: number;
}

/** USER_HZ is 100 on every Linux architecture that the agent supports: one tick of `/proc/PID/stat` is 10 000 µs. */
const US_PER_TICK = 10_000;

/** The start time as `/proc/PID/stat` field 22 tells it, in ticks. */
export const startTicks = (startUs: number): number => Math.floor(startUs / US_PER_TICK);

/** The first microsecond of a tick. */
export const startUsOf = (ticks: number): number => ticks * US_PER_TICK;

/** A map key for a ProcessKey. */
export const keyId = (key: ProcessKey): string => `${key.pid}:${key.startUs}`;

/** How a process ended, as wait(2) would tell its parent: one of the two is null. */
export interface WaitStatus {
  readonly exitCode: number | null;
  /** Signal number that ended it. */
  readonly signal: number | null;
}

/** Decodes the kernel's raw wait status word (wait(2): low 7 bits the signal, next byte the exit code). */
export function decodeWaitStatus(raw: number): WaitStatus {
  const signal = raw & 0x7f;
  return signal === 0 ? { exitCode: (raw >> 8) & 0xff, signal: null } : { exitCode: null, signal };
}

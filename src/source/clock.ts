import { asyncScheduler, type SchedulerLike } from 'rxjs';

/** CLOCK_MONOTONIC in ms: the clock of the kernel's exit times (bpf_ktime_get_ns), and the one that nobody sets. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

/** The event loop's timers with the kernel's clock: the wall clock may jump, patience must not. */
export const monotonicScheduler: SchedulerLike = {
  now: monotonicMs,
  schedule: asyncScheduler.schedule.bind(asyncScheduler),
};

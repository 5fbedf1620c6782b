import type { Settings } from '../domain/settings.js';

/** What holds where neither the command line nor the file says anything. */
export const DEFAULTS: Settings = {
  thresholdMs: 60_000,
  settleMs: 1_000,
  dryRun: false,
  source: 'auto',
  minZombies: 1,
  scope: { kind: 'node' },
  budget: { count: 10, perMs: 60_000 },
  ladder: [
    { signal: 'SIGTERM', waitMs: 2_000 },
    { signal: 'SIGKILL', waitMs: 2_000 },
  ],
  breaker: { strikes: 3, pauseMs: 600_000, maxPauseMs: 86_400_000 },
  logFormat: 'json',
  logLevel: 'info',
  queueSlots: 65_536,
  maxZombies: 262_144,
  ringBytes: 524_288,
};

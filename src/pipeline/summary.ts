import type { Account, Standing, ZombieSummary } from '../domain/incident.js';

/** Zombies named in a log line. */
const SAMPLE = 5;

/** Since its death; where that is not known, since it was first seen. */
const ageMs = ({ zombie, sinceMs }: Standing, nowMs: number): number =>
  Math.floor(nowMs - (zombie.exitKnown ? zombie.exitMs : sinceMs));

/** An account as the log tells it. */
export function summarize(account: Account, nowMs: number): ZombieSummary {
  return {
    count: account.count,
    oldestMs: account.oldest.reduce((oldest, standing) => Math.max(oldest, ageMs(standing, nowMs)), 0),
    sample: account.oldest
      .slice(0, SAMPLE)
      .map((standing) => ({ zombie: standing.zombie, ageMs: ageMs(standing, nowMs) })),
  };
}

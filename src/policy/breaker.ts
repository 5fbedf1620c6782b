import type { Breaker } from '../domain/settings.js';

/** What is remembered of a container or service that has been signalled. */
interface Strikes {
  readonly count: number;
  readonly lastMs: number;
  readonly pausedUntilMs: number;
}

/** Strikes by container or service; immutable. */
export type BreakerState = ReadonlyMap<string, Strikes>;

export const NO_STRIKES: BreakerState = new Map();

/** When `key` may be signalled again; undefined if now. */
export function pausedUntil(state: BreakerState, key: string, nowMs: number): number | undefined {
  const strikes = state.get(key);
  return strikes !== undefined && strikes.pausedUntilMs > nowMs ? strikes.pausedUntilMs : undefined;
}

/** How long the pause after `count` strikes in a row is: none below the limit, then doubling, ms. */
export function pauseAfter(count: number, rule: Breaker): number {
  const over = count - rule.strikes;
  return over < 0 ? 0 : Math.min(rule.maxPauseMs, rule.pauseMs * 2 ** Math.min(over, 52));
}

/** How long the quiet after the last strike (and its pause) must be for the row to be over, ms. */
const forgetAfter = (strikes: Strikes, rule: Breaker): number =>
  Math.max(strikes.pausedUntilMs, strikes.lastMs) + rule.pauseMs;

/** Notes that `key` is being signalled. Rows that are over are forgotten, so the map stays as small as the trouble is. */
export function strike(state: BreakerState, key: string, rule: Breaker, nowMs: number): BreakerState {
  const next = new Map([...state].filter(([, strikes]) => nowMs < forgetAfter(strikes, rule)));
  const count = (next.get(key)?.count ?? 0) + 1;
  next.set(key, { count, lastMs: nowMs, pausedUntilMs: nowMs + pauseAfter(count, rule) });
  return next;
}

import { expect } from 'vitest';
import type { LogLine } from './contract.ts';
import { detectionMs, thresholdMs } from './daemon.ts';

/** A signal in time: not before the threshold, and soon after it. `leakedMs`: no zombie can be older than that moment. */
export function expectTimely(signal: LogLine, leakedMs: number, threshold = thresholdMs): void {
  const oldestMs = signal.zombies?.oldestMs ?? Number.NaN;
  expect(oldestMs).toBeGreaterThanOrEqual(threshold);
  expect(oldestMs).toBeLessThanOrEqual(threshold + detectionMs);
  expect(Date.parse(signal.time) - leakedMs).toBeGreaterThanOrEqual(threshold);
}

/** The logged age against the wall clock; the zombie ended at most `slackMs` after `leakedMs`. */
export function expectTrueAge(signal: LogLine, leakedMs: number, slackMs = 100): void {
  const trueMs = Date.parse(signal.time) - leakedMs;
  expect(signal.zombies?.oldestMs).toBeGreaterThan(trueMs - slackMs);
  expect(signal.zombies?.oldestMs).toBeLessThan(trueMs + slackMs);
}

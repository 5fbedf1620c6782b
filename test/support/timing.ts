import { expect } from 'vitest';
import type { LogLine } from './contract.ts';
import { detectionMs, thresholdMs } from './daemon.ts';
import type { Said } from './program.ts';

/** A signal in time: not before the threshold, and soon after it. `leakedMs`: no zombie can be older than that moment. */
export function expectTimely(signal: LogLine, leakedMs: number, threshold = thresholdMs): void {
  const oldestMs = signal.zombies?.oldestMs ?? Number.NaN;
  expect(oldestMs).toBeGreaterThanOrEqual(threshold);
  expect(oldestMs).toBeLessThanOrEqual(threshold + detectionMs);
  expect(Date.parse(signal.time) - leakedMs).toBeGreaterThanOrEqual(threshold);
}

/**
 * The logged age against the wall clock: the zombie ended after `leakedMs` and before `atMs`, when it was seen. `slackMs` is for the
 * two clocks and for the moment between taking the age and writing the line.
 */
export function expectTrueAge(signal: LogLine, { leakedMs, atMs }: Said, slackMs = 50): void {
  const writtenMs = Date.parse(signal.time);
  expect(signal.zombies?.oldestMs).toBeGreaterThan(writtenMs - atMs - slackMs);
  expect(signal.zombies?.oldestMs).toBeLessThan(writtenMs - leakedMs + slackMs);
}

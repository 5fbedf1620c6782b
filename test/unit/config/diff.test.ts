import { describe, expect, test } from 'vitest';
import { DEFAULTS } from '../../../src/config/defaults.ts';
import { diff } from '../../../src/config/diff.ts';
import type { Settings } from '../../../src/domain/settings.ts';

describe('diff', () => {
  test.each<[Partial<Settings>, string[], string[]]>([
    [{}, [], []],
    [{ ladder: structuredClone(DEFAULTS.ladder), breaker: { ...DEFAULTS.breaker } }, [], []],
    [{ thresholdMs: 1, settleMs: 2, minZombies: 3 }, ['threshold', 'settle', 'min-zombies'], []],
    [{ dryRun: true, budget: { count: 10, perMs: 1_000 } }, ['dry-run', 'budget'], []],
    [{ scope: { kind: 'tree', pid: 1 }, logLevel: 'warn' }, ['scope', 'log-level'], []],
    [{ ladder: DEFAULTS.ladder.slice(1) }, ['ladder'], []],
    [{ breaker: { ...DEFAULTS.breaker, pauseMs: 1 } }, ['breaker'], []],
    [{ source: 'ebpf', dryRun: true }, ['dry-run', 'source'], ['source']],
    [
      { logFormat: 'pretty', queueSlots: 1_024, maxZombies: 1_024, ringBytes: 65_536 },
      ['log-format', 'queue-slots', 'max-zombies', 'ring-bytes'],
      ['log-format', 'queue-slots', 'max-zombies', 'ring-bytes'],
    ],
  ])('%j', (change, changed, needRestart) => {
    expect(diff(DEFAULTS, { ...DEFAULTS, ...change })).toEqual({ changed, needRestart });
  });
});

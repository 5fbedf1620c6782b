import { describe, expect, test } from 'vitest';
import { DEFAULTS } from '../../../src/config/defaults.ts';
import { merge } from '../../../src/config/merge.ts';
import type { Overrides } from '../../../src/config/schema.ts';

describe('merge', () => {
  test.each<[string, Overrides, Overrides, object]>([
    ['nothing said: the defaults', {}, {}, {}],
    ['the file wins over the defaults', {}, { minZombies: 5, source: 'netlink' }, { minZombies: 5, source: 'netlink' }],
    ['flags win over the file', { minZombies: 7 }, { minZombies: 5, dryRun: true }, { minZombies: 7, dryRun: true }],
    ['a flag may say what the default says', { dryRun: false }, { dryRun: true }, { dryRun: false }],
    ['a breaker is filled up', {}, { breaker: { strikes: 9 } }, { breaker: { ...DEFAULTS.breaker, strikes: 9 } }],
    [
      'a ladder is replaced as a whole',
      {},
      { ladder: [{ signal: 'SIGKILL', waitMs: 0 }] },
      { ladder: [{ signal: 'SIGKILL', waitMs: 0 }] },
    ],
    ['settle is at most half the threshold', { thresholdMs: 501 }, {}, { thresholdMs: 501, settleMs: 250 }],
    ['also where it is given', { settleMs: 5_000 }, { thresholdMs: 2_000 }, { thresholdMs: 2_000, settleMs: 1_000 }],
    ['and is not made longer', { thresholdMs: 5_000 }, {}, { thresholdMs: 5_000, settleMs: 1_000 }],
    ['settle may be zero', { settleMs: 0 }, {}, { settleMs: 0 }],
  ])('%s', (_, flags, file, differs) => {
    expect(merge(flags, file)).toEqual({ ok: { ...DEFAULTS, ...differs } });
  });

  test.each<[Overrides, Overrides, string]>([
    [
      {},
      { breaker: { maxPauseMs: 60_000 } },
      'breaker.max-pause: 60s is shorter than the pause (10m); use at least 10m',
    ],
  ])('%j over %j contradicts itself', (flags, file, error) => {
    expect(merge(flags, file)).toEqual({ error });
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULTS } from '../../../src/config/defaults.ts';
import { defaultsYaml } from '../../../src/config/defaults-yaml.ts';
import { merge } from '../../../src/config/merge.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { KEYS } from '../../../src/config/schema.ts';
import type { Settings } from '../../../src/domain/settings.ts';

const context = { signals: new Set(['SIGTERM', 'SIGKILL']) };

test('the table has a key for every setting, and help on one line', () => {
  const fields = KEYS.flatMap((key) => {
    const parsed = parseConfig(`${key.name}: ${key.show(DEFAULTS)}`, context);
    return 'ok' in parsed ? Object.keys(parsed.ok) : [];
  });
  expect(fields.toSorted()).toEqual(Object.keys(DEFAULTS).toSorted());
  for (const { help } of KEYS) {
    expect(help).toMatch(/^[a-z].*[^.\n]$/);
  }
});

test.each(KEYS.map((key) => [key.name, key] as const))('the example of %s is a value that it takes', (name, key) => {
  expect(parseConfig(`${name}: ${key.example}`, context)).toHaveProperty('ok');
});

describe('defaultsYaml', () => {
  test('says what holds without a file', () => {
    expect(parseConfig(defaultsYaml(), context)).toEqual({ ok: DEFAULTS });
  });

  test('has the help of every key above it', () => {
    expect(defaultsYaml()).toContain(`# How long a zombie may stay unreaped before its parent is judged.
# Allowed: 100ms to 24h
threshold: 60s
`);
  });
});

test('settings written key by key are read back as they were', () => {
  const seconds = (min: number, max: number) => fc.integer({ min, max }).map((count) => count * 1_000);
  const settings: fc.Arbitrary<Settings> = fc.record({
    thresholdMs: seconds(60, 86_400),
    settleMs: fc.integer({ min: 0, max: 30_000 }),
    dryRun: fc.boolean(),
    source: fc.constantFrom('auto', 'ebpf', 'netlink'),
    minZombies: fc.integer({ min: 1, max: 100_000 }),
    scope: fc.oneof(
      fc.constant({ kind: 'node' } as const),
      fc.record({ kind: fc.constant('tree' as const), pid: fc.integer({ min: 1, max: 4_194_304 }) }),
      fc.stringMatching(/^(\/[a-z0-9.@_-]{3,9}){1,4}$/).map((path) => ({ kind: 'cgroup', path }) as const),
    ),
    budget: fc.record({ count: fc.integer({ min: 1, max: 10_000 }), perMs: fc.constantFrom(1_000, 60_000, 3_600_000) }),
    ladder: fc.array(
      fc.record({ signal: fc.constantFrom('SIGTERM', 'SIGKILL'), waitMs: fc.integer({ min: 0, max: 600_000 }) }),
      { minLength: 1, maxLength: 8 },
    ),
    breaker: fc.record({
      strikes: fc.integer({ min: 1, max: 100 }),
      pauseMs: seconds(1, 9_999),
      maxPauseMs: seconds(9_999, 604_800),
    }),
    logFormat: fc.constantFrom('json', 'pretty'),
    logLevel: fc.constantFrom('debug', 'info', 'warn', 'error'),
    queueSlots: fc.integer({ min: 10, max: 20 }).map((power) => 2 ** power),
    maxZombies: fc.integer({ min: 1_024, max: 4_194_304 }),
    ringBytes: fc.integer({ min: 16, max: 24 }).map((power) => 2 ** power),
  });
  fc.assert(
    fc.property(settings, (wanted) => {
      fc.pre(wanted.scope.kind !== 'cgroup' || !/\/\.{1,2}(\/|$)/.test(wanted.scope.path));
      const parsed = parseConfig(KEYS.map((key) => `${key.name}: ${key.show(wanted)}`).join('\n'), context);
      expect(parsed).toEqual({ ok: wanted });
      expect('ok' in parsed && merge({}, parsed.ok)).toEqual({ ok: wanted });
    }),
  );
});

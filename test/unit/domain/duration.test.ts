import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../../src/domain/duration.ts';

describe('parseDuration', () => {
  test.each([
    ['500ms', 500],
    ['60s', 60_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['0', 0],
    [0, 0],
    [-0, 0],
    ['0s', 0],
    ['007s', 7_000],
    ['9007199254740991ms', Number.MAX_SAFE_INTEGER],
  ])('reads %j as %d ms', (raw, ms) => {
    expect(parseDuration(raw)).toBe(ms);
  });

  test.each([
    '',
    ' ',
    's',
    '60',
    60,
    1.5,
    -1,
    Number.NaN,
    '1.5s',
    '-1s',
    '+1s',
    '1 s',
    ' 1s',
    '1s ',
    '1s\n',
    '1S',
    '1d',
    '1sec',
    '1e3s',
    '0x1s',
    '1h30m',
    '١s',
    '9007199254740992ms',
    '9999999999999999999h',
    'Infinity',
  ])('refuses %j', (raw) => {
    expect(parseDuration(raw)).toBeUndefined();
  });

  test('never throws, and gives a whole number or nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (raw) => {
        const ms = parseDuration(raw);
        return ms === undefined || (Number.isSafeInteger(ms) && ms >= 0);
      }),
    );
  });
});

describe('formatDuration', () => {
  test.each([
    [0, '0s'],
    [1, '1ms'],
    [1_000, '1s'],
    [1_500, '1500ms'],
    [60_000, '60s'],
    [90_000, '90s'],
    [120_000, '2m'],
    [3_600_000, '1h'],
    [5_400_000, '90m'],
    [86_400_000, '24h'],
  ])('writes %d as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test('is read back as the same time', () => {
    const anyMs = fc.oneof(
      fc.maxSafeNat(),
      fc.nat(10_000).map((minutes) => minutes * 60_000),
    );
    fc.assert(fc.property(anyMs, (ms) => parseDuration(formatDuration(ms)) === ms));
  });
});

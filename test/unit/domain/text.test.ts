import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeControls, escapeJsonLine } from '../../../src/domain/text.ts';

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);

/** Written out by number, so that the property under test is not checked with its own regular expression. */
const C0 = range(0x00, 0x1f);
const NEVER_RAW = [
  ...range(0x7f, 0x9f),
  0x2028,
  0x2029,
  0x200e,
  0x200f,
  0x061c,
  ...range(0x202a, 0x202e),
  ...range(0x2066, 0x2069),
];

const holds = (text: string, units: readonly number[]): boolean =>
  units.some((unit) => text.includes(String.fromCharCode(unit)));

/** Text in which dangerous characters are common. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(...C0, ...NEVER_RAW, 0xd800, 0xdc00, 0x5c, 0x22).map((unit) => String.fromCharCode(unit)),
      fc.string({ unit: 'binary' }),
    ),
  )
  .map((parts) => parts.join(''));

describe('escapeControls', () => {
  test.each([...C0, ...NEVER_RAW])('escapes U+%s', (unit) => {
    expect(escapeControls(`a${String.fromCharCode(unit)}b`)).toBe(`a\\u${unit.toString(16).padStart(4, '0')}b`);
  });

  test.each([
    ['\u001b[31mred\u001b[0m', '\\u001b[31mred\\u001b[0m'],
    ['\ud800', '\\ud800'],
    ['x\udc00\ud800y', 'x\\udc00\\ud800y'],
    ['bash', 'bash'],
    ['', ''],
    ['a\\b"c', 'a\\b"c'],
    ['naïve 日本 😀 a\u00a0b', 'naïve 日本 😀 a\u00a0b'],
  ])('%j becomes %j', (text, escaped) => {
    expect(escapeControls(text)).toBe(escaped);
  });

  test('leaves nothing dangerous, and is content with its own work', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const escaped = escapeControls(text);
        expect(holds(escaped, [...C0, ...NEVER_RAW])).toBe(false);
        expect(escaped.isWellFormed()).toBe(true);
        expect(escapeControls(escaped)).toBe(escaped);
      }),
    );
  });
});

describe('escapeJsonLine', () => {
  test.each([
    [{ comm: 'a\u009b31mb' }, '{"comm":"a\\u009b31mb"}'],
    [{ 'k\u202e': '\u007f' }, '{"k\\u202e":"\\u007f"}'],
    [{ comm: '\\\u007f' }, '{"comm":"\\\\\\u007f"}'],
    [{ comm: '\n"' }, '{"comm":"\\n\\""}'],
  ])('%j', (value, line) => {
    expect(escapeJsonLine(JSON.stringify(value))).toBe(line);
  });

  test('a surrogate that a serialiser left raw becomes an escape', () => {
    expect(escapeJsonLine('"\ud800"')).toBe('"\\ud800"');
  });

  test('means the same and holds nothing dangerous', () => {
    const json = fc.oneof(hostile, fc.dictionary(hostile, fc.oneof(hostile, fc.jsonValue())), fc.jsonValue());
    fc.assert(
      fc.property(json, (value) => {
        const plain = JSON.stringify(value);
        const escaped = escapeJsonLine(plain);
        expect(holds(escaped, [...C0, ...NEVER_RAW])).toBe(false);
        expect(escaped.isWellFormed()).toBe(true);
        expect(JSON.parse(escaped)).toStrictEqual(JSON.parse(plain));
      }),
    );
  });
});

import fc from 'fast-check';

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);

/** C0, DEL, C1, line ends and bidi controls, by number: what must never reach a terminal raw. */
export const NEVER_RAW: readonly number[] = [
  ...range(0x00, 0x1f),
  ...range(0x7f, 0x9f),
  0x061c,
  0x200e,
  0x200f,
  ...range(0x2028, 0x202e),
  ...range(0x2066, 0x2069),
];

/** Whether a text holds one of them, or half a surrogate pair. */
export const isHarmless = (text: string): boolean =>
  text.isWellFormed() && !NEVER_RAW.some((unit) => text.includes(String.fromCharCode(unit)));

const codePoint = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...NEVER_RAW, ...[...'() \\"\'%{}<>&'].map((char) => char.charCodeAt(0))) },
  { weight: 2, arbitrary: fc.integer({ min: 0x20, max: 0x7e }) },
  {
    weight: 1,
    arbitrary: fc.oneof(fc.integer({ min: 0xa0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff })),
  },
);

/** A name that somebody chose to do harm: well-formed, and full of what must be escaped. */
export const hostileName: fc.Arbitrary<string> = fc
  .array(codePoint, { maxLength: 15 })
  .map((points) => String.fromCodePoint(...points));

/** The same with halves of surrogate pairs, which no file but any JavaScript string can hold. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.oneof(hostileName, fc.constantFrom('\ud800', '\udfff')), { maxLength: 4 })
  .map((parts) => parts.join(''));

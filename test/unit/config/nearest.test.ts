import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearest } from '../../../src/config/nearest.ts';

const WORDS = ['threshold', 'settle', 'source', 'scope'];

test.each([
  ['threshold', 'threshold'],
  ['treshold', 'threshold'],
  ['thresholds', 'threshold'],
  ['sauce', 'source'],
  ['scopes', 'scope'],
  ['', 'scope'],
  ['settel', 'settle'],
])('%j is nearest to %s', (word, known) => {
  expect(nearest(word, WORDS)).toBe(known);
});

test('gives a known word for any other', () => {
  fc.assert(fc.property(fc.string({ maxLength: 2_000 }), (word) => WORDS.includes(nearest(word, WORDS))));
});

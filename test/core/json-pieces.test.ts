import fc from 'fast-check';
import { expect, it } from 'vitest';
import { JSON_PIECE, jsonPieces } from '../../src/core/json-pieces.ts';

it('pieces of JSON are together what JSON.stringify makes', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      expect([...jsonPieces(value)].join('')).toBe(JSON.stringify(value));
    }),
  );
});

it.each([
  ['letters', 'word '],
  ['what has to be escaped', '"\\\n\u0001'],
  ['characters of two halves', 'a👍🏽'],
  ['halves of characters', '\ud83d'],
])('a long text of %s comes in pieces, none of which is long', (_name, part) => {
  const value = {
    before: [1, null, undefined],
    text: part.repeat(4 * JSON_PIECE),
    left: undefined,
    after: true,
  };
  const pieces = [...jsonPieces(value)];
  expect(pieces.join('') === JSON.stringify(value)).toBe(true);
  expect(pieces.length).toBeGreaterThan(3);
  // Of one character six are made at most.
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(8 * JSON_PIECE);
});

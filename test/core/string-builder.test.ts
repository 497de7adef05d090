import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StringBuilder } from '../../src/core/string-builder.ts';

describe('text that grows by pieces', () => {
  it('is what its pieces are one after the other, whenever it is asked for', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 300 }), fc.nat(300), (pieces, pause) => {
        const text = new StringBuilder();
        for (const [index, piece] of pieces.entries()) {
          if (index === pause) expect(String(text)).toBe(pieces.slice(0, index).join(''));
          text.add(piece);
        }
        expect(String(text)).toBe(pieces.join(''));
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { compare, isHit, STRICTNESS } from '../../../src/cache/semantic/compare.ts';
import { canonicalise } from '../../../src/cache/semantic/question.ts';
import { VETOES } from '../../../src/cache/semantic/vetoes/veto.ts';
import { Vocabulary } from '../../../src/cache/semantic/vocabulary.ts';

const vocabulary = new Vocabulary();

describe.each(VETOES)('veto "$name": $reason', ({ name, example }) => {
  const [stored, asked] = example.map((prompt) => canonicalise(prompt, vocabulary)) as [never, never];

  it('keeps its example apart, whichever was asked first', () => {
    expect(compare(stored, asked).veto).toBe(name);
    expect(compare(asked, stored).veto).toBe(name);
  });

  it('is the only one that does', () => {
    const others = VETOES.filter((veto) => veto.name !== name);
    expect(isHit(compare(stored, asked, others), STRICTNESS.balanced)).toBe(true);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pieces, replay } from '../../src/chat/replay.ts';
import { Collector } from '../../src/core/collect.ts';
import { MAX_DELTA } from '../../src/core/delta-pieces.ts';
import type { ChatCompletion } from '../../src/core/openai-types.ts';
import { anyCompletion, text } from '../helpers/completions.ts';
import { makeCompletion } from '../helpers/targets.ts';

function collected(completion: ChatCompletion): ChatCompletion {
  const collector = new Collector();
  for (const chunk of [...replay(completion)].flat()) collector.add(chunk);
  return collector.completion();
}

it('an answer replayed and collected is the same answer', () => {
  fc.assert(
    fc.property(anyCompletion, (completion) => {
      expect(collected(completion)).toEqual(completion);
    }),
    { numRuns: 1_000 },
  );
});

it('an answer that has no end yet is replayed as far as it came', () => {
  fc.assert(
    fc.property(anyCompletion, (completion) => {
      const choices = completion.choices.map((choice) => ({ ...choice, finish_reason: null }));
      const begun = { ...completion, choices } as unknown as ChatCompletion;
      expect(collected(begun)).toEqual(begun);
    }),
  );
});

describe('a replayed stream', () => {
  const chunks = [
    ...replay(makeCompletion('The quick brown fox jumps over the lazy dog, again and again.')),
  ].flat();

  it('begins with the role', () => {
    expect(chunks[0]!.choices[0]!.delta).toEqual({ role: 'assistant' });
  });

  it('has text in several chunks', () => {
    expect(chunks.filter(({ choices }) => choices[0]?.delta.content).length).toBeGreaterThan(1);
  });

  it('has one finish reason', () => {
    expect(chunks.map(({ choices }) => choices[0]?.finish_reason).filter(Boolean)).toEqual(['stop']);
  });

  it('ends with the usage, in a chunk without choices', () => {
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 8 } });
  });

  it('has the same id and model in every chunk', () => {
    expect(new Set(chunks.map(({ id, model, object }) => `${id} ${model} ${object}`))).toEqual(
      new Set(['chatcmpl-1 model chat.completion.chunk']),
    );
  });

  it('comes in batches that a slow reader can bear', () => {
    const batches = [...replay(makeCompletion('word '.repeat(10_000)))];
    expect(batches.length).toBeGreaterThan(10);
    expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(32);
  });
});

describe('pieces of a text', () => {
  it('are the text again', () => {
    fc.assert(
      fc.property(text, (whole) => {
        expect([...pieces(whole)].join('')).toBe(whole);
      }),
    );
  });

  it('end after white space, so never inside a word or a character', () => {
    fc.assert(
      fc.property(text, (whole) => {
        for (const piece of [...pieces(whole)].slice(0, -1)) expect(piece).toMatch(/\s$/);
      }),
    );
  });

  it('are a few words long', () => {
    expect([...pieces('a b c d e f g h i j k l m n o p q r s t u v w x y z')]).toEqual([
      'a b c d e f g h i j k l ',
      'm n o p q r s t u v w x ',
      'y z',
    ]);
  });

  it('of a text without white space are no longer than a delta may be, and cut no character in two', () => {
    const long = `a${'😀'.repeat(200_000)}`;
    const cut = [...pieces(long)];
    expect(cut.join('')).toBe(long);
    expect(Math.max(...cut.map((piece) => piece.length))).toBeLessThanOrEqual(MAX_DELTA);
    expect(cut.filter((piece) => !piece.isWellFormed())).toEqual([]);
  });

  it('that go on together are not much more than one delta may be', () => {
    const long = makeCompletion('x'.repeat(2_000_000));
    const lengths = [...replay(long)].map((batch) => JSON.stringify(batch).length);
    expect(Math.max(...lengths)).toBeLessThan(2 * MAX_DELTA);
  });

  it('of nothing are none', () => {
    expect([...pieces('')]).toEqual([]);
  });
});

it("a provider's own fields are told once, and no more of them than there is", () => {
  const completion = { ...makeCompletion('word '.repeat(1_000)), x_long: 'x'.repeat(100_000) };
  const chunks = [...replay(completion)].flat();
  expect(chunks.length).toBeGreaterThan(100);
  expect(JSON.stringify(chunks).length).toBeLessThan(200_000);
  expect(collected(completion)).toHaveProperty('x_long', completion.x_long);
});

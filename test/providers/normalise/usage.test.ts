import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { laterUsage, normaliseUsage } from '../../../src/providers/normalise/reported-usage.ts';

describe('usage', () => {
  it('that is right is the very object', () => {
    const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7, cost: 0.1 };
    expect(normaliseUsage(usage)).toBe(usage);
  });

  it.each<[Record<string, unknown>, number]>([
    [{ prompt_tokens: 10120, completion_tokens: 1499, total_tokens: 14428 }, 4308], // xAI
    [{ prompt_tokens: 10, completion_tokens: 20, total_tokens: 530 }, 520], // Gemini
    [{ prompt_tokens: 10, total_tokens: 30 }, 20],
    [{ prompt_tokens: 10, completion_tokens: 5, completion_tokens_details: { reasoning_tokens: 9 } }, 14],
    [{ prompt_tokens: 10, completion_tokens: 5, total_tokens: 12 }, 5],
    [{ input_tokens: 10, output_tokens: 5 }, 5],
  ])('of %j has %d tokens of output, and the sum for its total', (usage, completion) => {
    const prompt = Number(usage.prompt_tokens ?? usage.input_tokens);
    expect(normaliseUsage(usage)).toMatchObject({
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
    });
  });

  it.each([
    { prompt_tokens_details: { cached_tokens: 9 } },
    { prompt_cache_hit_tokens: 9, prompt_cache_miss_tokens: 1 },
    { cached_tokens: 9 },
    { cache_read_input_tokens: 9 },
    { input_tokens_details: { cached_tokens: 9 } },
  ])('tells cached input by one name: %j', (names) => {
    const usage = normaliseUsage({ prompt_tokens: 10, completion_tokens: 1, total_tokens: 11, ...names });
    expect(usage?.prompt_tokens_details?.cached_tokens).toBe(9);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 10.5, 1e300, '-12', '1e3', true, [], {}])(
    'with a count of %j is not reported',
    (count) => {
      expect(normaliseUsage({ prompt_tokens: count, completion_tokens: 1, total_tokens: 2 })).toBeUndefined();
      expect(normaliseUsage({ prompt_tokens: 1, completion_tokens: count })).toBeUndefined();
    },
  );

  it('with an odd count among its details keeps the others', () => {
    const usage = normaliseUsage({
      prompt_tokens: 5,
      completion_tokens: 5,
      total_tokens: 10,
      prompt_tokens_details: { cached_tokens: 3.5 },
      completion_tokens_details: { reasoning_tokens: -1 },
    });
    expect(usage).toEqual({ prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 });
  });

  it('that comes later lowers no count', () => {
    const before = normaliseUsage({
      prompt_tokens: 9,
      completion_tokens: 2,
      total_tokens: 11,
      prompt_tokens_details: { cached_tokens: 4 },
    })!;
    const later = normaliseUsage({ prompt_tokens: 0, completion_tokens: 7, total_tokens: 7 })!;
    expect(laterUsage(before, later)).toEqual({
      prompt_tokens: 9,
      completion_tokens: 7,
      total_tokens: 16,
      prompt_tokens_details: { cached_tokens: 4 },
    });
  });
});

it('whatever numbers a provider reports, what is believed of them adds up', () => {
  const odd = fc.oneof(
    fc.integer({ min: 0, max: 1000 }),
    fc.double(),
    fc.constantFrom(-1, null, '5', {}, 1e300),
  );
  const details = fc.record(
    { cached_tokens: odd, reasoning_tokens: odd, cache_write_tokens: odd },
    { requiredKeys: [] },
  );
  const usage = fc.record(
    {
      prompt_tokens: odd,
      completion_tokens: odd,
      total_tokens: odd,
      cached_tokens: odd,
      prompt_cache_hit_tokens: odd,
      prompt_tokens_details: fc.oneof(details, odd),
      completion_tokens_details: fc.oneof(details, odd),
    },
    { requiredKeys: [] },
  );
  const believed = (value: unknown, most: number) =>
    value === undefined || (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most);
  fc.assert(
    fc.property(fc.array(usage, { minLength: 1, maxLength: 3 }), (reports) => {
      const found = reports.map(normaliseUsage).filter((one) => one !== undefined);
      if (found.length === 0) return true;
      const {
        prompt_tokens: prompt,
        completion_tokens: completion,
        total_tokens: total,
        ...rest
      } = found.reduce((before, later) => laterUsage(before, later));
      const parts = rest as { prompt_tokens_details?: object; completion_tokens_details?: object };
      const cached = { ...parts.prompt_tokens_details } as Record<string, unknown>;
      const thought = { ...parts.completion_tokens_details } as Record<string, unknown>;
      return (
        believed(prompt, 1e8) &&
        believed(completion, 1e8) &&
        total === prompt + completion &&
        believed(cached.cached_tokens, prompt) &&
        believed(cached.cache_write_tokens, prompt) &&
        believed(thought.reasoning_tokens, completion)
      );
    }),
  );
});

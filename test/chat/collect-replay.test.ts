import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pieces, replay } from '../../src/chat/replay.ts';
import { Collector } from '../../src/core/collect.ts';
import type { ChatCompletion, ChatCompletionChunk } from '../../src/core/openai-types.ts';

function collect(chunks: Iterable<ChatCompletionChunk>): ChatCompletion {
  const collector = new Collector();
  for (const chunk of chunks) collector.add(chunk);
  return collector.completion();
}

const words = fc.string({ unit: 'grapheme', maxLength: 120 });
const toolCall = fc.record({
  id: fc.uuid().map((id) => `call_${id}`),
  type: fc.constant('function' as const),
  function: fc.record({ name: fc.constantFrom('run', 'get_weather'), arguments: fc.json() }),
});
const message = fc.oneof(
  fc.record({ role: fc.constant('assistant'), content: words.filter((text) => text !== '') }),
  fc.record({
    role: fc.constant('assistant'),
    content: words.filter((text) => text !== ''),
    reasoning_content: words.filter((text) => text !== ''),
  }),
  fc.record({
    role: fc.constant('assistant'),
    content: fc.constant(null),
    tool_calls: fc.array(toolCall, { minLength: 1, maxLength: 3 }),
  }),
);
const usage = fc.record({ prompt_tokens: fc.nat(), completion_tokens: fc.nat(), total_tokens: fc.nat() });
const logprobs = fc.option(
  fc.record({ content: fc.array(fc.record({ token: words, logprob: fc.constant(-0.5) }), { minLength: 1 }) }),
);

const completion = fc
  .record({
    id: fc.uuid(),
    created: fc.nat(),
    model: fc.constant('gpt-4'),
    system_fingerprint: fc.constant('fp_1'),
    choices: fc.array(
      fc.record({ message, logprobs, finish_reason: fc.constantFrom('stop', 'length', 'tool_calls') }),
      { minLength: 1, maxLength: 3 },
    ),
    usage,
    x_provider_extra: fc.jsonValue(),
  })
  .map((fields) => ({
    ...fields,
    object: 'chat.completion',
    choices: fields.choices.map((choice, index) => ({ ...choice, index })),
  })) as unknown as fc.Arbitrary<ChatCompletion>;

it('collecting a replay gives the same answer', () => {
  fc.assert(
    fc.property(completion, (answer) => {
      expect(collect([...replay(answer)].flat())).toEqual(answer);
    }),
    { numRuns: 300 },
  );
});

it('collecting a stream gives the whole answer, however it was cut into chunks', () => {
  fc.assert(
    fc.property(fc.array(words), fc.array(words), (content, thoughts) => {
      const head = { id: 'a', object: 'chat.completion.chunk' as const, created: 1, model: 'gpt-4' };
      const chunk = (delta: object, finishReason: 'stop' | null = null): ChatCompletionChunk => ({
        ...head,
        choices: [{ index: 0, delta, finish_reason: finishReason }],
      });
      const chunks = [
        chunk({ role: 'assistant', content: '' }),
        ...thoughts.map((text) => chunk({ reasoning_content: text })),
        ...content.map((text) => chunk({ content: text })),
        chunk({}, 'stop'),
      ];
      const answer = collect(chunks);
      expect(answer.choices[0]!.message.content).toBe(content.join(''));
      expect(answer.choices[0]!.message).toMatchObject(
        thoughts.length ? { reasoning_content: thoughts.join('') } : {},
      );
      expect(answer.choices[0]!.finish_reason).toBe('stop');
    }),
  );
});

it("a tool call's arguments are put together from their pieces", () => {
  const head = { id: 'a', object: 'chat.completion.chunk' as const, created: 1, model: 'gpt-4' };
  const piece = (index: number, call: object): ChatCompletionChunk => ({
    ...head,
    choices: [{ index: 0, delta: { tool_calls: [{ index, ...call }] }, finish_reason: null }],
  });
  const answer = collect([
    piece(0, { id: 'call_1', type: 'function', function: { name: 'run', arguments: '' } }),
    piece(1, { id: 'call_2', type: 'function', function: { name: 'stop', arguments: '{' } }),
    piece(0, { function: { arguments: '{"a":' } }),
    piece(1, { function: { arguments: '}' } }),
    piece(0, { function: { arguments: '1}' } }),
  ]);
  expect(answer.choices[0]!.message).toMatchObject({
    content: null,
    tool_calls: [
      { id: 'call_1', type: 'function', function: { name: 'run', arguments: '{"a":1}' } },
      { id: 'call_2', type: 'function', function: { name: 'stop', arguments: '{}' } },
    ],
  });
});

describe('the pieces of a replayed text', () => {
  it('are the text, and none is cut within a word or a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
        const cut = [...pieces(text)];
        expect(cut.join('')).toBe(text);
        for (const piece of cut.slice(0, -1)) expect(piece).toMatch(/\s$/);
      }),
    );
  });

  it('are several, a few words each', () => {
    const cut = [...pieces('The quick brown fox jumps over the lazy dog and runs away from the hunter.')];
    expect(cut).toEqual([
      'The quick brown fox jumps ',
      'over the lazy dog and runs ',
      'away from the hunter.',
    ]);
  });
});

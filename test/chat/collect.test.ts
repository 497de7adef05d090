import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Collector } from '../../src/core/collect.ts';
import type { ChatCompletion, ChatCompletionChunk } from '../../src/core/openai-types.ts';
import { chunksOf, makeChunk, makeCompletion } from '../helpers/targets.ts';

function collect(chunks: readonly ChatCompletionChunk[]): ChatCompletion {
  const collector = new Collector();
  for (const chunk of chunks) collector.add(chunk);
  return collector.completion();
}

/** The text cut at these places, counted in code units: a provider may cut anywhere. */
function cut(text: string, places: readonly number[]): string[] {
  const ends = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...ends].map((start, index) => text.slice(start, ends[index] ?? text.length));
}

const ANSWER = 'Here:\n\n```go\nfmt.Println("世界 👋🏽")\n```\n\nNaïve, but it works.';
const ARGUMENTS = '{"city":"Malmö","days":[1,2,3]}';
const usage = { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 };
const places = fc.array(fc.nat(), { maxLength: 20 });
const usageChunk = { ...makeChunk({}), choices: [], usage };

describe('any split of an answer is the same answer', () => {
  it('of text', () => {
    fc.assert(
      fc.property(places, (cuts) => {
        const completion = collect([...chunksOf(...cut(ANSWER, cuts)), usageChunk]);
        expect(completion.choices[0]).toEqual({
          index: 0,
          message: { role: 'assistant', content: ANSWER },
          logprobs: null,
          finish_reason: 'stop',
        });
        expect(completion.usage).toEqual(usage);
      }),
    );
  });

  it('of tool calls, also when they take turns', () => {
    const call = (index: number) =>
      makeChunk({
        tool_calls: [
          { index, id: `call_${index}`, type: 'function', function: { name: 'f', arguments: '' } },
        ],
      });
    const piece = (index: number) => (text: string) =>
      makeChunk({ tool_calls: [{ index, function: { arguments: text } }] });
    fc.assert(
      fc.property(places, places, fc.nat(), (some, others, seed) => {
        const first = cut(ARGUMENTS, some).map(piece(0));
        const second = cut(ARGUMENTS, others).map(piece(1));
        const mixed: ChatCompletionChunk[] = [];
        for (let turn = seed; first.length + second.length > 0; turn = turn * 7 + 3)
          mixed.push(((turn % 2 ? first : second).shift() ?? first.shift() ?? second.shift())!);
        const [choice] = collect([call(0), call(1), ...mixed, makeChunk({}, 'tool_calls')]).choices;
        expect(choice!.message.tool_calls).toEqual(
          [0, 1].map((index) => ({
            id: `call_${index}`,
            type: 'function',
            function: { name: 'f', arguments: ARGUMENTS },
          })),
        );
      }),
    );
  });
});

describe('what is collected', () => {
  it('is what a caller who does not stream gets', () => {
    const { choices, ...head } = makeCompletion('hi');
    expect(collect([...chunksOf('h', 'i'), usageChunk])).toEqual({
      ...head,
      choices: [{ ...choices[0], message: { role: 'assistant', content: 'hi' } }],
    });
  });

  it('has the head of the first chunk', () => {
    const [first, ...others] = chunksOf('hi');
    const later = others.map((chunk) => ({ ...chunk, id: 'another', created: 5 }));
    expect(collect([first!, ...later])).toMatchObject({ id: 'chatcmpl-1', created: 1_700_000_000 });
  });

  it('has fields that came later too', () => {
    const last = { ...makeChunk({}, 'stop'), system_fingerprint: 'fp' };
    expect(collect([makeChunk({ content: 'hi' }), last])).toHaveProperty('system_fingerprint', 'fp');
  });

  it('has choices in order, whichever began first', () => {
    const completion = collect([
      makeChunk({ content: 'two' }, null, 1),
      makeChunk({ content: 'one' }),
      makeChunk({}, 'stop', 1),
      makeChunk({}, 'length'),
    ]);
    expect(
      completion.choices.map(({ index, message, finish_reason }) => [index, message.content, finish_reason]),
    ).toEqual([
      [0, 'one', 'length'],
      [1, 'two', 'stop'],
    ]);
  });

  it('has thinking beside the text', () => {
    const thought = ['I ', 'think'].map((reasoning_content) => makeChunk({ reasoning_content } as object));
    const { message } = collect([...thought, makeChunk({ content: 'hi' }, 'stop')]).choices[0]!;
    expect(message).toMatchObject({ content: 'hi', reasoning_content: 'I think' });
  });

  it('has the logprobs of all chunks', () => {
    const entry = (token: string) => ({ token, logprob: 0, bytes: null, top_logprobs: [] });
    const chunks = ['h', 'i'].map((token) => {
      const chunk = makeChunk({ content: token });
      return {
        ...chunk,
        choices: [{ ...chunk.choices[0]!, logprobs: { content: [entry(token)], refusal: null } }],
      };
    });
    expect(collect(chunks).choices[0]!.logprobs).toEqual({
      content: [entry('h'), entry('i')],
      refusal: null,
    });
  });

  it('has fields of a choice that we do not know', () => {
    const chunk = makeChunk({ content: 'hi' }, 'stop');
    const choice = { ...chunk.choices[0]!, stop_reason: '###' };
    expect(collect([{ ...chunk, choices: [choice] }]).choices[0]).toHaveProperty('stop_reason', '###');
  });

  it('has the last usage, as some servers count along', () => {
    const counted = [1, 2].map((total_tokens) => ({ ...usageChunk, usage: { ...usage, total_tokens } }));
    expect(collect([makeChunk({ content: 'hi' }), ...counted]).usage!.total_tokens).toBe(2);
  });

  it('has an old function call grown together', () => {
    const completion = collect([
      makeChunk({ function_call: { name: 'f', arguments: '' } }),
      makeChunk({ function_call: { arguments: '{"a":' } }),
      makeChunk({ function_call: { arguments: '1}' } }, 'function_call'),
    ]);
    expect(completion.choices[0]!.message.function_call).toEqual({ name: 'f', arguments: '{"a":1}' });
  });

  it('has null for content when there are only tool calls', () => {
    const call = { index: 0, id: '1', function: { name: 'f', arguments: '{}' } };
    const completion = collect([
      makeChunk({ role: 'assistant', content: '' }),
      makeChunk({ tool_calls: [call] }),
    ]);
    expect(completion.choices[0]!.message.content).toBeNull();
  });

  it('is a copy, to which more may come', () => {
    const collector = new Collector();
    collector.add(makeChunk({ content: 'h' }));
    const early = collector.completion();
    collector.add(makeChunk({ content: 'i' }));
    expect(early.choices[0]!.message.content).toBe('h');
    expect(collector.completion().choices[0]!.message.content).toBe('hi');
  });
});

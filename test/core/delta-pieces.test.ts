import { expect, it } from 'vitest';
import { Collector } from '../../src/core/collect.ts';
import { chunkPieces, MAX_DELTA } from '../../src/core/delta-pieces.ts';
import { keepNative } from '../../src/core/native-event.ts';
import type { ChatCompletionChunk } from '../../src/core/openai-types.ts';

const LONG = `${'a word '.repeat(MAX_DELTA / 4)}👍🏽`;
const USAGE = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };

function chunkOf(choices: readonly object[], more: object = {}): ChatCompletionChunk {
  const head = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' };
  return { ...head, choices, ...more } as ChatCompletionChunk;
}

function choiceOf(delta: object, index = 0, finish: string | null = null) {
  return { index, delta, finish_reason: finish };
}

function collected(chunks: Iterable<ChatCompletionChunk>) {
  const collector = new Collector();
  for (const chunk of chunks) collector.add(chunk);
  return collector.completion();
}

function longestText(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Math.max(0, ...Object.values(value).map(longestText));
}

const call = (index: number, text: string) => ({
  index,
  id: `call_${index}`,
  type: 'function',
  function: { name: 'f', arguments: text },
});

it.each([
  ['a text', [choiceOf({ role: 'assistant', content: LONG })], {}],
  ['thoughts under both names', [choiceOf({ reasoning: LONG, reasoning_content: LONG, content: '' })], {}],
  ['thoughts, and a text after them', [choiceOf({ content: LONG, reasoning_content: LONG })], {}],
  ['a refusal', [choiceOf({ content: null, refusal: LONG }, 0, 'content_filter')], {}],
  ['arguments of two calls', [choiceOf({ content: 'See:', tool_calls: [call(0, LONG), call(1, LONG)] })], {}],
  [
    'choices, their ends and the usage',
    [choiceOf({ content: LONG }, 0, 'stop'), choiceOf({ content: LONG }, 1, 'length')],
    { usage: USAGE },
  ],
] as const)('%s of a long delta comes in short pieces that say the same', (_name, choices, more) => {
  const chunk = chunkOf(choices, more);
  const pieces = [...chunkPieces(chunk)];
  expect(Math.max(...pieces.map(longestText))).toBeLessThanOrEqual(MAX_DELTA + 1);
  expect(collected(pieces)).toEqual(collected([chunk]));
  const ends = pieces.flatMap(({ choices: [choice] }) => choice?.finish_reason ?? []);
  expect(ends).toEqual(choices.flatMap(({ finish_reason: reason }) => reason ?? []));
});

it('thoughts come before the text, as callers show them', () => {
  const pieces = [...chunkPieces(chunkOf([choiceOf({ content: LONG, reasoning_content: LONG })]))];
  const fields = pieces.flatMap(({ choices }) => Object.keys(choices[0]!.delta));
  expect(fields.lastIndexOf('reasoning_content')).toBeLessThan(fields.indexOf('content'));
});

it('thoughts stay with the blocks that are their other form, which callers read in their place', () => {
  const delta = { reasoning_content: LONG, thinking_blocks: [{ type: 'thinking', thinking: LONG }] };
  expect([...chunkPieces(chunkOf([choiceOf(delta)]))]).toEqual([chunkOf([choiceOf(delta)])]);
});

it('a usual chunk stays the very same, and so does one that is told by the event of its wire', () => {
  const usual = chunkOf([choiceOf({ content: 'hi' })]);
  expect([...chunkPieces(usual)][0]).toBe(usual);
  const native = keepNative(chunkOf([choiceOf({ content: LONG })]), { type: 'x', data: '{}' });
  expect([...chunkPieces(native)]).toEqual([native]);
  expect([...chunkPieces(native)][0]).toBe(native);
});

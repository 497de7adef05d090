/** Events that go on as they came and say nothing a chunk has: a provider may send them without end, and is given up. */
import { expect, it } from 'vitest';
import { keepNative } from '../../src/core/native-event.ts';
import type { ChatCompletionChunk } from '../../src/core/openai-types.ts';
import { HeldCalls } from '../../src/guard/tool-calls/held-calls.ts';
import { ChunkNormaliser } from '../../src/providers/normalise/chunks.ts';

const MEGABYTE = JSON.stringify({ picture: 'A'.repeat(1024 * 1024) });

function chunk(type: string, delta?: object): ChatCompletionChunk {
  const choices = delta ? [{ index: 0, delta, logprobs: null, finish_reason: null }] : [];
  const head = { id: 'a', object: 'chat.completion.chunk' as const, created: 1, model: 'm' };
  return keepNative({ ...head, choices } as ChatCompletionChunk, { type, data: MEGABYTE, index: 0 });
}

function hundredTimes(take: () => unknown): () => void {
  return () => {
    for (let times = 0; times < 100; times++) take();
  };
}

it('in a stream', () => {
  const normaliser = new ChunkNormaliser({ provider: 'openai', model: 'm' });
  const add = (type: string) => () => normaliser.add(chunk(type));
  // Deltas are many, are told at once and leave nothing behind.
  expect(hundredTimes(add('response.output_text.delta'))).not.toThrow();
  expect(hundredTimes(add('response.output_item.done'))).toThrow('openai sent an answer without end.');
});

it('behind a tool call that is held', () => {
  const held = new HeldCalls(new Map(), 'openai');
  const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '{' } };
  held.take([chunk('response.output_item.added', { tool_calls: [call] })]);
  const more = () => held.take([chunk('response.web_search_call.delta')]);
  expect(hundredTimes(more)).toThrow('openai calls tools without end.');
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cacheKey, canonicalJson } from '../../src/chat/cache-key.ts';
import type { ChatRequest } from '../../src/core/openai-types.ts';

const CHAIN = ['together/codellama', 'openai/gpt-4'];
const question: ChatRequest = {
  messages: [{ role: 'user', content: 'hello world in Go' }],
  temperature: 0.2,
  tools: [
    { type: 'function', function: { name: 'run', parameters: { type: 'object', properties: { code: {} } } } },
  ],
  stream: false,
};
const keyOf = (request: object, scope = 'me', chain = CHAIN) =>
  cacheKey(scope, chain, request as ChatRequest);

/** The same value with the keys of every object in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, shuffled(item)]),
  );
}

const json = fc.jsonValue({ maxDepth: 4 });

describe('two requests share an answer', () => {
  it('when only the order of keys differs, at any depth', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), (fields) => {
        expect(keyOf(shuffled({ ...question, extra: fields }) as object)).toBe(
          keyOf({ ...question, extra: fields }),
        );
      }),
    );
  });

  it('when one is streamed and the other is not', () => {
    expect(keyOf({ ...question, stream: true, stream_options: { include_usage: true } })).toBe(
      keyOf(question),
    );
  });
});

describe('two requests do not share an answer', () => {
  it('when any value differs', () => {
    fc.assert(
      fc.property(json, json, (one, other) => {
        fc.pre(canonicalJson(one) !== canonicalJson(other));
        expect(keyOf({ ...question, extra: one })).not.toBe(keyOf({ ...question, extra: other }));
      }),
    );
  });

  it.each([
    ['another word', { ...question, messages: [{ role: 'user', content: 'hello world in go' }] }],
    ['another role', { ...question, messages: [{ role: 'system', content: 'hello world in Go' }] }],
    [
      'another order of messages',
      { ...question, messages: [...question.messages, { role: 'user', content: '' }] },
    ],
    ['another temperature', { ...question, temperature: 0.3 }],
    ['a text for a number', { ...question, temperature: '0.2' }],
    ['a parameter more', { ...question, seed: 1 }],
    ['no tools', { ...question, tools: undefined }],
    ['another user', { ...question, user: 'alice' }],
  ])('with %s', (_what, other) => {
    expect(keyOf(other)).not.toBe(keyOf(question));
  });

  it('of two callers', () => {
    expect(keyOf(question, 'you')).not.toBe(keyOf(question, 'me'));
  });

  it('through two chains, or one in another order', () => {
    expect(keyOf(question, 'me', ['openai/gpt-4'])).not.toBe(keyOf(question));
    expect(keyOf(question, 'me', CHAIN.toReversed())).not.toBe(keyOf(question));
  });
});

import { describe, expect, it } from 'vitest';
import type { ChatCompletion, Delta } from '../../src/core/openai-types.ts';
import { CompletionTracker, mayBeEmpty, validateCompletion } from '../../src/routing/completion-check.ts';
import { makeChunk, makeCompletion, makeRequest } from '../helpers/targets.ts';

type Choice = ChatCompletion['choices'][number];

/** An answer with one choice that differs in this. */
function answer(differences: Partial<Choice> | { message: object }): ChatCompletion {
  const completion = makeCompletion('hi');
  return { ...completion, choices: [{ ...completion.choices[0]!, ...differences } as Choice] };
}

const call = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } };

describe('a whole reply is an answer', () => {
  it.each([
    ['with text', makeCompletion('hi')],
    [
      'with a tool call',
      answer({ message: { content: null, tool_calls: [call] }, finish_reason: 'tool_calls' }),
    ],
    ['with an old function call', answer({ message: { content: null, function_call: call.function } })],
    ['with a refusal', answer({ message: { content: null, refusal: 'No.' } })],
    ['empty, when all was spent on thinking', answer({ message: { content: '' }, finish_reason: 'length' })],
    [
      'empty, when a filter took it all',
      answer({ message: { content: '' }, finish_reason: 'content_filter' }),
    ],
  ])('%s', (_what, completion) => {
    expect(validateCompletion(completion, 'x')).toBeUndefined();
  });
});

describe('a whole reply is no answer', () => {
  it.each([
    ['without choices', { ...makeCompletion('hi'), choices: [] }, 'without choices'],
    ['without a message', answer({ message: undefined as unknown as object }), 'without a message'],
    [
      'without a finish reason',
      answer({ finish_reason: null as unknown as 'stop' }),
      'without a finish reason',
    ],
    ['without text', answer({ message: { content: '' } }), 'an empty answer'],
    ['with null for text', answer({ message: { content: null } }), 'an empty answer'],
    ['with no tool calls', answer({ message: { content: null, tool_calls: [] } }), 'an empty answer'],
  ])('%s', (_what, completion, words) => {
    expect(validateCompletion(completion, 'x')?.message).toContain(words);
    expect(validateCompletion(completion, 'x')?.facts.malformed).toBe(true);
  });

  it('when its second choice is none', () => {
    const [good] = makeCompletion('hi').choices;
    const bad = { ...good!, index: 1, finish_reason: null as unknown as 'stop' };
    expect(validateCompletion({ ...makeCompletion('hi'), choices: [good!, bad] }, 'x')).toBeDefined();
  });
});

function watch(...chunks: ReturnType<typeof makeChunk>[]): CompletionTracker {
  const watched = new CompletionTracker();
  for (const chunk of chunks) watched.add([chunk]);
  return watched;
}

describe('a stream has begun', () => {
  it.each<[string, Delta]>([
    ['content', { content: 'h' }],
    ['a tool call', { tool_calls: [{ index: 0, id: 'call_1' }] }],
    ['a refusal', { refusal: 'No' }],
    ['thinking', { reasoning_content: 'hm' }],
    ['thinking under its other name', { reasoning: 'hm' }],
    ['an old function call', { function_call: { name: 'f' } }],
  ])('with %s', (_what, delta) => {
    expect(watch(makeChunk(delta)).hasBegun).toBe(true);
  });

  it('when it ends at its cap with nothing in it', () => {
    expect(watch(makeChunk({}, 'length')).hasBegun).toBe(true);
  });
});

describe('a stream has not begun', () => {
  it.each<[string, Delta]>([
    ['nothing', {}],
    ['the role', { role: 'assistant' }],
    ['empty content', { content: '' }],
    ['null', { content: null }],
    ['no tool calls', { tool_calls: [] }],
  ])('with %s', (_what, delta) => {
    expect(watch(makeChunk(delta)).hasBegun).toBe(false);
  });

  it('before anything came', () => {
    expect(new CompletionTracker().hasBegun).toBe(false);
  });

  it('with a chunk without choices', () => {
    expect(watch({ ...makeChunk({}), choices: [] }).hasBegun).toBe(false);
  });

  it('when it stops with nothing in it', () => {
    expect(watch(makeChunk({}, 'stop')).hasBegun).toBe(false);
  });
});

describe('an answer goes on', () => {
  const wentOn = (delta: object) => new CompletionTracker().add([makeChunk(delta as Delta)]);

  it.each<[string, object]>([
    ['a call that begins', { tool_calls: [{ index: 0, ...call, function: { name: 'f', arguments: '' } }] }],
    ['a piece of its arguments', { tool_calls: [{ index: 0, function: { arguments: '{' } }] }],
    ['a piece of a text for a tool', { tool_calls: [{ index: 0, type: 'custom', custom: { input: 'x' } }] }],
    ['an old function call', { function_call: { name: 'f', arguments: '' } }],
  ])('with %s', (_what, delta) => {
    expect(wentOn(delta)).toBe(true);
  });

  it.each<[string, object]>([
    ['nothing', {}],
    ['no text', { content: '', reasoning_content: '' }],
    ['a piece of a call without any text', { tool_calls: [{ index: 0, function: { arguments: '' } }] }],
    ['a piece of an old call without any text', { function_call: { arguments: '' } }],
  ])('not with %s', (_what, delta) => {
    expect(wentOn(delta)).toBe(false);
  });
});

describe('a stream has finished', () => {
  it('with its finish reason', () => {
    expect(watch(makeChunk({ content: 'hi' }), makeChunk({}, 'stop')).hasFinished).toBe(true);
  });

  it('not without one', () => {
    expect(watch(makeChunk({ content: 'hi' })).hasFinished).toBe(false);
  });

  it('not before every choice that began has its own', () => {
    const first = [makeChunk({ content: 'a' }), makeChunk({ content: 'b' }, null, 1), makeChunk({}, 'stop')];
    expect(watch(...first).hasFinished).toBe(false);
    expect(watch(...first, makeChunk({}, 'stop', 1)).hasFinished).toBe(true);
  });

  it('also when empty chunks follow', () => {
    expect(watch(makeChunk({ content: 'a' }), makeChunk({}, 'stop'), makeChunk({})).hasFinished).toBe(true);
  });
});

describe('a finish reason that is no good end breaks the answer', () => {
  const reasons = ['error', 'abort', 'insufficient_system_resource', 'something new'] as unknown as 'stop'[];
  it.each(reasons)('%s', (reason) => {
    expect(validateCompletion(answer({ finish_reason: reason }), 'x')?.facts.malformed).toBe(true);
    expect(() => watch(makeChunk({ content: 'half' }), makeChunk({}, reason))).toThrow(/broke off/);
  });

  it('and the error beside it tells why (OpenRouter)', () => {
    const error = { code: 429, message: 'slow down' };
    const choice = { finish_reason: 'error', error } as unknown as Partial<Choice>;
    expect(validateCompletion(answer(choice), 'x')?.facts).toMatchObject({
      status: 429,
      reason: 'slow down',
    });
  });
});

describe('an answer without content is the truth', () => {
  it.each([
    ['after a tool result', makeRequest({ messages: [{ role: 'tool', tool_call_id: 'c', content: 'sun' }] })],
    ['with a stop sequence', makeRequest({ stop: ['X'] })],
  ])('%s', (_what, request) => {
    expect(mayBeEmpty(request)).toBe(true);
  });

  it('and not otherwise', () => {
    expect(mayBeEmpty(makeRequest())).toBe(false);
  });
});

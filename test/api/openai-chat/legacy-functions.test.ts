import { describe, expect, it } from 'vitest';
import { parseRequest } from '../../../src/api/openai-chat/chat-request.ts';
import { asLegacyChunk, asLegacyCompletion } from '../../../src/api/openai-chat/legacy-functions.ts';
import type { ChatCompletion } from '../../../src/core/openai-types.ts';
import { makeChunk, makeCompletion } from '../../helpers/targets.ts';

const weather = { name: 'get_weather', parameters: { type: 'object' } };
const user = { role: 'user', content: 'the weather in Malmö?' };
const call = { name: 'get_weather', arguments: '{"city":"Malmö"}' };

describe('an old request', () => {
  const parse = (fields: object) => parseRequest({ messages: [user], functions: [weather], ...fields });

  it('asks with tools inside', () => {
    const { request, legacyFunctions } = parse({});
    expect(request).toMatchObject({ tools: [{ type: 'function', function: weather }] });
    expect(request).not.toHaveProperty('functions');
    expect(legacyFunctions).toBe(true);
  });

  it('wants one call at a time, as it knows no more', () => {
    expect(parse({}).request.parallel_tool_calls).toBe(false);
  });

  it.each([
    ['auto', 'auto'],
    ['none', 'none'],
    [{ name: 'get_weather' }, { type: 'function', function: { name: 'get_weather' } }],
  ])('chooses %o', (choice, inside) => {
    const { request } = parse({ function_call: choice });
    expect(request.tool_choice).toEqual(inside);
    expect(request).not.toHaveProperty('function_call');
  });

  it('without a choice makes none', () => {
    expect(parse({}).request).not.toHaveProperty('tool_choice');
  });
});

describe('old messages', () => {
  it('become calls and results that belong together', () => {
    const messages = [
      user,
      { role: 'assistant', content: null, function_call: call },
      { role: 'function', name: 'get_weather', content: 'rain' },
      { role: 'assistant', content: 'And now?', function_call: call },
      { role: 'function', name: 'get_weather', content: null },
    ];
    expect(parseRequest({ messages }).request.messages).toEqual([
      user,
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'call_function_1', type: 'function', function: call }],
      },
      { role: 'tool', tool_call_id: 'call_function_1', content: 'rain' },
      {
        role: 'assistant',
        content: 'And now?',
        tool_calls: [{ id: 'call_function_2', type: 'function', function: call }],
      },
      { role: 'tool', tool_call_id: 'call_function_2', content: '' },
    ]);
  });

  it('alone do not make the answer an old one', () => {
    const messages = [user, { role: 'assistant', content: null, function_call: call }, user];
    expect(parseRequest({ messages }).legacyFunctions).toBe(false);
  });
});

describe('the answer in the old form', () => {
  const completion = makeCompletion('');
  const answer: ChatCompletion = {
    ...completion,
    choices: [
      {
        ...completion.choices[0]!,
        message: {
          role: 'assistant',
          content: null,
          refusal: null,
          tool_calls: [{ id: 'call_1', type: 'function', function: call }],
        },
        finish_reason: 'tool_calls',
      },
    ],
  };

  it('has a function call', () => {
    const [choice] = asLegacyCompletion(answer).choices;
    expect(choice).toMatchObject({
      message: { content: null, function_call: call },
      finish_reason: 'function_call',
    });
    expect(choice!.message).not.toHaveProperty('tool_calls');
  });

  it('is a copy: the one in the cache stays new', () => {
    const before = structuredClone(answer);
    asLegacyCompletion(answer);
    expect(answer).toEqual(before);
  });

  it('without a call is the same', () => {
    expect(asLegacyCompletion(makeCompletion('hi'))).toEqual(makeCompletion('hi'));
  });
});

describe('the stream in the old form', () => {
  it('has the name and the arguments of the call', () => {
    const piece = {
      index: 0,
      id: 'call_1',
      type: 'function' as const,
      function: { name: 'f', arguments: '' },
    };
    expect(asLegacyChunk(makeChunk({ tool_calls: [piece] })).choices[0]!.delta).toEqual({
      function_call: { name: 'f', arguments: '' },
    });
  });

  it('leaves out a second call', () => {
    const piece = { index: 1, function: { arguments: '{' } };
    expect(asLegacyChunk(makeChunk({ tool_calls: [piece] })).choices[0]!.delta).toEqual({});
  });

  it('ends with a function call', () => {
    expect(asLegacyChunk(makeChunk({}, 'tool_calls')).choices[0]!.finish_reason).toBe('function_call');
  });

  it('with text is the same', () => {
    const chunk = makeChunk({ content: 'hi' });
    expect(asLegacyChunk(chunk)).toEqual(chunk);
  });
});

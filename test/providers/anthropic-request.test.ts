/** What Anthropic is sent: every test looks at the request that arrived. */
import { describe, expect, it } from 'vitest';
import { anthropic } from '../../src/providers/anthropic/anthropic.ts';
import type { Target } from '../../src/providers/provider.ts';
import { replyWith, startRawUpstream } from '../helpers/raw-upstream.ts';
import { failureOf, KEY, made, never, question, targetAt, whole } from './support.ts';

async function sent(request: object, over: Partial<Target> = {}, raw = replyWith('anthropic/text.json')) {
  const upstream = await startRawUpstream(raw);
  const target = targetAt(upstream.url, 'anthropic', { model: 'claude-sonnet-4-20250514', ...over });
  const reply = await made(anthropic).send(question(request), target, { signal: never() });
  expect(upstream.requests).toHaveLength(1);
  return { ...upstream.requests[0]!, dropped: reply.dropped };
}
const bodyOf = async (request: object, over?: Partial<Target>) => (await sent(request, over)).body;
const messagesOf = async (...messages: object[]) => (await bodyOf({ messages })).messages;
const user = (content: unknown) => ({ role: 'user', content });
const assistant = (content: unknown, rest: object = {}) => ({ role: 'assistant', content, ...rest });
const text = (words: string) => ({ type: 'text', text: words });

describe('the head', () => {
  it('is that of the newer version, by the SDK', async () => {
    const { method, path, headers } = await sent({});
    expect({ method, path }).toEqual({ method: 'POST', path: '/v1/messages' });
    expect(headers).toMatchObject({
      'anthropic-version': '2026-10-21',
      authorization: `Bearer ${KEY}`,
      'content-type': 'application/json',
    });
    expect(headers).not.toHaveProperty('x-api-key');
    expect(headers['user-agent']).toMatch(/^Anthropic\/JS/);
  });

  it.each(['temperature', 'top_p', 'top_k'])(
    'is that of the older version for %s, which it takes',
    async (name) => {
      const { path, headers, body, dropped } = await sent({ [name]: 0.5 });
      expect(path).toBe('/v1/messages');
      expect(headers).toMatchObject({ 'anthropic-version': '2023-06-01', 'x-api-key': KEY });
      expect(headers).not.toHaveProperty('authorization');
      expect(body[name]).toBe(0.5);
      expect(dropped).toEqual([]);
    },
  );

  it('has the headers of the target and of the call', async () => {
    const upstream = await startRawUpstream(replyWith('anthropic/text.json'));
    const target = targetAt(upstream.url, 'anthropic', { headers: { 'Anthropic-Beta': 'a-beta' } });
    await made(anthropic).send(question(), target, { signal: never(), headers: { 'x-simulate': 'ok' } });
    expect(upstream.requests[0]!.headers).toMatchObject({ 'anthropic-beta': 'a-beta', 'x-simulate': 'ok' });
  });

  it('follows a base URL with a path', async () => {
    const upstream = await startRawUpstream(replyWith('anthropic/text.json'));
    const target = targetAt(`${upstream.url}/anthropic`, 'anthropic');
    await made(anthropic).send(question(), target, { signal: never() });
    expect(upstream.requests[0]!.path).toBe('/anthropic/v1/messages');
  });
});

describe('the body', () => {
  it('of the plainest question holds no more than Anthropic wants', async () => {
    expect(await bodyOf({})).toEqual({
      model: 'claude-sonnet-4-20250514',
      max_tokens: 4096,
      messages: [user([text('Hello?')])],
    });
  });

  it('says whether to stream', async () => {
    expect(await bodyOf({ stream: true, stream_options: { include_usage: true } })).toEqual({
      model: 'claude-sonnet-4-20250514',
      max_tokens: 4096,
      messages: [user([text('Hello?')])],
      stream: true,
    });
  });

  it.each([
    [{ max_tokens: 10, max_completion_tokens: 20 }, 1000, 20],
    [{ max_tokens: 10 }, 1000, 10],
    [{ max_tokens: null }, 1000, 1000],
    [{}, undefined, 4096],
  ])('caps the answer: %j, of at most %s, gives %i', async (request, maxOutputTokens, expected) => {
    expect((await bodyOf(request, { maxOutputTokens })).max_tokens).toBe(expected);
  });

  it.each([
    ['END', ['END']],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    [null, undefined],
  ])('stops at %j: %j', async (stop, expected) => {
    expect((await bodyOf({ stop })).stop_sequences).toEqual(expected);
  });

  it('has the tools of its past where none are offered, and none of them is to be called', async () => {
    const call = { id: 'c', type: 'function' as const, function: { name: 'w', arguments: '{}' } };
    const messages = [
      { role: 'user' as const, content: 'q' },
      { role: 'assistant' as const, content: null, tool_calls: [call, { ...call, id: 'd' }] },
      { role: 'tool' as const, tool_call_id: 'c', content: 'sun' },
      { role: 'tool' as const, tool_call_id: 'd', content: 'rain' },
    ];
    expect(await bodyOf({ messages, tool_choice: 'none' })).toMatchObject({
      tools: [{ name: 'w', input_schema: { type: 'object' } }],
      tool_choice: { type: 'none' },
    });
  });

  it('ends with a word of the user where a model takes no beginning of its answer', async () => {
    const messages = [
      { role: 'user' as const, content: 'q' },
      { role: 'assistant' as const, content: 'Here is ' },
    ];
    expect(await bodyOf({ messages }, { model: 'claude-sonnet-5-5' })).toMatchObject({
      messages: [{ role: 'user' }, { role: 'assistant', content: [text('Here is')] }, { role: 'user' }],
    });
    const older = await bodyOf({ messages }, { model: 'claude-3-haiku-20240307' });
    expect(older).toMatchObject({
      messages: [{ role: 'user' }, { role: 'assistant', content: [text('Here is')] }],
    });
  });

  it('passes the user and the thinking on', async () => {
    const thinking = { type: 'enabled', budget_tokens: 1024 };
    expect(await bodyOf({ user: 'u-1', thinking })).toMatchObject({ metadata: { user_id: 'u-1' }, thinking });
    expect(await bodyOf({ thinking: null })).not.toHaveProperty('thinking');
  });
});

describe('parameters Anthropic cannot take', () => {
  it('are left out and named, when they are there and mean something', async () => {
    const { body, dropped } = await sent({
      seed: 7,
      presence_penalty: 0.5,
      frequency_penalty: 0,
      store: false,
      logit_bias: null,
      some_field_of_tomorrow: 1,
    });
    expect(Object.keys(body).sort()).toEqual(['max_tokens', 'messages', 'model']);
    expect(new Set(dropped)).toEqual(new Set(['seed', 'presence_penalty', 'some_field_of_tomorrow']));
  });

  it('have names that a header can hold, and no more than fit', async () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`field_${index}`, 1]));
    const { dropped } = await sent({ 世界: 1, 'a\r\nb': 1, ['x'.repeat(65)]: 1, ...many });
    expect(dropped!.length).toBeGreaterThan(0);
    expect(dropped!.length).toBeLessThanOrEqual(50);
    for (const name of dropped!) expect(name).toMatch(/^field_\d+$/);
  });

  it('include those the configuration names, once', async () => {
    const { body, dropped } = await sent(
      { top_p: 0.5, user: 'u', seed: 1 },
      { dropParams: ['user', 'seed', 'stop'] },
    );
    expect(body).toMatchObject({ top_p: 0.5 });
    expect(body).not.toHaveProperty('metadata');
    expect(dropped).toEqual(['user', 'seed']);
  });

  it('include a temperature above 1, which becomes 1', async () => {
    const { body, dropped } = await sent({ temperature: 1.7 });
    expect(body.temperature).toBe(1);
    expect(dropped).toEqual(['temperature>1']);
  });

  it.each([
    'claude-opus-4-7',
    'claude-opus-4-8-20260401',
    'claude-opus-5',
    'claude-sonnet-5-5',
    'claude-haiku-5-5',
    'claude-fable-5-2',
    'claude-mythos-5',
    'claude-mythos-preview',
    'claude-opus-12',
  ])('include sampling for %s, under any version', async (model) => {
    const { body, headers, dropped } = await sent({ temperature: 1.5, top_p: 0.9, top_k: 5 }, { model });
    expect(Object.keys(body).sort()).toEqual(['max_tokens', 'messages', 'model']);
    expect(headers['anthropic-version']).toBe('2026-10-21');
    expect(dropped).toEqual(['temperature', 'top_p', 'top_k']);
  });

  it.each([
    'claude-2',
    'claude-3-5-sonnet-20241022',
    'claude-3-opus-20240229',
    'claude-opus-4-20250514',
    'claude-sonnet-4-20250514',
  ])('do not include sampling for %s', async (model) => {
    const { body, dropped } = await sent({ temperature: 0.2, top_p: 0.9 }, { model });
    expect(body).toMatchObject({ temperature: 0.2, top_p: 0.9 });
    expect(dropped).toEqual([]);
  });

  it.each(['claude-opus-4-1-20250805', 'claude-opus-4-6', 'claude-sonnet-4-5-20250929', 'claude-haiku-4-5'])(
    'include the second of two sampling parameters for %s, which takes one',
    async (model) => {
      const { body, dropped } = await sent({ temperature: 0.2, top_p: 0.9 }, { model });
      expect(body.temperature).toBe(0.2);
      expect(body).not.toHaveProperty('top_p');
      expect(dropped).toEqual(['top_p']);
      expect((await sent({ top_p: 0.9 }, { model })).body.top_p).toBe(0.9);
    },
  );
});

describe('the conversation', () => {
  it('has its system and developer messages apart, in order', async () => {
    const body = await bodyOf({
      messages: [
        { role: 'system', content: 'Only code.' },
        user('Hello?'),
        { role: 'developer', content: [text('Be short.'), text(' ')] },
      ],
    });
    expect(body.system).toEqual([text('Only code.'), text('Be short.')]);
    expect(body.messages).toEqual([user([text('Hello?')])]);
  });

  it('joins messages of one role that follow each other', async () => {
    expect(await messagesOf(user('one'), user([text('two')]), assistant('three'), user('four'))).toEqual([
      user([text('one'), text('two')]),
      assistant([text('three')]),
      user([text('four')]),
    ]);
  });

  it('leaves out text of nothing but white space, and messages of nothing but that', async () => {
    expect(
      await messagesOf(user('one'), assistant(' \n'), assistant(''), user([text(''), text('two')])),
    ).toEqual([user([text('one'), text('two')])]);
  });

  it('says so when it begins with the assistant', async () => {
    expect(await messagesOf(assistant('Hello!'), user('Hi.'))).toEqual([
      user([text('(The conversation begins with the assistant.)')]),
      assistant([text('Hello!')]),
      user([text('Hi.')]),
    ]);
  });

  it('trims the white space at the end of an answer to go on with, and only there', async () => {
    expect(
      await messagesOf(user('one \n'), assistant('two \n'), user('three '), assistant('  four \n')),
    ).toEqual([
      user([text('one \n')]),
      assistant([text('two \n')]),
      user([text('three ')]),
      assistant([text('  four')]),
    ]);
  });

  it('has images by URL and by their bytes', async () => {
    const image = (url: string) => ({ type: 'image_url', image_url: { url } });
    expect(
      await messagesOf(
        user([
          text('What is this?'),
          image('https://example.com/a.png'),
          image('data:image/png;base64,iVBORw0KGgo='),
          image('data:image/jpeg;name=a.jpg;base64,/9j/4A=='),
        ]),
      ),
    ).toEqual([
      user([
        text('What is this?'),
        { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
        { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: '/9j/4A==' } },
      ]),
    ]);
  });

  it.each(['file', 'input_audio'])(
    'cannot have a part of type %s, and says so without a call',
    async (type) => {
      const upstream = await startRawUpstream(replyWith('anthropic/text.json'));
      const request = question({ messages: [user([{ type, [type]: {} }])] });
      const { facts } = await failureOf(
        made(anthropic).send(request, targetAt(upstream.url, 'anthropic'), { signal: never() }),
      );
      expect(facts).toMatchObject({ unsupported: 'messages' });
      expect(upstream.requests).toHaveLength(0);
    },
  );

  it('has the calls of the assistant and the results of the tools, these in one turn', async () => {
    const call = (id: string, name: string, args: string) => ({
      id,
      type: 'function',
      function: { name, arguments: args },
    });
    const tool_calls = [call('1', 'add', '{"a":1}'), call('2', 'now', ''), call('3', 'list', '[1]')];
    expect(
      await messagesOf(
        user('Go.'),
        assistant('Let me see.', { tool_calls }),
        { role: 'tool', tool_call_id: '1', content: '2' },
        { role: 'tool', tool_call_id: '2', content: [text('noon')] },
        { role: 'tool', tool_call_id: '3', content: '' },
        user('And now?'),
      ),
    ).toEqual([
      user([text('Go.')]),
      assistant([
        text('Let me see.'),
        { type: 'tool_use', id: '1', name: 'add', input: { a: 1 } },
        // Neither is an object, which Anthropic wants.
        { type: 'tool_use', id: '2', name: 'now', input: {} },
        { type: 'tool_use', id: '3', name: 'list', input: {} },
      ]),
      user([
        { type: 'tool_result', tool_use_id: '1', content: [text('2')] },
        { type: 'tool_result', tool_use_id: '2', content: [text('noon')] },
        { type: 'tool_result', tool_use_id: '3', content: [] },
        text('And now?'),
      ]),
    ]);
  });
});

describe('tools', () => {
  const parameters = { type: 'object', properties: { a: { type: 'number' } } };
  const add = { type: 'function', function: { name: 'add', description: 'Adds.', parameters, strict: true } };
  const now = { type: 'function', function: { name: 'now' } };

  it('have a schema, if only an empty one', async () => {
    const { tools, tool_choice } = await bodyOf({ tools: [add, now] });
    expect(tools).toEqual([
      { name: 'add', description: 'Adds.', input_schema: parameters, strict: true },
      { name: 'now', input_schema: { type: 'object', properties: {} } },
    ]);
    expect(tool_choice).toEqual({ type: 'auto' });
  });

  it.each([
    [{ tool_choice: 'auto' }, { type: 'auto' }],
    [{ tool_choice: 'none' }, { type: 'none' }],
    [{ tool_choice: 'required' }, { type: 'any' }],
    [{ tool_choice: { type: 'function', function: { name: 'add' } } }, { type: 'tool', name: 'add' }],
    [{ parallel_tool_calls: false }, { type: 'auto', disable_parallel_tool_use: true }],
    [{ parallel_tool_calls: true }, { type: 'auto' }],
    [
      { tool_choice: 'required', parallel_tool_calls: false },
      { type: 'any', disable_parallel_tool_use: true },
    ],
    // Anthropic's `none` has no such field.
    [{ tool_choice: 'none', parallel_tool_calls: false }, { type: 'none' }],
  ])('are chosen: %j', async (request, expected) => {
    expect((await bodyOf({ tools: [add], ...request })).tool_choice).toEqual(expected);
  });

  it('that are not functions are left out and named; without any other there are none', async () => {
    const custom = { type: 'custom', custom: { name: 'grammar' } };
    const { body, dropped } = await sent({ tools: [custom], tool_choice: 'auto' });
    expect(body).not.toHaveProperty('tools');
    expect(body).not.toHaveProperty('tool_choice');
    expect(dropped).toEqual(['tools (custom)']);
  });
});

describe('a response format', () => {
  const schema = { type: 'object', properties: { answer: { type: 'string' } } };
  const response_format = { type: 'json_schema', json_schema: { name: 'answer', schema } };

  it('of a schema is Anthropic’s own where the model has it, objects closed', async () => {
    const body = await bodyOf({ response_format }, { model: 'claude-sonnet-5-5' });
    expect(body.output_config).toEqual({
      format: { type: 'json_schema', schema: { ...schema, additionalProperties: false } },
    });
    expect(body).not.toHaveProperty('tools');
  });

  it.each([
    ['of an object', { type: 'json_object' }, 'claude-sonnet-5-5', { type: 'object', properties: {} }],
    ['of an older model', response_format, 'claude-sonnet-4-20250514', schema],
    [
      'with a keyword that is not compiled',
      { type: 'json_schema', json_schema: { name: 'a', schema: { ...schema, minProperties: 1 } } },
      'claude-sonnet-5-5',
      { ...schema, minProperties: 1 },
    ],
  ])('%s is a tool that must be called', async (_, format, model, input_schema) => {
    const content = [{ type: 'tool_use', id: 't', name: 'answer', input: {} }];
    const raw = { body: JSON.stringify({ id: 'm', content, stop_reason: 'tool_use' }) };
    const { tools, tool_choice } = (await sent({ response_format: format }, { model }, raw)).body;
    expect(tools).toMatchObject([{ name: 'answer', input_schema }]);
    expect(tool_choice).toEqual({ type: 'tool', name: 'answer' });
  });

  it('of text needs no words', async () => {
    expect(await bodyOf({ response_format: { type: 'text' } })).not.toHaveProperty('system');
  });
});

describe('several choices', () => {
  it('are as many calls, and one answer with the sum of their usage', async () => {
    const upstream = await startRawUpstream(
      replyWith('anthropic/text.json'),
      replyWith('anthropic/cached.json'),
    );
    const target = targetAt(upstream.url, 'anthropic');
    const { completion } = whole(await made(anthropic).send(question({ n: 2 }), target, { signal: never() }));
    expect(upstream.requests.map(({ body }) => 'n' in body)).toEqual([false, false]);
    expect(completion.choices.map(({ index }) => index)).toEqual([0, 1]);
    expect(new Set(completion.choices.map(({ message }) => message.content)).size).toBe(2);
    expect(completion.usage).toMatchObject({ prompt_tokens: 21 + 2057, completion_tokens: 42 + 5 });
  });
});

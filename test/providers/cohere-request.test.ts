/** What Cohere is sent: every test looks at the request that arrived. */
import { describe, expect, it } from 'vitest';
import { cohere } from '../../src/providers/cohere/cohere.ts';
import type { Call, Target } from '../../src/providers/provider.ts';
import { replyWith, startRawUpstream } from '../helpers/raw-upstream.ts';
import { failureOf, KEY, made, never, question, targetAt } from './support.ts';

async function sent(request: object, over: Partial<Target> = {}, call: Partial<Call> = {}) {
  const upstream = await startRawUpstream(replyWith('cohere/text.json'));
  const target = targetAt(upstream.url, 'cohere', { model: 'command-a-03-2025', ...over });
  const reply = await made(cohere).send(question(request), target, { signal: never(), ...call });
  expect(upstream.requests).toHaveLength(1);
  return { ...upstream.requests[0]!, dropped: reply.dropped };
}
const bodyOf = async (request: object, over?: Partial<Target>) => (await sent(request, over)).body;
const messagesOf = async (...messages: object[]) => (await bodyOf({ messages })).messages;

/** The failure of a request that must not be sent. */
async function refused(request: object, call: Partial<Call> = {}) {
  const upstream = await startRawUpstream(replyWith('cohere/text.json'));
  const target = targetAt(upstream.url, 'cohere');
  const failure = await failureOf(made(cohere).send(question(request), target, { signal: never(), ...call }));
  expect(upstream.requests).toHaveLength(0);
  return failure.facts;
}

const user = (content: unknown) => ({ role: 'user', content });
const text = (words: string) => ({ type: 'text', text: words });
const tool = (name: string, rest: object = {}) => ({ type: 'function', function: { name, ...rest } });
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const empty = { type: 'object', properties: {} };

describe('the head', () => {
  it('has the key, and the path under the base URL', async () => {
    const { method, path, headers } = await sent({});
    expect({ method, path }).toEqual({ method: 'POST', path: '/chat' });
    expect(headers).toMatchObject({ authorization: `Bearer ${KEY}`, 'content-type': 'application/json' });
  });

  it('has the headers of the target and of the call', async () => {
    const { headers } = await sent(
      {},
      { headers: { 'X-Client-Name': 'ours' } },
      { headers: { 'x-simulate': 'ok' } },
    );
    expect(headers).toMatchObject({ 'x-client-name': 'ours', 'x-simulate': 'ok' });
  });

  it.each(['/v2', '/v2/'])('follows the base URL path %s', async (path) => {
    const upstream = await startRawUpstream(replyWith('cohere/text.json'));
    const target = targetAt(upstream.url + path, 'cohere', { apiKey: undefined });
    await made(cohere).send(question(), target, { signal: never() });
    expect(upstream.requests[0]!.path).toBe('/v2/chat');
    expect(upstream.requests[0]!.headers).not.toHaveProperty('authorization');
  });
});

describe('the body', () => {
  const plain = { model: 'command-a-03-2025', messages: [user('Hello?')] };

  it('of the plainest question holds no more than Cohere wants', async () => {
    expect(await bodyOf({})).toEqual({ ...plain, stream: false });
  });

  it('says whether to stream; usage needs no asking', async () => {
    const body = await bodyOf({ stream: true, stream_options: { include_usage: true } });
    expect(body).toEqual({ ...plain, stream: true });
  });

  it('has Cohere’s names for what both have', async () => {
    const { body, dropped } = await sent({
      ...{ max_tokens: 10, max_completion_tokens: 20, temperature: 0.5, top_p: 0.9, top_k: 7, seed: 42 },
      ...{
        stop: 'END',
        presence_penalty: 0.25,
        frequency_penalty: 0.5,
        logprobs: true,
        safety_mode: 'STRICT',
      },
    });
    expect(body).toEqual({
      ...plain,
      stream: false,
      ...{ max_tokens: 20, temperature: 0.5, p: 0.9, k: 7, seed: 42, stop_sequences: ['END'] },
      ...{ presence_penalty: 0.25, frequency_penalty: 0.5, logprobs: true, safety_mode: 'STRICT' },
    });
    expect(dropped).toEqual([]);
  });

  it.each([
    [1, 0.99],
    [0, 0.01],
    [0.5, 0.5],
  ])('has for top_p %f the nearest that Cohere takes', async (top_p, p) => {
    expect(await bodyOf({ top_p })).toMatchObject({ p });
  });

  it.each([
    [{ temperature: 1.5 }, { temperature: 1 }, ['temperature>1']],
    [{ presence_penalty: -1 }, { presence_penalty: 0 }, ['presence_penalty<0']],
    [{ frequency_penalty: 2 }, { frequency_penalty: 1 }, ['frequency_penalty>1']],
  ])('of %j has %j, and says so', async (request, expected, names) => {
    const { body, dropped } = await sent(request);
    expect(body).toMatchObject(expected);
    expect(dropped).toEqual(names);
  });

  it('leaves out what Cohere has no place for, and names it', async () => {
    const { body, dropped } = await sent({
      ...{ logit_bias: { 5: 1 }, user: 'u', metadata: { a: 'b' }, verbosity: 'low', store: true },
      ...{ parallel_tool_calls: false, tools: [tool('f')], 'not a header\n': 1, service_tier: 'auto' },
    });
    expect(Object.keys(body).sort()).toEqual(['messages', 'model', 'stream', 'tools']);
    expect([...dropped!].sort()).toEqual(
      ['logit_bias', 'metadata', 'parallel_tool_calls', 'service_tier', 'store', 'user', 'verbosity'].sort(),
    );
  });

  it.each([
    [{ reasoning_effort: 'none' }, { type: 'disabled' }, []],
    [{ reasoning_effort: 'high' }, undefined, ['reasoning_effort']],
    [{ thinking: { type: 'enabled', token_budget: 100 } }, { type: 'enabled', token_budget: 100 }, []],
  ])('of %j has the thinking %j', async (request, thinking, names) => {
    const { body, dropped } = await sent(request);
    expect(body.thinking).toEqual(thinking);
    expect(dropped).toEqual(names);
  });

  it.each([
    ['temperature', { temperature: 2 }],
    ['a user', { user: 'u' }],
  ])('is not sent without %s to a caller who wants all honoured', async (_, request) => {
    expect((await refused(request, { strictParams: true })).unsupported).toBeDefined();
  });

  it.each([
    ['top_logprobs', { logprobs: true, top_logprobs: 2 }],
    [
      'messages',
      { messages: [user([{ type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } }])] },
    ],
    ['messages', { messages: [user([{ type: 'file', file: { file_id: 'f' } }])] }],
    ['tools', { tools: [{ type: 'custom', custom: { name: 'shell' } }] }],
  ])('is not sent with %s that Cohere cannot take', async (param, request) => {
    expect((await refused(request)).unsupported).toBe(param);
  });
});

describe('messages', () => {
  it('have one system message, at the start', async () => {
    const messages = await messagesOf(
      { role: 'developer', content: 'Be brief.' },
      user('Hello?'),
      { role: 'assistant', content: 'Hi.' },
      { role: 'system', content: [text('Speak '), text('Danish.')] },
      user('And now?'),
    );
    expect(messages).toEqual([
      { role: 'system', content: 'Be brief.\n\nSpeak Danish.' },
      user('Hello?'),
      { role: 'assistant', content: 'Hi.' },
      user('And now?'),
    ]);
  });

  it('have text and images in parts', async () => {
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } };
    const messages = await messagesOf(user([text('What is this?'), text(''), image]));
    expect(messages).toEqual([user([text('What is this?'), image])]);
  });

  it('have tool calls with what was said before as their plan, and each result', async () => {
    const call = (id: string, name: string, words: string) => ({
      id,
      type: 'function',
      function: { name, arguments: words },
    });
    const messages = await messagesOf(
      user('Weather?'),
      {
        role: 'assistant',
        content: 'Let me see.',
        reasoning_content: 'I need two tools.',
        tool_calls: [call('a', 'get_weather', '{"city":"Malmö"}'), call('b', 'get_time', '')],
      },
      { role: 'tool', tool_call_id: 'a', content: 'rain' },
      { role: 'tool', tool_call_id: 'b', content: [text('12:00')] },
    );
    expect(messages).toEqual([
      user('Weather?'),
      {
        role: 'assistant',
        tool_plan: 'I need two tools.\n\nLet me see.',
        tool_calls: [call('a', 'get_weather', '{"city":"Malmö"}'), call('b', 'get_time', '{}')],
      },
      { role: 'tool', tool_call_id: 'a', content: 'rain' },
      { role: 'tool', tool_call_id: 'b', content: [text('12:00')] },
    ]);
  });

  it('have no answer without a word, and a refusal as words', async () => {
    const messages = await messagesOf(
      user('A?'),
      { role: 'assistant', content: '' },
      { role: 'assistant', content: null, refusal: 'No.' },
      { role: 'assistant', content: [{ type: 'refusal', refusal: 'Never.' }] },
      user('B?'),
    );
    expect(messages).toEqual([
      user('A?'),
      { role: 'assistant', content: 'No.' },
      { role: 'assistant', content: [text('Never.')] },
      user('B?'),
    ]);
  });
});

describe('tools', () => {
  const tools = [tool('get_weather', { description: 'Weather.', parameters }), tool('get_time')];
  const offered = [
    tool('get_weather', { description: 'Weather.', parameters }),
    tool('get_time', { parameters: empty }),
  ];

  it.each([
    ['auto', undefined, offered],
    ['required', 'REQUIRED', offered],
    ['none', 'NONE', offered],
    [tool('get_time'), 'REQUIRED', [offered[1]]],
    [
      { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [tool('get_weather')] } },
      undefined,
      [offered[0]],
    ],
    [
      { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [tool('get_weather')] } },
      'REQUIRED',
      [offered[0]],
    ],
  ])('with the choice %j are offered accordingly', async (tool_choice, choice, expected) => {
    const { body, dropped } = await sent({ tools, tool_choice });
    expect(body.tools).toEqual(expected);
    expect(body.tool_choice).toBe(choice);
    expect(dropped).toEqual([]);
  });

  it('are strict when all are, as Cohere has it for all or none', async () => {
    const strict = tool('get_weather', { parameters, strict: true });
    expect(await bodyOf({ tools: [strict] })).toMatchObject({
      strict_tools: true,
      tools: [tool('get_weather', { parameters })],
    });
    const { body, dropped } = await sent({ tools: [strict, tool('get_time')] });
    expect(body).not.toHaveProperty('strict_tools');
    expect(dropped).toEqual(['tools (strict)']);
  });

  it('of OpenAI’s custom kind are left out, and named', async () => {
    const { body, dropped } = await sent({
      tools: [...tools, { type: 'custom', custom: { name: 'shell' } }],
    });
    expect(body.tools).toEqual(offered);
    expect(dropped).toEqual(['tools (custom)']);
  });

  it('cannot be none where one is to be called', async () => {
    expect((await refused({ tools, tool_choice: tool('get_money') })).unsupported).toBe('tools');
  });
});

describe('JSON', () => {
  const schema = { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] };
  const asked = { type: 'json_schema', json_schema: { name: 'answer', schema } };
  const instruction = (messages: unknown) => (messages as { role: string; content: string }[])[0]!;

  it('is asked for by Cohere’s own means, and in words too', async () => {
    const { response_format, messages } = await bodyOf({ response_format: { type: 'json_object' } });
    expect(response_format).toEqual({ type: 'json_object' });
    expect(instruction(messages)).toMatchObject({ role: 'system', content: expect.stringMatching(/JSON/) });
  });

  it('of a schema has it in Cohere’s place', async () => {
    const { response_format, messages } = await bodyOf({ response_format: asked });
    expect(response_format).toEqual({ type: 'json_object', json_schema: schema });
    expect(instruction(messages).content).toContain(JSON.stringify(schema));
  });

  it('beside tools is asked for in words alone', async () => {
    const body = await bodyOf({ response_format: asked, tools: [tool('f')] });
    expect(body).not.toHaveProperty('response_format');
    expect(instruction(body.messages).content).toContain(JSON.stringify(schema));
  });

  it('is not asked for with plain text', async () => {
    const body = await bodyOf({ response_format: { type: 'text' } });
    expect(Object.keys(body).sort()).toEqual(['messages', 'model', 'stream']);
  });
});

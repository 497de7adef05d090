/** OpenAI's Responses API as a wire: a chat as its body, its replies as completions and chunks. */
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { HOUR } from '../../src/core/durations.ts';
import { azure } from '../../src/providers/azure.ts';
import { features } from '../../src/providers/feature-table.ts';
import { openai } from '../../src/providers/openai.ts';
import { chatEndpoint } from '../../src/providers/openai-chat-endpoint.ts';
import { openAiBody } from '../../src/providers/openai-dialect.ts';
import { withResponsesWire } from '../../src/providers/openai-responses/responses-wire.ts';
import type { Target } from '../../src/providers/provider.ts';
import { type RawReply, replyWith, startRawUpstream } from '../helpers/raw-upstream.ts';
import {
  beginning,
  callItem,
  ending,
  eventStream,
  eventsOfItem,
  messageItem,
  reasoningItem,
  responseOf,
  responseStream,
} from '../helpers/responses-chain.ts';
import { failureOf, made, never, question, read, targetAt, toolCalls, whole } from './support.ts';

const READ = {
  type: 'function',
  function: { name: 'read_file', parameters: { type: 'object', properties: {} } },
};
const REPLY = responseOf([messageItem('ok')]);

async function start(replies: readonly RawReply[], over: Partial<Target> = {}, make = openai) {
  const upstream = await startRawUpstream(...replies);
  const provider = made(make);
  const target = targetAt(`${upstream.url}/v1`, 'openai', { model: 'gpt-5.6-sol', ...over });
  const send = (over: object = {}, call = {}) =>
    provider.send(question({ tools: [READ], ...over }), target, { signal: never(), ...call });
  return { upstream, send, provider, target };
}

describe('which wire', () => {
  it.each([
    ['gpt-5.6-sol', {}, '/v1/responses'],
    ['gpt-5.4-mini', {}, '/v1/responses'],
    ['gpt-6-luna', {}, '/v1/responses'],
    ['gpt-5.6-sol', { tools: undefined }, '/v1/chat/completions'],
    ['gpt-5.6-sol', { n: 2 }, '/v1/chat/completions'],
    ['gpt-5.6-sol', { max_tokens: 5 }, '/v1/chat/completions'],
    ['gpt-5.2', {}, '/v1/chat/completions'],
    ['gpt-4o', {}, '/v1/chat/completions'],
  ])('%s with %j: %s', async (model, over, path) => {
    const { upstream, send } = await start([REPLY], { model });
    await send(over).catch(() => {});
    expect(upstream.requests[0]!.path).toBe(path);
  });

  it.each([
    ['responses', 'gpt-4o', { tools: undefined }],
    ['chat', 'gpt-5.6-sol', {}],
  ] as const)('the configuration says: %s', async (wire, model, over) => {
    const { upstream, send } = await start([REPLY], { model, wire });
    await send(over).catch(() => {});
    expect(upstream.requests[0]!.path).toBe(wire === 'chat' ? '/v1/chat/completions' : '/v1/responses');
  });

  it('what only the other wire has is refused where this one is chosen', async () => {
    const { send, upstream } = await start([REPLY], { wire: 'responses' });
    for (const over of [{ n: 2 }, { logprobs: true }, { max_tokens: 5 }])
      expect((await failureOf(send(over))).facts.unsupported).toBeDefined();
    expect(upstream.requests).toHaveLength(0);
  });

  it('Azure has it at the same place', async () => {
    const upstream = await startRawUpstream(REPLY);
    const target = targetAt(`${upstream.url}/openai/v1`, 'azure', { model: 'gpt-5.6-terra' });
    await made(azure).send(question({ tools: [READ] }), target, { signal: never() });
    const [{ path, headers }] = upstream.requests as [(typeof upstream.requests)[0]];
    expect(path).toBe('/openai/v1/responses');
    expect(headers['api-key']).toBe(target.apiKey);
  });
});

describe('a server without the route', () => {
  const CHAT = {
    body: JSON.stringify({
      id: 'c',
      object: 'chat.completion',
      created: 1,
      model: 'm',
      choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
    }),
  };

  it.each([
    [
      404,
      '{"error":{"message":"Invalid URL (POST /v1/responses)","type":"invalid_request_error","param":null,"code":null}}',
    ],
    [404, '{"detail":"Not Found"}'],
    [404, '<html><body>404</body></html>'],
    [405, '{"detail":"Method Not Allowed"}'],
    [501, ''],
  ])('%i %s: chat completions, at once and from then on', async (status, body) => {
    const { upstream, send, provider, target } = await start([{ status, body }, CHAT]);
    for (const _ of [1, 2]) {
      const reply = whole(await send({ reasoning_effort: 'high' }));
      expect(reply.completion.choices[0]!.message.content).toBe('ok');
      expect(reply.dropped).toEqual(['reasoning_effort', 'wire (responses)']);
    }
    const paths = upstream.requests.map(({ path }) => path.replace('/v1/', ''));
    expect(paths).toEqual(['responses', 'chat/completions', 'chat/completions']);
    const call = { signal: never() };
    expect(provider.fit(question({ tools: [READ] }), target, call).dropped).toContain('wire (responses)');
  });

  it('is asked for it again an hour later', async () => {
    const upstream = await startRawUpstream({ status: 404, body: '{}' }, CHAT, CHAT, REPLY);
    const target = targetAt(`${upstream.url}/v1`, 'openai', { model: 'gpt-5.6-sol' });
    let now = 0;
    const provider = made((transport) => {
      const client = async () => new OpenAI({ apiKey: 'k', baseURL: target.baseUrl });
      const chat = chatEndpoint(transport, { toBody: openAiBody, client });
      const wire = withResponsesWire(transport, client, chat, () => now);
      return { name: 'openai', features: features(), ...wire };
    });
    for (const at of [0, HOUR - 1, HOUR]) {
      now = at;
      whole(await provider.send(question({ tools: [READ] }), target, { signal: never() }));
    }
    const paths = upstream.requests.map(({ path }) => path.replace('/v1/', ''));
    expect(paths).toEqual(['responses', 'chat/completions', 'chat/completions', 'responses']);
  });

  it.each([
    [404, { message: 'The model `gpt-5.6-sol` does not exist', code: 'model_not_found', param: 'model' }],
    [404, { message: "Item with id 'rs_1' not found.", code: null, param: 'input' }],
    [400, { message: 'Invalid value', code: 'invalid_value' }],
  ])('%i %j is about something else', async (status, error) => {
    const { upstream, send } = await start([{ status, body: JSON.stringify({ error }) }]);
    await failureOf(send());
    expect(upstream.requests.map(({ path }) => path)).toEqual(['/v1/responses']);
  });

  it('a server that has neither is looked at anew', async () => {
    const { upstream, send } = await start([{ status: 404, body: '{}' }, { status: 404, body: '{}' }, REPLY]);
    await failureOf(send());
    await send();
    expect(upstream.requests.at(-1)!.path).toBe('/v1/responses');
  });
});

describe('a chat as a body', () => {
  it('has its messages as items, tools flat, and nothing stored', async () => {
    const { upstream, send } = await start([REPLY]);
    const reply = await send({
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'what is this?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==', detail: 'low' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' } },
          ],
        },
        {
          role: 'assistant',
          content: 'Let me look.',
          tool_calls: [
            { id: 'call_1', type: 'function', function: { name: 'read_file', arguments: '{"path":"a"}' } },
            { id: 'call_2', type: 'custom', custom: { name: 'exec', input: 'ls' } },
          ],
        },
        { role: 'tool', tool_call_id: 'call_1', content: 'let a' },
        { role: 'tool', tool_call_id: 'call_2', content: [{ type: 'text', text: 'a.ts' }] },
      ],
      tools: [
        READ,
        {
          type: 'custom',
          custom: { name: 'exec', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'x' } } },
        },
      ],
      tool_choice: { type: 'function', function: { name: 'read_file' } },
      parallel_tool_calls: false,
      max_tokens: 500,
      reasoning_effort: 'high',
      verbosity: 'low',
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'a', schema: { type: 'object' }, strict: true },
      },
      temperature: 0.2,
      seed: 1,
      metadata: { a: 'b' },
      stream: false,
    });
    expect(upstream.requests[0]!.body).toEqual({
      model: 'gpt-5.6-sol',
      input: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'what is this?' },
            { type: 'input_image', image_url: 'data:image/png;base64,AA==', detail: 'low' },
            { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' },
          ],
        },
        { role: 'assistant', content: 'Let me look.' },
        { type: 'function_call', call_id: 'call_1', name: 'read_file', arguments: '{"path":"a"}' },
        { type: 'custom_tool_call', call_id: 'call_2', name: 'exec', input: 'ls' },
        { type: 'function_call_output', call_id: 'call_1', output: 'let a' },
        {
          type: 'custom_tool_call_output',
          call_id: 'call_2',
          output: [{ type: 'input_text', text: 'a.ts' }],
        },
      ],
      tools: [
        { type: 'function', ...READ.function, strict: false },
        { type: 'custom', name: 'exec', format: { type: 'grammar', syntax: 'lark', definition: 'x' } },
      ],
      tool_choice: { type: 'function', name: 'read_file' },
      parallel_tool_calls: false,
      max_output_tokens: 500,
      reasoning: { effort: 'high' },
      include: ['reasoning.encrypted_content'],
      text: {
        verbosity: 'low',
        format: { type: 'json_schema', name: 'a', schema: { type: 'object' }, strict: true },
      },
      metadata: { a: 'b' },
      store: false,
      stream: false,
    });
    expect(reply.dropped).toEqual(['seed', 'temperature']);
  });

  it('shows the model what it has thought, and nobody else’s thoughts', async () => {
    const { upstream, send } = await start([
      responseOf([reasoningItem('gAAAA', 'Hm.'), callItem('{}')]),
      REPLY,
    ]);
    const { message } = whole(await send()).completion.choices[0]!;
    expect(message).toMatchObject({ reasoning_content: 'Hm.' });
    const foreign = {
      role: 'assistant',
      content: 'x',
      reasoning_details: [{ type: 'reasoning.text', text: 'y', signature: 's' }],
    };
    const result = { role: 'tool', tool_call_id: 'call_1', content: 'let a' };
    const reply = await send({ messages: [...question().messages, message, result, foreign] });
    expect(upstream.requests[1]!.body.input).toMatchObject([
      { role: 'user' },
      { type: 'reasoning', id: 'rs_1', encrypted_content: 'gAAAA' },
      { type: 'function_call' },
      { type: 'function_call_output' },
      { role: 'assistant', content: 'x' },
    ]);
    expect(reply.dropped).toEqual(['messages.reasoning_content', 'messages.reasoning_details']);
  });

  it('of another model of the chain they are left out and named', async () => {
    const { upstream, send } = await start([REPLY]);
    const details = [
      { type: 'reasoning.encrypted', data: 'gAAAA', id: 'rs_1', format: 'openai-responses-v1' },
    ];
    const answer = { role: 'assistant', content: 'x', reasoning_details: details };
    const reply = await send({ messages: [...question().messages, answer] }, { isOtherModel: true });
    expect(reply.dropped).toEqual(['messages.reasoning_details']);
    expect(upstream.requests[0]!.text).not.toContain('gAAAA');
  });
});

describe('replies', () => {
  const ITEMS = [reasoningItem('gAAAA', 'Hm.'), messageItem('Let me look.'), callItem('{"path":"a"}')];
  const COUNTS = {
    prompt_tokens: 30,
    completion_tokens: 12,
    total_tokens: 42,
    prompt_tokens_details: { cached_tokens: 10 },
    completion_tokens_details: { reasoning_tokens: 5 },
  };

  it('a whole one is a completion', async () => {
    const { send } = await start([responseOf(ITEMS)]);
    const { completion } = whole(await send());
    expect(completion).toMatchObject({ id: 'resp_1', model: 'gpt-5.6-sol', usage: COUNTS });
    expect(completion.choices).toMatchObject([
      {
        finish_reason: 'tool_calls',
        message: {
          content: 'Let me look.',
          reasoning_content: 'Hm.',
          reasoning_details: [
            { type: 'reasoning.encrypted', data: 'gAAAA', id: 'rs_1', format: 'openai-responses-v1' },
          ],
          tool_calls: [{ id: 'call_1', function: { name: 'read_file', arguments: '{"path":"a"}' } }],
        },
      },
    ]);
  });

  it.each([undefined, 1, 7])('a stream is its chunks (in pieces of %s bytes)', async (pieces) => {
    const { send } = await start([{ ...responseStream(ITEMS), ...(pieces && { pieces }) }]);
    const { chunks, text, finish } = await read(await send({ stream: true }));
    expect(text).toBe('Let me look.');
    expect(finish).toBe('tool_calls');
    expect(toolCalls(chunks)).toEqual([{ id: 'call_1', name: 'read_file', text: '{"path":"a"}' }]);
    expect(chunks.findLast(({ usage }) => usage)!.usage).toMatchObject(COUNTS);
    const deltas = chunks.flatMap(({ choices }) =>
      choices.map(({ delta }) => delta as Record<string, unknown>),
    );
    expect(deltas.map((delta) => delta.reasoning_content ?? '').join('')).toBe('Hm.');
    expect(deltas.flatMap((delta) => delta.reasoning_details ?? [])).toMatchObject([{ data: 'gAAAA' }]);
  });

  it('a refusal is one', async () => {
    const refused = { ...messageItem(''), content: [{ type: 'refusal', refusal: 'No.' }] };
    const { send } = await start([responseOf([refused])]);
    expect(whole(await send()).completion.choices[0]!.message.refusal).toBe('No.');
  });

  it.each([
    ['max_output_tokens', 'length'],
    ['content_filter', 'content_filter'],
  ])('incomplete for %s ends with %s', async (reason, finish) => {
    const rest = { status: 'incomplete', incomplete_details: { reason } };
    const { send } = await start([
      responseOf(ITEMS.slice(1, 2), rest),
      responseStream(ITEMS.slice(1, 2), rest),
    ]);
    expect(whole(await send()).completion.choices[0]!.finish_reason).toBe(finish);
    expect((await read(await send({ stream: true }))).finish).toBe(finish);
  });

  it.each([
    ['no output', { body: '{"object":"response","status":"completed"}' }],
    ['a response that goes on', responseOf([], { status: 'in_progress' })],
    ['a call without a name', responseOf([{ ...callItem('{}'), name: '' }])],
    ['a list', { body: '[]' }],
  ])('%s is malformed', async (_what, reply) => {
    const { send } = await start([reply]);
    expect((await failureOf(send())).facts.malformed).toBe(true);
  });

  it('a response that has failed says why', async () => {
    const error = { code: 'rate_limit_exceeded', message: 'Please try again in 2s.' };
    const { send } = await start([responseOf([], { status: 'failed', error })]);
    expect((await failureOf(send())).facts).toMatchObject({ code: 'rate_limit_exceeded' });
  });

  it.each([
    ['without its end', eventStream([...beginning(), ...eventsOfItem(messageItem('Once'), 0)]), undefined],
    [
      'with an error',
      eventStream([...beginning(), { type: 'error', code: 'server_error', message: 'Oops' }]),
      'server_error',
    ],
    [
      'with a delta that is no text',
      eventStream([...beginning(), { type: 'response.output_text.delta', delta: 1 }]),
      undefined,
    ],
    [
      'with arguments of no call',
      eventStream([{ type: 'response.function_call_arguments.delta', delta: '{}' }]),
      undefined,
    ],
  ])('a stream %s is none', async (_how, reply, code) => {
    const { send } = await start([reply]);
    const { failure, finish } = await read(await send({ stream: true }));
    expect(finish).toBeUndefined();
    expect(failure?.facts.code).toBe(code);
  });

  it.each([
    ['with nothing but whole items', (type: string) => /item\.done|completed/.test(type), {}],
    ['that does not say where items begin', (type: string) => !/added/.test(type), {}],
    ['whose end does not repeat it', () => true, { output: undefined }],
    ['with nothing but its end', (type: string) => type === 'response.completed', {}],
  ])('a stream %s is whole', async (_how, isThere, end) => {
    const items = ITEMS.slice(0, 2);
    const events = [...beginning(), ...items.flatMap(eventsOfItem), ending(items, end)];
    const { send } = await start([eventStream(events.filter(({ type }) => isThere(type)))]);
    const { text, finish, chunks } = await read(await send({ stream: true }));
    expect([text, finish]).toEqual(['Let me look.', 'stop']);
    const deltas = chunks.flatMap(({ choices }) =>
      choices.map(({ delta }) => delta as { reasoning_content?: string }),
    );
    expect(deltas.map(({ reasoning_content: thought = '' }) => thought).join('')).toBe('Hm.');
  });

  it('what Codex takes is understood', async () => {
    const { send } = await start([replyWith('openai-responses/custom-tool.sse')]);
    const { chunks, finish } = await read(await send({ stream: true }));
    expect(finish).toBe('tool_calls');
    const [call] = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
    expect(call).toMatchObject({ type: 'custom', custom: { name: 'exec' } });
  });
});

/** The official SDKs as independent readers of the healthy wire. */
import { describe, expect, test } from 'vitest';
import { canonicalAnswer } from '../../src/simulator/answer.ts';
import { askWithSdk, collect, modelProviders, streamWithSdk, useSimulator } from './support.ts';

const setup = useSimulator();
const expected = canonicalAnswer('hello world in python');
const parameters = {
  type: 'object',
  properties: { city: { type: 'string' }, unit: { enum: ['celsius', 'kelvin'] }, days: { type: 'integer' } },
  required: ['city', 'unit', 'days'],
};
const weatherTool = { type: 'function' as const, function: { name: 'get_weather', parameters } };
const timeTool = {
  type: 'function' as const,
  function: { name: 'get_time', parameters: { type: 'object' } },
};
const weatherQuestion = 'Use get_weather for 3 days in Paris, in kelvin';
const weatherArguments = { city: 'Paris', unit: 'kelvin', days: 3 };

describe.each(modelProviders)('%s', (provider) => {
  test('answers whole and streamed, the same text', async () => {
    const finish = provider === 'anthropic' ? 'end_turn' : 'stop';
    expect(await askWithSdk(setup, provider)).toEqual({ text: expected, finish });
    expect(await streamWithSdk(setup, provider)).toEqual({ text: expected, finish });
  });

  test('gives the scripted answer', async () => {
    setup.simulator.answer('all', 'Ça va — 👍🏽.');
    expect((await askWithSdk(setup, provider)).text).toBe('Ça va — 👍🏽.');
    expect((await streamWithSdk(setup, provider)).text).toBe('Ça va — 👍🏽.');
  });
});

describe('OpenAI', () => {
  const messages = [{ role: 'user' as const, content: 'hello world in python' }];

  test('usage, choices, log probabilities', async () => {
    const reply = await setup.openai.chat.completions.create({
      model: 'gpt-4',
      messages,
      n: 2,
      logprobs: true,
      top_logprobs: 1,
      max_tokens: 4,
    });
    expect(reply.model).toBe('gpt-4');
    expect(reply.id).toMatch(/^chatcmpl-\w{29}$/);
    expect(reply.choices.map((choice) => choice.finish_reason)).toEqual(['length', 'length']);
    expect(reply.usage).toMatchObject({ completion_tokens: 8, prompt_tokens_details: { cached_tokens: 0 } });
    const logprobs = reply.choices[0]!.logprobs!.content!;
    expect(logprobs.map((entry) => entry.token).join('')).toBe(reply.choices[0]!.message.content);
    expect(logprobs[0]!.top_logprobs).toHaveLength(1);
  });

  test('usage in a stream only when asked for, in a last chunk without choices', async () => {
    const chunks = async (include_usage: boolean) => {
      const stream = await setup.openai.chat.completions.create({
        model: 'gpt-4',
        messages,
        stream: true,
        stream_options: { include_usage },
      });
      return collect(stream);
    };
    const last = (await chunks(true)).at(-1)!;
    expect(last.choices).toEqual([]);
    expect(last.usage!.completion_tokens).toBeGreaterThan(50);
    expect((await chunks(false)).every((chunk) => !chunk.usage)).toBe(true);
  });

  test('tool calls, in parallel, streamed in pieces and read by the SDK', async () => {
    const stream = setup.openai.chat.completions.stream({
      model: 'gpt-4',
      messages: [{ role: 'user', content: `${weatherQuestion}, and get_time` }],
      tools: [weatherTool, timeTool],
    });
    const choice = (await stream.finalChatCompletion()).choices[0]!;
    expect(choice.finish_reason).toBe('tool_calls');
    const calls = choice.message.tool_calls!.filter((call) => call.type === 'function');
    expect(calls.map((call) => call.function.name)).toEqual(['get_weather', 'get_time']);
    expect(JSON.parse(calls[0]!.function.arguments)).toEqual(weatherArguments);
    expect(calls[0]!.id).toMatch(/^call_\w{24}$/);
  });

  test('a tool result is quoted; tool_choice is obeyed', async () => {
    const ask = (request: object) =>
      setup.openai.chat.completions.create({ model: 'gpt-4', messages, tools: [weatherTool], ...request });
    const result = await ask({
      messages: [
        ...messages,
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c', type: 'function', function: weatherTool }],
        },
        { role: 'tool', tool_call_id: 'c', content: '21 degrees' },
      ],
    });
    expect(result.choices[0]!.message.content).toContain('21 degrees');
    const forced = await ask({ tool_choice: { type: 'function', function: { name: 'get_weather' } } });
    expect(forced.choices[0]!.message.tool_calls).toHaveLength(1);
    const forbidden = await ask({
      tool_choice: 'none',
      messages: [{ role: 'user', content: weatherQuestion }],
    });
    expect(forbidden.choices[0]!.message.tool_calls).toBeUndefined();
  });

  test('legacy functions', async () => {
    const request = {
      model: 'gpt-4',
      messages: [{ role: 'user' as const, content: weatherQuestion }],
      functions: [weatherTool.function],
    };
    const whole = (await setup.openai.chat.completions.create(request)).choices[0]!;
    expect(whole.finish_reason).toBe('function_call');
    expect(JSON.parse(whole.message.function_call!.arguments)).toEqual(weatherArguments);
    const stream = await setup.openai.chat.completions.create({ ...request, stream: true });
    const chunks = await collect(stream);
    const text = chunks.map((chunk) => chunk.choices[0]!.delta.function_call?.arguments ?? '').join('');
    expect(JSON.parse(text)).toEqual(weatherArguments);
  });

  test('JSON answers', async () => {
    const text = async (response_format: object) =>
      (await setup.openai.chat.completions.create({ model: 'gpt-4', messages, response_format } as never))
        .choices[0]!.message.content!;
    expect(JSON.parse(await text({ type: 'json_object' }))).toMatchObject({ language: 'Python' });
    const schema = { name: 'weather', schema: parameters };
    expect(Object.keys(JSON.parse(await text({ type: 'json_schema', json_schema: schema })))).toEqual([
      'city',
      'unit',
      'days',
    ]);
  });

  test('a trailing assistant message is answered from the beginning', async () => {
    const reply = await setup.openai.chat.completions.create({
      model: 'gpt-4',
      messages: [...messages, { role: 'assistant', content: expected.slice(0, 40) }],
    });
    expect(reply.choices[0]!.message.content).toBe(expected);
  });

  test('what it refuses', async () => {
    const create = (request: object) =>
      setup.openai.chat.completions.create({ model: 'gpt-4', messages, ...request } as never);
    await expect(create({ top_k: 1 })).rejects.toMatchObject({ status: 400, code: 'unknown_parameter' });
    await expect(create({ messages: [] })).rejects.toMatchObject({ status: 400, param: 'messages' });
    await expect(create({ model: 'gpt-5.6-sol', max_tokens: 5 })).rejects.toMatchObject({
      status: 400,
      code: 'unsupported_parameter',
    });
    await expect(create({ model: 'gpt-5.6-sol', temperature: 0.2 })).rejects.toMatchObject({
      code: 'unsupported_value',
    });
    await expect(setup.openai.get('/nothing')).rejects.toMatchObject({ status: 404 });
  });
});

describe('Together', () => {
  const messages = [{ role: 'user' as const, content: 'hello world in python' }];

  test('finish reason eos, integer logprobs, ids', async () => {
    setup.simulator.script('together', 'eos');
    const reply = await setup.together.chat.completions.create({ model: 'm', messages, logprobs: 1 });
    expect(reply.id).toMatch(/^o\w{6}-\w{6}-[0-9a-f]{16}$/);
    expect(reply.choices[0]!.finish_reason).toBe('eos');
    expect(reply.choices[0]!.logprobs!.tokens!.join('')).toBe(expected);
    expect(reply.usage!.total_tokens).toBe(reply.usage!.prompt_tokens + reply.usage!.completion_tokens);
  });

  test('continues a trailing assistant message', async () => {
    const reply = await setup.together.chat.completions.create({
      model: 'm',
      messages: [...messages, { role: 'assistant', content: expected.slice(0, 41) }],
    });
    expect(reply.choices[0]!.message!.content).toBe(expected.slice(41));
  });

  test('tools in a stream', async () => {
    const stream = setup.together.chat.completions.stream({
      model: 'm',
      messages: [{ role: 'user', content: weatherQuestion }],
      tools: [weatherTool],
    });
    const message = await stream.finalMessage();
    const call = message.tool_calls![0]!;
    expect(JSON.parse(call.function.arguments)).toEqual(weatherArguments);
  });
});

describe('Anthropic', () => {
  const messages = [{ role: 'user' as const, content: 'hello world in python' }];
  const tools = [{ name: 'get_weather', input_schema: parameters as { type: 'object' } }];
  const create = (request: object) =>
    setup.anthropic.messages.create({
      model: 'claude-2',
      max_tokens: 1000,
      messages,
      ...request,
    } as never) as Promise<{
      content: { type: string; text?: string; input?: unknown }[];
      stop_reason: string;
      stop_sequence: string | null;
    }>;

  test('a stream the SDK assembles into the whole message', async () => {
    const stream = setup.anthropic.messages.stream({
      model: 'claude-2',
      max_tokens: 1000,
      messages: [{ role: 'user', content: weatherQuestion }],
      tools,
    });
    const message = await stream.finalMessage();
    expect(message.id).toMatch(/^msg_01\w{22}$/);
    expect(message.stop_reason).toBe('tool_use');
    expect(message.content.map((block) => block.type)).toEqual(['text', 'tool_use']);
    expect(message.content[1]).toMatchObject({ name: 'get_weather', input: weatherArguments });
    expect(message.usage.input_tokens).toBeGreaterThan(0);
    expect(message.usage.output_tokens).toBeGreaterThan(1);
  });

  test('tool results, stop sequences, prefill', async () => {
    const result = await create({
      messages: [
        ...messages,
        { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'get_weather', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: '21 degrees' }] },
      ],
      tools,
    });
    expect(result.content[0]!.text).toContain('21 degrees');
    expect(await create({ stop_sequences: ['```'] })).toMatchObject({
      stop_reason: 'stop_sequence',
      stop_sequence: '```',
    });
    const prefill = { role: 'assistant', content: expected.slice(0, 30).trimEnd() };
    const continued = await create({ messages: [...messages, prefill] });
    expect(prefill.content + continued.content[0]!.text).toBe(expected);
  });

  test('cached tokens are outside input_tokens', async () => {
    const { usage } = await setup.anthropic.messages.create({ model: 'm', max_tokens: 9, messages });
    setup.simulator.script('anthropic', 'cached:3');
    const cached = await setup.anthropic.messages.create({ model: 'm', max_tokens: 9, messages });
    expect(cached.usage).toMatchObject({ input_tokens: usage.input_tokens - 3, cache_read_input_tokens: 3 });
  });

  test.each([
    [{ temperature: 1 }, /temperature/],
    [{ max_tokens: undefined }, /max_tokens: Field required/],
    [{ stop: ['x'] }, /Extra inputs/],
    [{ messages: [{ role: 'assistant', content: 'x' }] }, /first message/],
    [{ messages: [...messages, { role: 'assistant', content: 'x ' }] }, /trailing whitespace/],
    [{ model: 'claude-sonnet-5-5', messages: [...messages, { role: 'assistant', content: 'x' }] }, /prefill/],
  ])('refuses %o', async (request, message) => {
    // The SDK wants a timeout of its own when max_tokens is missing.
    await expect(create({ ...request, stream: true })).rejects.toThrow(message);
  });

  test('the older version of the API takes sampling parameters', async () => {
    const older = setup.anthropic.withOptions({ defaultHeaders: { 'anthropic-version': '2023-06-01' } });
    await expect(
      older.messages.create({ model: 'm', max_tokens: 9, messages, temperature: 0.5 } as never),
    ).resolves.toBeDefined();
  });
});

describe('lists, PromptLayer, paths', () => {
  test('models', async () => {
    expect((await setup.openai.models.list()).data.map((model) => model.id)).toContain('gpt-4');
    expect((await setup.together.models.list())[0]!.type).toBe('chat');
    expect((await setup.anthropic.models.list()).data[0]!.id).toBe('claude-2');
  });

  test('PromptLayer takes a log and answers 201', async () => {
    const send = (headers: { [name: string]: string }, body: object) =>
      fetch(`${setup.simulator.baseUrls.promptlayer}/log-request`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
    const log = {
      provider: 'openai',
      model: 'gpt-4',
      input: {},
      output: {},
      request_start_time: 1,
      request_end_time: 2,
    };
    const reply = await send({ 'x-api-key': 'k' }, log);
    expect(reply.status).toBe(201);
    expect(await reply.json()).toMatchObject({ prompt_version: null });
    expect((await send({}, log)).status).toBe(401);
    expect((await send({ 'x-api-key': 'k' }, {})).status).toBe(400);
    setup.simulator.script('promptlayer', '500');
    expect((await send({ 'x-api-key': 'k' }, log)).status).toBe(500);
    expect(setup.simulator.callsTo('promptlayer')).toHaveLength(4);
    expect(setup.simulator.calls[0]!.body).toEqual(log);
  });

  test('a key is needed', async () => {
    const { baseUrls } = setup.simulator;
    for (const url of [
      `${baseUrls.openai}/models`,
      `${baseUrls.together}/models`,
      `${baseUrls.anthropic}/v1/models`,
    ]) {
      expect((await fetch(url)).status).toBe(401);
    }
  });
});

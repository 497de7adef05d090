/** The doors for coding agents, as their own SDKs use them, over models of other makers. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { startGateway } from '../helpers/gateway.ts';

const QUESTION = 'write me a function to print hello world';
const WEATHER = { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] };

async function anthropicClient(environment = {}) {
  const gateway = await startGateway(environment);
  const client = new Anthropic({ baseURL: gateway.url, apiKey: 'any', maxRetries: 0 });
  return { ...gateway, client };
}

async function openaiClient(environment = {}) {
  const gateway = await startGateway(environment);
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'any', maxRetries: 0 });
  return { ...gateway, client };
}

describe('@anthropic-ai/sdk over GPT-4', () => {
  const ask = {
    model: 'gpt-4',
    max_tokens: 500,
    messages: [{ role: 'user' as const, content: QUESTION }],
  };

  it('a whole message', async () => {
    const { client, simulator } = await anthropicClient();
    const message = await client.messages.create({ ...ask, system: 'Be brief.' });
    expect(message).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'end_turn' });
    expect(message.content[0]).toMatchObject({ type: 'text', text: expect.stringContaining('Hello') });
    expect(message.usage.input_tokens).toBeGreaterThan(0);
    expect(simulator.calls[0]!.provider).toBe('openai');
    // An agent brings a system prompt of its own: the guardrail is not at this door.
    expect(simulator.calls[0]!.body).toMatchObject({ messages: [{ role: 'system' }, { role: 'user' }] });
  });

  it('a stream, put together by the SDK itself', async () => {
    const { client } = await anthropicClient();
    const whole = await client.messages.create(ask);
    const streamed = await client.messages.stream({ ...ask, system: 'Be brief.' }).finalMessage();
    expect(streamed.content).toMatchObject([
      { type: 'text', text: (whole.content[0] as { text: string }).text },
    ]);
    expect(streamed.stop_reason).toBe('end_turn');
    expect(streamed.usage.output_tokens).toBeGreaterThan(0);
  });

  it('a tool call, and its result', async () => {
    const { client, simulator } = await anthropicClient();
    const tools = [{ name: 'get_weather', input_schema: WEATHER }];
    const question = { role: 'user' as const, content: 'Use get_weather for the weather in Paris' };
    const called = await client.messages.create({ ...ask, messages: [question], tools });
    const call = called.content.find((block) => block.type === 'tool_use')!;
    expect(call).toMatchObject({ name: 'get_weather', input: { city: 'Paris' } });
    const result = { type: 'tool_result' as const, tool_use_id: call.id, content: 'Rain.' };
    const answered = await client.messages.create({
      ...ask,
      messages: [
        question,
        { role: 'assistant', content: called.content },
        { role: 'user', content: [result] },
      ],
      tools,
    });
    expect(answered.stop_reason).toBe('end_turn');
    expect(simulator.calls[1]!.body).toMatchObject({
      messages: [
        { role: 'user' },
        { role: 'assistant', tool_calls: [{ id: call.id }] },
        { role: 'tool', tool_call_id: call.id, content: 'Rain.' },
      ],
    });
  });

  it('errors are those of Anthropic, and cost nothing', async () => {
    const { client, simulator } = await anthropicClient();
    const refused = client.messages.create({ ...ask, max_tokens: 0 });
    await expect(refused).rejects.toBeInstanceOf(Anthropic.BadRequestError);
    await expect(client.messages.create({ ...ask, model: 'no-such' })).rejects.toBeInstanceOf(
      Anthropic.NotFoundError,
    );
    expect(simulator.calls).toHaveLength(0);
  });

  it('what an agent puts beside the words of its user is not what demo mode answers', async () => {
    const { client } = await anthropicClient();
    const reminder = '<system-reminder>Use skills written in Ruby.</system-reminder>';
    const content = [reminder, 'write hello world in Go'].map((text) => ({ type: 'text' as const, text }));
    const { content: answer } = await client.messages.create({
      ...ask,
      messages: [{ role: 'user', content }],
    });
    expect((answer[0] as { text: string }).text).toContain('package main');
  });

  it('tokens are counted without asking anybody', async () => {
    const { client, simulator } = await anthropicClient();
    const { input_tokens: short } = await client.messages.countTokens({
      model: 'gpt-4',
      messages: ask.messages,
    });
    expect(short).toBeGreaterThan(5);
    // Until the tokeniser has been loaded, which takes its time on a busy machine, the rule of thumb must do.
    await eventually(async () => {
      const { input_tokens: long } = await client.messages.countTokens({
        model: 'gpt-4',
        messages: [{ role: 'user', content: 'word '.repeat(200) }],
      });
      expect(long).toBeGreaterThan(200);
      expect(long).toBeLessThan(230);
    });
    expect(simulator.calls).toHaveLength(0);
  });

  it('a thread is refused in the words that make the SDK go on without', async () => {
    const { client } = await anthropicClient();
    const body = { ...ask, thread: { type: 'create' } };
    const error = await client.messages.create(body as typeof ask).catch((refusal: unknown) => refusal);
    expect(error).toMatchObject({
      status: 400,
      error: { error: { details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] } } },
    });
  });
});

describe("openai's Responses API over GPT-4", () => {
  it('a whole response', async () => {
    const { client } = await openaiClient();
    const response = await client.responses.create({ model: 'gpt-4', input: QUESTION, store: false });
    expect(response).toMatchObject({ object: 'response', status: 'completed', error: null });
    expect(response.output_text).toContain('Hello');
    expect(response.usage!.total_tokens).toBeGreaterThan(0);
  });

  it('a stream, event by event', async () => {
    const { client } = await openaiClient();
    const stream = await client.responses.create({ model: 'gpt-4', input: QUESTION, stream: true });
    const types: string[] = [];
    let text = '';
    for await (const event of stream) {
      if (types.at(-1) !== event.type) types.push(event.type);
      if (event.type === 'response.output_text.delta') text += event.delta;
      if (event.type === 'response.completed') expect(event.response.output_text ?? text).toBe(text);
    }
    expect(types).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
  });

  it('a function call, and its output', async () => {
    const { client } = await openaiClient();
    const tools = [{ type: 'function' as const, name: 'get_weather', parameters: WEATHER, strict: false }];
    const input = 'Use get_weather for the weather in Paris';
    const called = await client.responses.create({ model: 'gpt-4', input, tools });
    const call = called.output.find((item) => item.type === 'function_call')!;
    expect(JSON.parse(call.arguments)).toEqual({ city: 'Paris' });
    const output = { type: 'function_call_output' as const, call_id: call.call_id, output: 'Rain.' };
    const answered = await client.responses.create({
      model: 'gpt-4',
      input: [{ role: 'user', content: input }, call, output],
      tools,
    });
    expect(answered.output_text.length).toBeGreaterThan(0);
  });

  it('a conversation that would have to be kept is refused, and a WebSocket sent to HTTP', async () => {
    const { client, url } = await openaiClient();
    await expect(
      client.responses.create({ model: 'gpt-4', input: 'go on', previous_response_id: 'resp_1' }),
    ).rejects.toMatchObject({ status: 400, code: 'previous_response_not_found' });
    const upgrade = await fetch(`${url}/v1/responses`, { headers: { 'x-no-upgrade': 'true' } });
    expect(upgrade.status).toBe(405);
  });
});

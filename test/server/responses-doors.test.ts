/** Models that are asked by OpenAI's Responses API, from every door: agents' loops, keys with budgets, official packages. */

import Anthropic from '@anthropic-ai/sdk';
import { Agent, OpenAIProvider, Runner, setTracingDisabled, tool } from '@openai/agents';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { postJson, startGateway } from '../helpers/gateway.ts';
import type { RawReply } from '../helpers/raw-upstream.ts';
import {
  callItem,
  eventStream,
  messageItem,
  reasoningItem,
  responseOf,
  responseStream,
  startResponsesChain,
} from '../helpers/responses-chain.ts';
import { streamOf } from '../helpers/two-upstreams.ts';

setTracingDisabled(true);

const ADMIN_KEY = 'the-administrators-own-key';
const SCHEMA = { type: 'object', properties: { path: { type: 'string' } } };
const FIRST = [reasoningItem('gAAAA', 'Hm.'), callItem('{"path":"a.ts"}')];
const SECOND = [messageItem('It says let a.')];

const replies = (stream: boolean): RawReply[] =>
  stream ? [responseStream(FIRST), responseStream(SECOND)] : [responseOf(FIRST), responseOf(SECOND)];

describe.each([false, true])('a tool loop of two turns (stream: %s)', (stream) => {
  it('at the chat door: reasoning_details bring the reasoning back', async () => {
    const { url, gpt } = await startResponsesChain(
      { gpt: replies(stream) },
      { GUARDRAIL_DOORS: 'completions' },
    );
    const client = new OpenAI({ apiKey: 'any', baseURL: `${url}/v1`, maxRetries: 0 });
    const tools = [{ type: 'function' as const, function: { name: 'read_file', parameters: SCHEMA } }];
    const ask = async (messages: OpenAI.ChatCompletionMessageParam[]) => {
      const body = { model: 'gpt', messages, tools, reasoning_effort: 'high' as const };
      if (!stream) return (await client.chat.completions.create(body)).choices[0]!;
      return (await client.chat.completions.stream(body).finalChatCompletion()).choices[0]!;
    };
    const question = { role: 'user' as const, content: 'read a.ts' };
    const { message, finish_reason: finish } = await ask([question]);
    expect(finish).toBe('tool_calls');
    expect(message).toMatchObject({
      tool_calls: [{ id: 'call_1', function: { arguments: '{"path":"a.ts"}' } }],
    });
    const details = (message as { reasoning_details?: unknown }).reasoning_details;
    expect(details).toMatchObject([{ data: 'gAAAA' }]);
    const result = { role: 'tool' as const, tool_call_id: 'call_1', content: 'let a' };
    expect((await ask([question, message, result])).message.content).toBe('It says let a.');
    expect(gpt.requests.map(({ path }) => path)).toEqual(['/v1/responses', '/v1/responses']);
    expect(gpt.requests[1]!.body).toMatchObject({
      reasoning: { effort: 'high' },
      store: false,
      input: INPUT,
    });
  });

  it('at the Messages door: the signature of its thinking does', async () => {
    const { url, gpt } = await startResponsesChain({ gpt: replies(stream) });
    const client = new Anthropic({ apiKey: 'any', baseURL: url, maxRetries: 0 });
    const tools = [{ name: 'read_file', input_schema: { type: 'object' as const } }];
    const ask = async (messages: Anthropic.MessageParam[]) => {
      const body = { model: 'gpt', max_tokens: 500, messages, tools };
      return stream ? client.messages.stream(body).finalMessage() : client.messages.create(body);
    };
    const question = { role: 'user' as const, content: 'read a.ts' };
    const { content, stop_reason: stop } = await ask([question]);
    expect(stop).toBe('tool_use');
    expect(content).toMatchObject([
      { type: 'thinking', thinking: 'Hm.' },
      { type: 'tool_use', id: 'call_1', input: { path: 'a.ts' } },
    ]);
    const result = { type: 'tool_result' as const, tool_use_id: 'call_1', content: 'let a' };
    const last = await ask([question, { role: 'assistant', content }, { role: 'user', content: [result] }]);
    expect(last.content).toMatchObject([{ type: 'text', text: 'It says let a.' }]);
    expect(gpt.requests[1]!.body).toMatchObject({ max_output_tokens: 500, input: INPUT });
  });

  it('at the Responses door, by OpenAI’s package', async () => {
    const { url, gpt } = await startResponsesChain({ gpt: replies(stream) });
    const client = new OpenAI({ apiKey: 'any', baseURL: `${url}/v1`, maxRetries: 0 });
    const tools = [{ type: 'function' as const, name: 'read_file', parameters: SCHEMA, strict: false }];
    const ask = async (input: OpenAI.Responses.ResponseInput) => {
      const body = { model: 'gpt', input, tools };
      return stream ? client.responses.stream(body).finalResponse() : client.responses.create(body);
    };
    const question = { role: 'user' as const, content: 'read a.ts' };
    const { output } = await ask([question]);
    const result = { type: 'function_call_output' as const, call_id: 'call_1', output: 'let a' };
    const last = await ask([question, ...(output as OpenAI.Responses.ResponseInput), result]);
    expect(last.output_text).toBe('It says let a.');
    expect(gpt.requests[1]!.body.input).toMatchObject(INPUT);
  });
});

const INPUT = [
  { role: 'user' },
  { type: 'reasoning', encrypted_content: 'gAAAA' },
  { type: 'function_call', call_id: 'call_1', name: 'read_file', arguments: '{"path":"a.ts"}' },
  { type: 'function_call_output', call_id: 'call_1', output: 'let a' },
];

it('thinking of OpenAI’s is not shown to Anthropic', async () => {
  const { url } = await startResponsesChain({ gpt: [responseOf(FIRST)] });
  const tools = [{ name: 'read_file', input_schema: { type: 'object' } }];
  const question = { role: 'user', content: 'read a.ts' };
  const ask = (to: string, model: string, messages: object[]) =>
    postJson(`${to}/v1/messages`, { model, max_tokens: 500, tools, messages });
  const { content } = (await (await ask(url, 'gpt', [question])).json()) as {
    content: { signature?: string }[];
  };
  const { url: another, simulator } = await startGateway();
  const result = {
    role: 'user',
    content: [{ type: 'tool_result', tool_use_id: 'call_1', content: 'let a' }],
  };
  const history = [question, { role: 'assistant', content }, result];
  expect((await ask(another, 'claude-sonnet-5', history)).status).toBe(200);
  expect(content[0]!.signature).toMatch(/^codellama-1\./);
  expect(JSON.stringify(simulator.calls[0]!.body)).not.toContain(content[0]!.signature);
});

it('a chat that breaks off is gone on with by the next model', async () => {
  const begun = String(responseStream([messageItem('Once upon a time ')]).body).split('\n\n');
  const cut: RawReply = {
    headers: { 'content-type': 'text/event-stream' },
    body: `${begun.slice(0, 6).join('\n\n')}\n\n`,
  };
  const other = [streamOf([{ content: 'there was a king.' }], 'stop')];
  const { stream, gpt, other: second } = await startResponsesChain({ gpt: [cut], other });
  const tools = [{ type: 'function', function: { name: 'read_file', parameters: SCHEMA } }];
  const { text } = await stream({ model: 'pair', messages: [{ role: 'user', content: 'tell' }], tools });
  expect(text).toBe('Once upon a time there was a king.');
  expect([gpt.requests.length, second.requests.length]).toEqual([1, 1]);
});

describe('a key with a budget', () => {
  async function start(gpt: readonly RawReply[], limits: object = {}) {
    const chain = await startResponsesChain({ gpt }, { ADMIN_KEY });
    const fields = { alias: 'agents', budget_usd: 5, ...limits };
    const made = await postJson(`${chain.url}/keys`, fields, { authorization: `Bearer ${ADMIN_KEY}` });
    const { key } = (await made.json()) as { key: string };
    const ask = (body: object) =>
      postJson(
        `${chain.url}/v1/responses`,
        { model: 'gpt', store: false, input: 'hello', ...body },
        { authorization: `Bearer ${key}` },
      );
    const receipt = async (reply: Response) => {
      const id = reply.headers.get('x-request-id');
      const read = await fetch(`${chain.url}/requests/${id}`, {
        headers: { authorization: `Bearer ${key}` },
      });
      return (await read.json()) as { hold_usd: number; cost_usd: number };
    };
    return { ...chain, ask, receipt };
  }

  it('is held for what is sent at most, and pays what was used', async () => {
    const { ask, gpt, receipt } = await start([responseOf(SECOND)]);
    const response = await ask({});
    expect(response.status).toBe(200);
    expect(gpt.requests[0]!.body.max_output_tokens).toBe(8_192);
    const { hold_usd: hold, cost_usd: cost } = await receipt(response);
    // A dollar a million, in and out.
    expect(hold).toBeGreaterThan(8_192 / 1e6);
    expect(cost).toBeCloseTo(42 / 1e6, 9);
  });

  it('is held for tools that OpenAI describes itself, wherever they are offered', async () => {
    const { ask, receipt } = await start([responseOf(SECOND)]);
    const tools = [{ type: 'apply_patch' }];
    const namespace = { type: 'namespace', name: 'mine', tools };
    const question = { role: 'user', content: 'hello' };
    const holdOf = async (body: object) => (await receipt(await ask(body))).hold_usd;
    const without = await holdOf({ input: [{ type: 'additional_tools', tools: [] }, question] });
    for (const offered of [tools, [namespace]])
      expect(
        await holdOf({ input: [{ type: 'additional_tools', tools: offered }, question] }),
      ).toBeGreaterThan(without + 2_000 / 1e6);
  });

  it.each([
    ['service_tier', { service_tier: 'priority' }],
    ['background', { background: true }],
    ['conversation', { conversation: 'conv_1' }],
    ['previous_response_id', { previous_response_id: 'resp_1' }],
    ['context_management.0', { context_management: [{ type: 'compaction', compact_threshold: 1_000 }] }],
  ])('may not send %s', async (param, fields) => {
    const { ask, gpt } = await start([responseOf(SECOND)]);
    const response = await ask(fields);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { error: { param: string } }).error.param).toBe(param);
    expect(gpt.requests).toHaveLength(0);
  });

  it.each(['web_search', 'file_search', 'computer', 'code_interpreter', 'image_generation', 'mcp'])(
    '%s is left out and named, wherever it is offered',
    async (type) => {
      const { ask, gpt } = await start([responseOf(SECOND)]);
      const own = { type: 'function', name: 'read_file', parameters: SCHEMA };
      const item = { type: 'additional_tools', role: 'developer', tools: [own, { type }] };
      for (const fields of [
        { tools: [own, { type }] },
        { input: [item, { role: 'user', content: 'hello' }] },
      ]) {
        const response = await ask(fields);
        expect(response.headers.get('x-dropped-params')).toBe(`tools (${type})`);
      }
      for (const { body } of gpt.requests) expect(body.tools).toMatchObject([{ name: 'read_file' }]);
      expect(gpt.requests.map(({ text }) => text).join()).not.toContain(`"${type}"`);
    },
  );

  it('a file may be as long as the window, which is held', async () => {
    const { ask, receipt } = await start([responseOf(SECOND)]);
    const content = [{ type: 'input_file', file_url: 'https://example.com/a.pdf' }];
    const response = await ask({ input: [{ role: 'user', content }] });
    expect(response.status).toBe(200);
    expect((await receipt(response)).hold_usd).toBeGreaterThan(1);
  });

  it('a stream that goes on beyond what is paid for ends there', async () => {
    const long = eventStream([
      {
        type: 'response.created',
        response: { id: 'resp_1', created_at: 1, model: 'm', status: 'in_progress', output: [] },
      },
      { type: 'response.output_item.added', output_index: 0, item: { ...messageItem(''), content: [] } },
      ...Array.from({ length: 400 }, () => ({
        type: 'response.output_text.delta',
        output_index: 0,
        item_id: 'msg_1',
        content_index: 0,
        delta: 'word '.repeat(10),
      })),
    ]);
    const { ask } = await start([long]);
    const text = await (await ask({ stream: true, max_output_tokens: 100 })).text();
    expect(text).toContain('event: response.incomplete');
    expect(text.split('event: response.output_text.delta').length).toBeLessThan(20);
  });
});

describe('demo mode', () => {
  it('an agent of OpenAI’s SDK runs its tools over it', async () => {
    const { url, simulator } = await startGateway();
    const provider = new OpenAIProvider({ apiKey: 'any', baseURL: `${url}/v1`, useResponses: true });
    const weather = tool({
      name: 'get_weather',
      description: 'The weather',
      parameters: z.object({ city: z.string() }),
      execute: async ({ city }) => `rain in ${city}`,
    });
    const agent = new Agent({ name: 'Weather', model: 'gpt-5.6-sol', tools: [weather] });
    const runner = new Runner({ modelProvider: provider });
    const { finalOutput } = await runner.run(agent, 'Use get_weather for "Malmö".');
    expect(finalOutput).toContain('rain in Malmö');
    const result = await runner.run(agent, 'Use get_weather for "Malmö".', { stream: true });
    let text = '';
    for await (const piece of result.toTextStream()) text += piece;
    expect(text).toContain('rain in Malmö');
    expect(simulator.calls.map(({ path }) => path)).toEqual(Array(4).fill('/openai/v1/responses'));
    const second = simulator.calls[1] as { body?: unknown };
    expect(
      (second.body as { input: { type?: string }[] }).input.map(({ type }) => type ?? 'message'),
    ).toEqual(['message', 'reasoning', 'function_call', 'function_call_output']);
  });
});

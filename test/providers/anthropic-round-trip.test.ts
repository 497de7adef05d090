/** What Anthropic said goes back to it as it came: thinking, calls, marks and documents through OpenAI's shape. */
import { describe, expect, it } from 'vitest';
import { Collector } from '../../src/core/collect.ts';
import { anthropic } from '../../src/providers/anthropic/anthropic.ts';
import { replyWith, startRawUpstream } from '../helpers/raw-upstream.ts';
import { made, never, question, read, targetAt, whole } from './support.ts';

const MODEL = 'claude-sonnet-4-20250514';
const THINKING = { type: 'thinking', thinking: 'let me', signature: 'SIG' };
const REDACTED = { type: 'redacted_thinking', data: 'HIDDEN' };
const CALL = { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: 1 } };
const tools = [
  { type: 'function', function: { name: 'f', parameters: {} }, cache_control: { type: 'ephemeral' } },
];

interface Sent {
  readonly messages: { readonly content: readonly object[] }[];
}

async function ask(body: string, request: object, headers = {}) {
  const upstream = await startRawUpstream({ body, headers });
  const target = targetAt(upstream.url, 'anthropic', { model: MODEL });
  const reply = await made(anthropic).send(question(request), target, { signal: never() });
  return { reply, sent: () => upstream.requests[0]!.body as unknown as Sent };
}
const message = (...content: object[]) =>
  JSON.stringify({
    id: 'm',
    type: 'message',
    content,
    stop_reason: 'tool_use',
    usage: { input_tokens: 1, output_tokens: 1 },
  });

describe('an answer sent back', () => {
  it.each(['thinking_blocks', 'reasoning_details'])('has its signed thinking, by %s', async (kept) => {
    const { reply } = await ask(message(THINKING, REDACTED, CALL), {});
    const answer = { ...whole(reply).completion.choices[0]!.message } as Record<string, unknown>;
    for (const name of ['thinking_blocks', 'reasoning_details']) if (name !== kept) delete answer[name];
    const thinking = { type: 'enabled', budget_tokens: 2000 };
    const messages = [
      { role: 'user', content: 'go' },
      answer,
      { role: 'tool', tool_call_id: 'toolu_1', content: 'r' },
    ];
    const { sent } = await ask(message({ type: 'text', text: 'ok' }), { messages, thinking, tools });
    expect(sent().messages[1]!.content).toEqual([THINKING, REDACTED, CALL]);
    expect(sent()).toMatchObject({ thinking, tools: [{ name: 'f', cache_control: { type: 'ephemeral' } }] });
  });

  it('has its thinking after a stream was collected, too', async () => {
    const upstream = await startRawUpstream(replyWith('anthropic/thinking.sse'));
    const target = targetAt(upstream.url, 'anthropic');
    const reply = await made(anthropic).send(question({ stream: true }), target, { signal: never() });
    const collector = new Collector();
    for (const chunk of (await read(reply)).chunks) collector.add(chunk);
    const answer = collector.completion().choices[0]!.message;
    const messages = [{ role: 'user', content: 'go' }, answer, { role: 'user', content: 'and?' }];
    const { sent } = await ask(message({ type: 'text', text: 'ok' }), { messages });
    expect(sent().messages[1]!.content[0]).toEqual({
      type: 'thinking',
      thinking: '27 + 453 is 480',
      signature: 'EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgx',
    });
  });
});

it('thinking is left out, and named, for a history of calls without thoughts', async () => {
  const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } };
  const messages = [
    { role: 'user', content: 'go' },
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: 'c', content: 'r' },
  ];
  const { reply, sent } = await ask(message({ type: 'text', text: 'ok' }), {
    messages,
    tools,
    reasoning_effort: 'high',
  });
  expect(sent()).not.toHaveProperty('thinking');
  expect(reply.dropped).toEqual(['reasoning_effort']);
});

it('documents and their marks arrive as blocks', async () => {
  const file = { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERg==' };
  const cache_control = { type: 'ephemeral', ttl: '1h' };
  const { sent } = await ask(message({ type: 'text', text: 'ok' }), {
    messages: [{ role: 'user', content: [{ type: 'file', file, cache_control }] }],
  });
  expect(sent().messages[0]!.content).toEqual([
    {
      type: 'document',
      source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERg==' },
      title: 'a.pdf',
      cache_control,
    },
  ]);
});

it.each([
  [{ type: 'object', properties: { a: { type: 'number' } } }, { a: 1 }, '{"a":1}'],
  [{ type: 'array', items: { type: 'number' } }, { value: [1] }, '[1]'],
])('JSON of %j is the input of the tool that takes the answer', async (schema, input, content) => {
  const response_format = { type: 'json_schema', json_schema: { name: 'x', schema } };
  const { reply } = await ask(message({ type: 'tool_use', id: 't', name: 'answer', input }), {
    response_format,
  });
  expect(whole(reply).completion.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content } });
});

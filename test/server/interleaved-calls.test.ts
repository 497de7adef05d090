/** Tool calls whose pieces come mixed, which OpenAI's wire allows, on the doors whose items follow each other. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { callDeltas, startTwoUpstreams, streamOf } from '../helpers/two-upstreams.ts';

const TOOL = { type: 'object' as const, properties: { path: { type: 'string' } } };
const [beginA, ...restOfA] = callDeltas(['{"path":', '"a"}'], { index: 0 });
const [beginB, ...restOfB] = callDeltas(['{"path":', '"b"}'], { index: 1 });
const [beginC] = callDeltas([], { index: 2, name: 'now' });
const orders = {
  'one after the other': [beginA, ...restOfA, beginB, ...restOfB, beginC],
  'begun together': [beginA, beginB, beginC, ...restOfB, ...restOfA],
  'piece by piece': [beginA, beginB, restOfA[0], restOfB[0], restOfA[1], restOfB[1], beginC],
  'words in between': [beginA, restOfA[0], { content: 'I look.' }, beginB, restOfA[1], beginC, ...restOfB],
} as Record<string, object[]>;

async function startAnswering(deltas: readonly object[]) {
  return startTwoUpstreams({ first: [streamOf(deltas)], second: [] });
}

describe.each(Object.entries(orders))('%s', (_order, deltas) => {
  it('Anthropic’s own client has each call whole', async () => {
    const { url } = await startAnswering(deltas);
    const client = new Anthropic({ baseURL: url, apiKey: 'any', maxRetries: 0 });
    const tools = ['read_file', 'now'].map((name) => ({ name, input_schema: TOOL }));
    const messages = [{ role: 'user' as const, content: 'read' }];
    const stream = client.messages.stream({ model: 'first', max_tokens: 99, tools, messages });
    const { content, stop_reason: reason } = await stream.finalMessage();
    const calls = content.filter((block) => block.type === 'tool_use');
    expect(calls).toMatchObject([
      { id: 'call_0', name: 'read_file', input: { path: 'a' } },
      { id: 'call_1', name: 'read_file', input: { path: 'b' } },
      { id: 'call_2', name: 'now', input: {} },
    ]);
    expect(reason).toBe('tool_use');
  });

  it('OpenAI’s own client has each call whole by /v1/responses', async () => {
    const { url } = await startAnswering(deltas);
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any', maxRetries: 0 });
    const tools = ['read_file', 'now'].map((name) => ({
      type: 'function' as const,
      name,
      parameters: TOOL,
      strict: false,
    }));
    const stream = client.responses.stream({ model: 'first', tools, input: 'read' });
    const { output } = await stream.finalResponse();
    const calls = output.filter((item) => item.type === 'function_call');
    expect(calls).toMatchObject([
      { call_id: 'call_0', name: 'read_file', arguments: '{"path":"a"}' },
      { call_id: 'call_1', name: 'read_file', arguments: '{"path":"b"}' },
      { call_id: 'call_2', name: 'now' },
    ]);
  });
});

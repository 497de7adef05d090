/** The same providers against a fake that somebody else wrote (`@copilotkit/aimock`): errors of ours cannot cancel out. */
import { LLMock } from '@copilotkit/aimock';
import { describe, expect, it, onTestFinished } from 'vitest';
import { anthropic } from '../../src/providers/anthropic/anthropic.ts';
import { azure } from '../../src/providers/azure.ts';
import { cohere } from '../../src/providers/cohere/cohere.ts';
import { openai } from '../../src/providers/openai.ts';
import type { Reply } from '../../src/providers/provider.ts';
import { together } from '../../src/providers/together.ts';
import type { MakeProvider } from './support.ts';
import { failureOf, made, never, question, read, targetAt, toolCalls, whole } from './support.ts';

const WORDS = 'Here you are:\n\n```python\nprint("世界")\n```\n\nNaïve, but it works. 🎉';
const weather = {
  type: 'function',
  function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
};
const time = { type: 'function', function: { name: 'get_time' } };

describe.each<[string, MakeProvider, string, string]>([
  ['openai', openai, '/v1', 'gpt-4.1'],
  ['azure', azure, '/openai/v1', 'gpt-4.1'],
  ['azure', azure, '?api-version=2024-10-21', 'gpt-4.1'],
  ['together', together, '/v1', 'togethercomputer/CodeLlama-34b-Instruct'],
  ['anthropic', anthropic, '', 'claude-sonnet-4-20250514'],
  ['cohere', cohere, '/v2', 'command-a-03-2025'],
])('%s at aimock', (name, make, path, model) => {
  async function start() {
    const mock = new LLMock({ port: 0, chunkSize: 5 });
    // In the words of OpenAI and of Anthropic.
    const usage = { prompt_tokens: 12, completion_tokens: 7, input_tokens: 12, output_tokens: 7 };
    mock.onMessage('hello', { content: WORDS, usage });
    mock.on({ hasToolResult: true }, { content: 'Take an umbrella.' });
    mock.on(
      { userMessage: 'weather', hasToolResult: false },
      {
        toolCalls: [
          { name: 'get_weather', arguments: '{"city":"Malmö"}' },
          { name: 'get_time', arguments: '{}' },
        ],
      },
    );
    await mock.start();
    onTestFinished(() => mock.stop());
    const provider = made(make);
    const target = targetAt(mock.url + path, name, { model });
    const send = (request: object): Promise<Reply> =>
      provider.send(question(request), target, { signal: never() });
    return { mock, send };
  }
  const user = (content: string) => ({ role: 'user', content });

  it('answers', async () => {
    const { send, mock } = await start();
    const { completion } = whole(await send({ messages: [user('hello')], temperature: 0.5 }));
    expect(completion.choices).toHaveLength(1);
    expect(completion.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: WORDS } });
    expect(completion.usage).toMatchObject({ prompt_tokens: 12, completion_tokens: 7, total_tokens: 19 });
    expect(mock.getLastRequest()!.body).toMatchObject({ model, temperature: 0.5 });
  });

  it('streams', async () => {
    const { send } = await start();
    const { text, finish, failure, chunks } = await read(
      await send({ messages: [user('hello')], stream: true }),
    );
    expect(failure).toBeUndefined();
    expect(text).toBe(WORDS);
    expect(finish).toBe('stop');
    expect(chunks.length).toBeGreaterThan(5);
    expect(chunks.at(-1)!.usage).toMatchObject({ prompt_tokens: 12, completion_tokens: 7, total_tokens: 19 });
  });

  it('calls tools', async () => {
    const { send } = await start();
    const { completion } = whole(await send({ messages: [user('weather')], tools: [weather, time] }));
    const { finish_reason, message } = completion.choices[0]!;
    expect(finish_reason).toBe('tool_calls');
    const calls = message.tool_calls!.map((call) => (call.type === 'function' ? call.function : undefined)!);
    expect(calls.map((call) => [call.name, JSON.parse(call.arguments)])).toEqual([
      ['get_weather', { city: 'Malmö' }],
      ['get_time', {}],
    ]);
  });

  it('streams tool calls, and reads their results', async () => {
    const { send } = await start();
    const tools = [weather, time];
    const { chunks, finish } = await read(await send({ messages: [user('weather')], tools, stream: true }));
    expect(finish).toBe('tool_calls');
    const calls = toolCalls(chunks);
    expect(calls.map((call) => [call.name, JSON.parse(call.text)])).toEqual([
      ['get_weather', { city: 'Malmö' }],
      ['get_time', {}],
    ]);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
    const results = calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'rain' }));
    const tool_calls = calls.map(({ id, name, text }) => ({
      id,
      type: 'function',
      function: { name, arguments: text },
    }));
    const messages = [user('weather'), { role: 'assistant', content: null, tool_calls }, ...results];
    const { completion } = whole(await send({ messages, tools }));
    expect(completion.choices[0]!.message.content).toBe('Take an umbrella.');
  });

  it('fails with the provider’s own status and words', async () => {
    const { send, mock } = await start();
    mock.nextRequestError(429, { message: 'Slow down.', type: 'rate_limit_error' });
    const { facts } = await failureOf(send({ messages: [user('hello')] }));
    expect(facts).toMatchObject({ status: 429, code: 'rate_limit_error', reason: 'Slow down.' });
  });
});

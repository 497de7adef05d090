/** LangChain over its own packages for OpenAI (chat and Responses) and Anthropic. */
import { ChatAnthropic } from '@langchain/anthropic';
import { ToolMessage } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
import { describe, expect, it } from 'vitest';
import { startGateway } from '../../helpers/gateway.ts';

const QUESTION = 'write me a function to print hello world';
const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const weather = { type: 'function' as const, function: { name: 'get_weather', parameters: schema } };

const makers = {
  chat: (url: string, model: string, maxRetries: number) =>
    new ChatOpenAI({ model, apiKey: 'any', maxRetries, configuration: { baseURL: `${url}/v1` } }),
  responses: (url: string, model: string, maxRetries: number) =>
    new ChatOpenAI({
      model,
      apiKey: 'any',
      maxRetries,
      useResponsesApi: true,
      configuration: { baseURL: `${url}/v1` },
    }),
  messages: (url: string, model: string, maxRetries: number) =>
    new ChatAnthropic({ model, apiKey: 'any', maxRetries, anthropicApiUrl: url, maxTokens: 1_000 }),
};

describe.each(Object.entries(makers))('by %s', (_door, make) => {
  async function start(model = 'gpt-4', maxRetries = 0) {
    const gateway = await startGateway({ CACHE_TTL: '0', RETRIES: '0', COOLDOWN: '0s' });
    return { ...gateway, chat: make(gateway.url, model, maxRetries) };
  }

  it('answers, and says what it took', async () => {
    const { chat } = await start();
    const { text, usage_metadata: usage } = await chat.invoke(QUESTION);
    expect(text).toContain('Hello, World!');
    expect(usage!.total_tokens).toBeGreaterThan(50);
  });

  it('streams', async () => {
    const { chat } = await start();
    let text = '';
    for await (const part of await chat.stream(QUESTION)) text += part.text;
    expect(text).toContain('line by line.');
  });

  it('runs a tool to the end', async () => {
    const { chat } = await start();
    const bound = chat.bindTools([weather]);
    const asked = await bound.invoke('Use get_weather for "Malmö".');
    expect(asked.tool_calls).toMatchObject([{ name: 'get_weather', args: { city: 'Malmö' } }]);
    const result = new ToolMessage({ content: 'rain in Malmö', tool_call_id: asked.tool_calls![0]!.id! });
    const { text } = await bound.invoke([
      { role: 'user', content: 'Use get_weather for "Malmö".' },
      asked,
      result,
    ]);
    expect(text).toContain('rain in Malmö');
  });

  it('gives what a schema wants', async () => {
    const { chat } = await start();
    const output = await chat.withStructuredOutput(schema, { name: 'place' }).invoke('A city with rain');
    expect(output).toEqual({ city: expect.any(String) });
  });

  it('throws the error of a model there is not, and tries again what is worth it', async () => {
    const { chat } = await start('no-such');
    await expect(chat.invoke(QUESTION)).rejects.toMatchObject({ status: 404 });
    const again = await start('gpt-4', 1);
    again.simulator.script('openai', '500');
    expect((await again.chat.invoke(QUESTION)).text).toContain('Hello');
  });

  it('is left by its caller', async () => {
    const { chat, simulator } = await start();
    simulator.always('openai', 'slow:200');
    const leave = new AbortController();
    const read = async () => {
      for await (const _part of await chat.stream(QUESTION, { signal: leave.signal })) leave.abort();
    };
    await read().catch(() => {});
    await expect.poll(() => simulator.calls[0]!.aborted).toBe(true);
  });
});

/** LlamaIndex over its packages for OpenAI and Anthropic. */
import { AnthropicSession, anthropic } from '@llamaindex/anthropic';
import { openai, openaiResponses } from '@llamaindex/openai';
import { describe, expect, it } from 'vitest';
import { startGateway } from '../../helpers/gateway.ts';

const QUESTION = [{ role: 'user' as const, content: 'write me a function to print hello world' }];

/** The three differ in the options of a call alone. */
interface Model {
  chat(ask: { messages: typeof QUESTION }): Promise<{ message: { content: unknown } }>;
  chat(ask: { messages: typeof QUESTION; stream: true }): Promise<AsyncIterable<{ delta: string }>>;
}

const makers = {
  chat: (url: string, model: string) => openai({ model, apiKey: 'any', baseURL: `${url}/v1` }),
  responses: (url: string, model: string) => openaiResponses({ model, apiKey: 'any', baseURL: `${url}/v1` }),
  messages: (url: string, model: string) =>
    anthropic({
      model: model as 'claude-3-5-sonnet',
      session: new AnthropicSession({ apiKey: 'any', baseURL: url }),
      maxTokens: 1_000,
      maxRetries: 0,
    }),
};

describe.each(Object.entries(makers))('by %s', (_door, make) => {
  async function start(model = 'gpt-4') {
    const gateway = await startGateway({ CACHE_TTL: '0', RETRIES: '0' });
    return { ...gateway, llm: make(gateway.url, model) as Model };
  }

  it('answers', async () => {
    const { llm } = await start();
    const { message } = await llm.chat({ messages: QUESTION });
    expect(JSON.stringify(message.content)).toContain('Hello, World!');
  });

  it('streams', async () => {
    const { llm } = await start();
    let text = '';
    for await (const { delta } of await llm.chat({ messages: QUESTION, stream: true })) text += delta;
    expect(text).toContain('line by line.');
  });

  it('throws the error of a model there is not', async () => {
    const { llm } = await start('no-such');
    await expect(llm.chat({ messages: QUESTION })).rejects.toThrow(/no-such/);
  });
});

/** The AI SDK over its own providers of OpenAI (the Responses API, its default) and Anthropic, whose base URL alone is ours. */
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { APICallError, generateText, jsonSchema, Output, stepCountIs, streamText, tool } from 'ai';
import { describe, expect, it } from 'vitest';
import { startGateway } from '../../helpers/gateway.ts';
import { askStream, askWhole, QUESTION } from './ai-sdk-questions.ts';

const schema = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const } },
  required: ['city'],
};
const weather = tool({
  description: 'The weather',
  inputSchema: jsonSchema<{ city: string }>(schema),
  execute: async ({ city }) => `rain in ${city}`,
});

const doors = {
  responses: (url: string, model: string) => createOpenAI({ baseURL: `${url}/v1`, apiKey: 'any' })(model),
  chat: (url: string, model: string) => createOpenAI({ baseURL: `${url}/v1`, apiKey: 'any' }).chat(model),
  messages: (url: string, model: string) => createAnthropic({ baseURL: `${url}/v1`, apiKey: 'any' })(model),
};

describe.each(Object.entries(doors))('by %s', (_door, modelAt) => {
  async function start() {
    const gateway = await startGateway({ CACHE_TTL: '0', RETRIES: '0', COOLDOWN: '0s' });
    return { ...gateway, model: modelAt(gateway.url, 'gpt-4'), wrong: modelAt(gateway.url, 'no-such') };
  }

  it('answers, and says what it took', async () => {
    const { model } = await start();
    expect((await askWhole(model)).totalTokens).toBeGreaterThan(50);
  });

  it('streams', async () => {
    const { model } = await start();
    expect((await askStream(model)).outputTokens).toBeGreaterThan(20);
  });

  it.each(['whole', 'as a stream'])('runs tools to the end, %s', async (how) => {
    const { model, simulator } = await start();
    const asked = { model, prompt: 'Use get_weather for "Malmö".', tools: { get_weather: weather } };
    const loop = { ...asked, stopWhen: stepCountIs(3) };
    const result = how === 'whole' ? await generateText(loop) : streamText(loop);
    expect(await result.text).toContain('rain in Malmö');
    expect(simulator.calls).toHaveLength(2);
  });

  it('goes on with what was said before', async () => {
    const { model, simulator } = await start();
    const first = await generateText({ model, prompt: QUESTION });
    const messages = [
      { role: 'user' as const, content: QUESTION },
      ...first.response.messages,
      { role: 'user' as const, content: 'And in Go?' },
    ];
    await generateText({ model, messages });
    expect(simulator.calls[1]!.body).toMatchObject({
      messages: expect.arrayContaining([
        expect.objectContaining({ role: 'assistant', content: expect.stringContaining('Hello, World!') }),
      ]),
    });
  });

  it('gives what a schema wants', async () => {
    const { model } = await start();
    const { output } = await generateText({
      model,
      prompt: 'The weather of a city',
      output: Output.object({ schema: jsonSchema<{ city: string }>(schema) }),
    });
    expect(output).toEqual({ city: expect.any(String) });
  });

  it('throws errors with status and message, and tries again what is worth it', async () => {
    const { model, wrong, simulator } = await start();
    const refused = await generateText({ model: wrong, prompt: QUESTION }).catch((thrown: unknown) => thrown);
    expect(APICallError.isInstance(refused)).toBe(true);
    expect(refused).toMatchObject({
      statusCode: 404,
      isRetryable: false,
      message: expect.stringContaining('no-such'),
    });
    simulator.script('openai', '500');
    const { text } = await generateText({ model, prompt: QUESTION, maxRetries: 1 });
    expect(text).toContain('Hello');
    expect(simulator.calls).toHaveLength(2);
  });

  it('is left by its caller', async () => {
    const { model, simulator } = await start();
    simulator.always('openai', 'slow:200');
    const leave = new AbortController();
    const { textStream } = streamText({
      model,
      prompt: QUESTION,
      abortSignal: leave.signal,
      onError: () => {},
    });
    const read = async () => {
      for await (const _part of textStream) leave.abort();
    };
    await read().catch(() => {});
    await expect.poll(() => simulator.calls[0]!.aborted).toBe(true);
  });
});

/** What the simulator's tests share: one simulator a file, the official SDKs on it, a plain fetch. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import Together from 'together-ai';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.ts';

export type ModelProvider = 'together' | 'openai' | 'anthropic';
export const modelProviders: readonly ModelProvider[] = ['together', 'openai', 'anthropic'];

export interface Setup {
  simulator: Simulator;
  openai: OpenAI;
  together: Together;
  anthropic: Anthropic;
}

/** Starts a simulator for the tests of a file; reset after each. */
export function useSimulator(options?: SimulatorOptions): Setup {
  const setup = {} as Setup;
  beforeAll(async () => {
    setup.simulator = await startSimulator(options);
    const { baseUrls } = setup.simulator;
    const common = { maxRetries: 0, timeout: 30_000, logLevel: 'off' } as const;
    setup.openai = new OpenAI({ apiKey: 'key', baseURL: baseUrls.openai, ...common });
    setup.together = new Together({ apiKey: 'key', baseURL: baseUrls.together, ...common });
    setup.anthropic = new Anthropic({ apiKey: 'key', baseURL: baseUrls.anthropic, ...common });
  });
  afterEach(() => setup.simulator.reset());
  afterAll(() => setup.simulator.close());
  return setup;
}

/** Posts a chat request as each provider wants it, without an SDK. */
export function post(
  simulator: Simulator,
  provider: ModelProvider,
  body: object = {},
  headers: { [name: string]: string } = {},
  signal?: AbortSignal,
): Promise<Response> {
  const path = provider === 'anthropic' ? '/v1/messages' : '/chat/completions';
  return fetch(simulator.baseUrls[provider] + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: 'Bearer key',
      ...(provider === 'anthropic' && { 'anthropic-version': '2026-10-21' }),
      ...headers,
    },
    body: JSON.stringify({
      model: 'some-model',
      messages: [{ role: 'user', content: 'hello world in python' }],
      ...(provider === 'anthropic' && { max_tokens: 1000 }),
      ...body,
    }),
    ...(signal && { signal }),
  });
}

/** Reads a streamed answer through the provider's own SDK: its text, and the finish reason if one came. */
export async function streamWithSdk(
  setup: Setup,
  provider: ModelProvider,
  content = 'hello world in python',
): Promise<{ text: string; finish: string | null }> {
  let text = '';
  let finish: string | null = null;
  if (provider === 'anthropic') {
    const stream = await setup.anthropic.messages.create({
      model: 'claude-2',
      max_tokens: 1000,
      messages: [{ role: 'user', content }],
      stream: true,
    });
    for await (const event of stream) {
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
      if (event.type === 'message_delta') finish = event.delta.stop_reason;
    }
    return { text, finish };
  }
  const request = {
    model: 'some-model',
    messages: [{ role: 'user' as const, content }],
    stream: true as const,
  };
  const stream =
    provider === 'openai'
      ? await setup.openai.chat.completions.create(request)
      : await setup.together.chat.completions.create(request);
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? '';
    finish = chunk.choices[0]?.finish_reason ?? finish;
  }
  return { text, finish };
}

/** Reads a whole answer through the provider's own SDK. */
export async function askWithSdk(
  setup: Setup,
  provider: ModelProvider,
  content = 'hello world in python',
): Promise<{ text: string; finish: string | null | undefined }> {
  const messages = [{ role: 'user' as const, content }];
  if (provider === 'anthropic') {
    const reply = await setup.anthropic.messages.create({ model: 'claude-2', max_tokens: 1000, messages });
    const text = reply.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
    return { text, finish: reply.stop_reason };
  }
  const reply =
    provider === 'openai'
      ? await setup.openai.chat.completions.create({ model: 'some-model', messages })
      : await setup.together.chat.completions.create({ model: 'some-model', messages });
  const choice = reply.choices[0];
  return { text: choice?.message?.content ?? '', finish: choice?.finish_reason };
}

/** Everything an async iterable yields. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

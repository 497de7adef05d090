/** What presets know of their servers beyond features: names of the output cap, roles, fields. The rest is in the contract. */
import { describe, expect, it } from 'vitest';
import { isProvider, type ProviderName, providerRegistry } from '../../src/providers/registry.ts';
import { replyWith, startRawUpstream } from '../helpers/raw-upstream.ts';
import { failureOf, made, never, question, targetAt } from './support.ts';

async function ask(name: ProviderName, request: object, call: { strictParams?: boolean } = {}) {
  const upstream = await startRawUpstream(replyWith('openai/text.json'));
  const target = targetAt(upstream.url, name);
  const reply = made(providerRegistry[name].make).send(question(request), target, {
    signal: never(),
    ...call,
  });
  reply.catch(() => {});
  return { upstream, reply };
}

async function sent(name: ProviderName, request: object) {
  const { upstream, reply } = await ask(name, request);
  const { dropped } = await reply;
  return { body: upstream.requests[0]!.body, dropped };
}

describe('the output cap', () => {
  it.each<[ProviderName, string]>([
    ['ollama', 'max_tokens'],
    ['llama.cpp', 'max_tokens'],
    ['lm-studio', 'max_tokens'],
    ['mistral', 'max_tokens'],
    ['deepseek', 'max_tokens'],
    ['perplexity', 'max_tokens'],
    ['huggingface', 'max_tokens'],
    ['ai21', 'max_tokens'],
    ['cerebras', 'max_completion_tokens'],
  ])('goes to %s as %s, whatever the caller calls it', async (name, expected) => {
    for (const field of ['max_tokens', 'max_completion_tokens']) {
      const { body } = await sent(name, { [field]: 9 });
      expect(Object.entries(body).filter(([key]) => key.startsWith('max_'))).toEqual([[expected, 9]]);
    }
  });

  it('is at most 4096 at AI21', async () => {
    expect((await sent('ai21', { max_tokens: 4_096 })).body.max_tokens).toBe(4_096);
    const { body, dropped } = await sent('ai21', { max_completion_tokens: 4_097 });
    expect(body.max_tokens).toBe(4_096);
    expect(dropped).toEqual(['max_tokens>4096']);
  });
});

it.each<ProviderName>(['deepseek', 'mistral', 'gemini', 'huggingface', 'ai21', 'ollama'])(
  'a developer message goes to %s as a system message',
  async (name) => {
    const messages = [
      { role: 'developer', content: 'Be brief.' },
      { role: 'user', content: 'Hello?' },
    ];
    const { body, dropped } = await sent(name, { messages });
    expect(body.messages).toEqual([{ role: 'system', content: 'Be brief.' }, messages[1]]);
    expect(dropped).toEqual([]);
  },
);

it('Mistral hears the assistant between the results of tools and the next word of the user', async () => {
  const call = { id: 'abcdefghi', type: 'function', function: { name: 'w', arguments: '{}' } };
  const messages = [
    { role: 'user', content: 'q' },
    { role: 'assistant', content: '', tool_calls: [call] },
    { role: 'tool', tool_call_id: 'abcdefghi', content: 'sun' },
    { role: 'user', content: 'stop that' },
  ];
  const rolesAt = async (name: ProviderName) =>
    ((await sent(name, { messages })).body.messages as { role: string }[]).map(({ role }) => role);
  expect(await rolesAt('mistral')).toEqual(['user', 'assistant', 'tool', 'assistant', 'user']);
  expect(await rolesAt('groq')).toEqual(['user', 'assistant', 'tool', 'user']);
});

it('Mistral is sent no turn of the assistant that says nothing', async () => {
  const messages = [
    { role: 'user', content: 'q' },
    { role: 'assistant', content: '' },
    { role: 'user', content: 'r' },
  ];
  expect((await sent('mistral', { messages })).body.messages).toEqual([messages[0], messages[2]]);
  expect((await sent('groq', { messages })).body.messages).toEqual(messages);
});

describe('fields of messages', () => {
  const messages = [
    { role: 'user', name: 'ann', content: 'Hello?' },
    { role: 'assistant', content: 'Hello.', reasoning_content: 'She greets me.' },
    { role: 'user', content: 'And?' },
  ];

  it('that Groq refuses are left out and named', async () => {
    const { body, dropped } = await sent('groq', { messages });
    expect(body.messages).toEqual([
      { role: 'user', content: 'Hello?' },
      { role: 'assistant', content: 'Hello.' },
      { role: 'user', content: 'And?' },
    ]);
    expect(dropped).toEqual(['messages.name', 'messages.reasoning_content']);
  });

  it('are refused when all must count', async () => {
    const { upstream, reply } = await ask('mistral', { messages }, { strictParams: true });
    expect((await failureOf(reply)).facts.unsupported).toBe('messages.name');
    expect(upstream.requests).toHaveLength(0);
  });

  it('are passed on to DeepSeek, which wants its thoughts back', async () => {
    expect((await sent('deepseek', { messages })).body.messages).toEqual(messages);
  });
});

it.each<ProviderName>(['groq', 'mistral', 'cerebras', 'gemini', 'ai21'])(
  '%s, which refuses what it does not know, is sent nothing of OpenAI’s own service or of Anthropic’s',
  async (name) => {
    const request = {
      ...{ store: true, prompt_cache_key: 'a', safety_identifier: 'b', moderation: { model: 'm' } },
      ...{ prompt_cache_retention: '24h', prompt_cache_options: {}, web_search_options: {} },
      ...{ top_k: 5, thinking: { type: 'enabled', budget_tokens: 2_000 } },
      ...(name !== 'groq' && { service_tier: 'auto' }),
    };
    const { body, dropped } = await sent(name, request);
    for (const field of Object.keys(request)) expect(body).not.toHaveProperty(field);
    expect(new Set(dropped)).toEqual(new Set(Object.keys(request)));
  },
);

describe('marks of a prompt cache', () => {
  const cache_control = { type: 'ephemeral' };
  const marked = {
    cache_control,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello?', cache_control }] }],
    tools: [
      { type: 'function', function: { name: 'f', parameters: {} }, cache_control },
      { type: 'function', function: { name: 'g', parameters: {}, cache_control } },
    ],
  };

  it.each<ProviderName>(['openai', 'groq', 'mistral', 'together', 'ollama', 'vllm', 'openai-compatible'])(
    'are not sent to %s, wherever they stand',
    async (name) => {
      const { body, dropped } = await sent(name, marked);
      expect(JSON.stringify(body)).not.toContain('cache_control');
      expect(dropped).toEqual(['cache_control']);
    },
  );

  it('go through to OpenRouter, which hands them on', async () => {
    const { body } = await sent('openrouter', marked);
    expect(JSON.stringify(body).match(/cache_control/g)).toHaveLength(4);
  });
});

it.each(Object.entries(providerRegistry))('%s can be reached', (name, { url, keys, isLocal, needsUrl }) => {
  expect(isProvider(name)).toBe(true);
  if (url) expect(url).toMatch(isLocal ? /^http:\/\/127\.0\.0\.1:\d+\/v1$/ : /^https:\/\/[^?]+[^/]$/);
  expect(keys.length > 0 || isLocal || needsUrl).toBe(true);
});

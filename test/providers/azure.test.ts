/** Azure's two APIs, from the environment to the request's path. */
import { expect, it } from 'vitest';
import { makeConfig } from '../../src/config/config.ts';
import { fileSchema } from '../../src/config/config-file-schema.ts';
import { Collector } from '../../src/core/collect.ts';
import { azure } from '../../src/providers/azure.ts';
import type { Target } from '../../src/providers/provider.ts';
import { replyWith, startRawUpstream } from '../helpers/raw-upstream.ts';
import { KEY, made, never, question, read, targetAt } from './support.ts';

type Environment = Readonly<Record<string, string>>;

/** What is sent for a model of a configuration; `AT` in an address is the upstream. */
async function sent(environment: Environment, entry: object = {}, request: object = {}) {
  const upstream = await startRawUpstream(replyWith('openai/text.json'));
  const at = (text: string) => text.replace('AT', upstream.url);
  const models = { ours: { provider: 'azure', model: 'our gpt', ...entry } };
  const file = fileSchema.parse(JSON.parse(at(JSON.stringify({ models }))));
  const set = Object.entries(environment).map(([name, value]) => [name, at(value)]);
  const config = makeConfig(file, { AZURE_OPENAI_API_KEY: KEY, ...Object.fromEntries(set) });
  await made(azure).send(question(request), config.targets.get('ours')![0]!, { signal: never() });
  expect(upstream.requests).toHaveLength(1);
  return upstream.requests[0]!;
}

const V1 = '/openai/v1/chat/completions';
const DEPLOYMENT = '/openai/deployments/our%20gpt/chat/completions';
const ENDPOINT = { AZURE_OPENAI_ENDPOINT: 'AT/' };

it.each<[string, Environment, object, string]>([
  ['an endpoint alone', ENDPOINT, {}, V1],
  ['the other name of it', { AZURE_BASE_URL: 'AT' }, {}, V1],
  [
    'an API version',
    { ...ENDPOINT, AZURE_OPENAI_API_VERSION: '2024-10-21' },
    {},
    `${DEPLOYMENT}?api-version=2024-10-21`,
  ],
  [
    'the package’s name of it',
    { ...ENDPOINT, OPENAI_API_VERSION: '2025-04-01-preview' },
    {},
    `${DEPLOYMENT}?api-version=2025-04-01-preview`,
  ],
  [
    'a model with its own version',
    { ...ENDPOINT, AZURE_OPENAI_API_VERSION: '2024-10-21' },
    { base_url: 'AT?api-version=2024-06-01' },
    `${DEPLOYMENT}?api-version=2024-06-01`,
  ],
  [
    'a model with the v1 address',
    { AZURE_OPENAI_API_VERSION: '2024-10-21' },
    { base_url: 'AT/openai/v1/' },
    V1,
  ],
  [
    'the v1 address of a preview',
    {},
    { base_url: 'AT/openai/v1?api-version=preview' },
    `${V1}?api-version=preview`,
  ],
  ['an address up to /openai', {}, { base_url: 'AT/openai/' }, V1],
  [
    'the address of a call, as the portal shows it',
    {},
    { base_url: 'AT/openai/deployments/theirs/chat/completions?api-version=2025-01-01-preview' },
    '/openai/deployments/theirs/chat/completions?api-version=2025-01-01-preview',
  ],
  [
    'the address of a deployment without a version',
    {},
    { base_url: 'AT/openai/deployments/theirs' },
    '/openai/deployments/theirs/chat/completions?api-version=2024-10-21',
  ],
])('with %s', async (_what, environment, entry, expected) => {
  const { path, headers, body } = await sent(environment, entry);
  expect(path).toBe(expected);
  expect(headers).toMatchObject({ 'api-key': KEY, 'content-type': 'application/json' });
  expect(headers).not.toHaveProperty('authorization');
  expect(headers).not.toHaveProperty('openai-organization');
  expect(body.model).toBe('our gpt');
});

it('has an older name of the key', async () => {
  const { headers } = await sent({ ...ENDPOINT, AZURE_OPENAI_API_KEY: '', AZURE_API_KEY: 'another' });
  expect(headers['api-key']).toBe('another');
});

it('needs an address', async () => {
  await expect(sent({})).rejects.toThrow('needs a base_url');
  await expect(sent({ AZURE_OPENAI_ENDPOINT: 'our-resource' })).rejects.toThrow(
    'AZURE_OPENAI_ENDPOINT must be a URL',
  );
});

it('does not take the address of OpenAI', async () => {
  process.env.OPENAI_BASE_URL = 'http://127.0.0.1:9/v1';
  try {
    expect((await sent(ENDPOINT)).path).toBe(V1);
    const version = { AZURE_OPENAI_API_VERSION: '2024-10-21' };
    expect((await sent({ ...ENDPOINT, ...version })).path).toContain(DEPLOYMENT);
  } finally {
    delete process.env.OPENAI_BASE_URL;
  }
});

it.each<[string, Partial<Target>, object]>([
  ['its name', { model: 'gpt-5-mini' }, { max_completion_tokens: 9 }],
  [
    'the configuration',
    { model: 'ours', capabilities: { reasoning_effort: true } },
    { max_completion_tokens: 9 },
  ],
  [
    'the configuration, against its name',
    { model: 'gpt-5-mini', capabilities: { reasoning_effort: false } },
    { max_tokens: 9, temperature: 0.5 },
  ],
  ['nothing', { model: 'ours' }, { max_tokens: 9, temperature: 0.5 }],
])('knows a reasoning model by %s', async (_what, over, expected) => {
  const upstream = await startRawUpstream(replyWith('openai/text.json'));
  const target = targetAt(upstream.url, 'azure', over);
  await made(azure).send(question({ max_tokens: 9, temperature: 0.5 }), target, { signal: never() });
  const { messages: _messages, model: _model, stream: _stream, ...rest } = upstream.requests[0]!.body;
  expect(rest).toEqual(expected);
});

it('passes on the first chunk, which has only what the filters say of the question', async () => {
  const upstream = await startRawUpstream(replyWith('azure/text.sse'));
  const target = targetAt(upstream.url, 'azure');
  const { chunks, text } = await read(
    await made(azure).send(question({ stream: true }), target, { signal: never() }),
  );
  expect(chunks[0]).toMatchObject({ choices: [], prompt_filter_results: [{ prompt_index: 0 }] });
  expect(text).toBe('Hello, 世界 👋🏽!');
  // It has an empty id and no time, which are not the answer's.
  const collector = new Collector();
  for (const chunk of chunks) collector.add(chunk);
  expect(collector.completion()).toMatchObject({ id: 'chatcmpl-Az1', created: 1741569952 });
});

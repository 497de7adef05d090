/** The door for embeddings, as OpenAI's own package uses it, over several providers and their faults. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { nextAlias } from '../helpers/aliases.ts';
import { startAnsweringOnce } from '../helpers/answering-once.ts';
import { attemptsOf, postJson, readAnswer, startBareGateway, startGateway } from '../helpers/gateway.ts';
import { fixture, type RawReply, startRawUpstream } from '../helpers/raw-upstream.ts';

const TEXTS = ['sort a list', 'reverse a string'];
const MODEL = 'text-embedding-3-small';

const json = (body: unknown, rest: Partial<RawReply> = {}): RawReply => ({
  body: JSON.stringify(body),
  ...rest,
});
const list = (data: readonly object[], more: object = {}) =>
  json({ object: 'list', data, model: 'm', usage: { prompt_tokens: 6, total_tokens: 6 }, ...more });
const item = (index: number, embedding: unknown) => ({ object: 'embedding', index, embedding });
const GOOD = list([item(0, [0.1, 0.2, 0.3]), item(1, [-0.5, 0.25, 1])]);
const base64 = (...numbers: number[]) => Buffer.from(new Float32Array(numbers).buffer).toString('base64');

/** Providers at one raw upstream, each under its own name. */
async function gatewayWith(replies: readonly RawReply[], environment: Record<string, string> = {}) {
  const upstream = await startRawUpstream(...replies);
  const names = [
    'OPENAI',
    'TOGETHER',
    'MISTRAL',
    'COHERE',
    'GEMINI',
    'OLLAMA',
    'VLLM',
    'OPENROUTER',
    'ANTHROPIC',
    'GROQ',
  ];
  const addresses = Object.fromEntries(
    names.flatMap((name) => [
      [`${name}_API_KEY`, 'key'],
      [`${name}_BASE_URL`, `${upstream.url}/${name.toLowerCase()}/v1`],
    ]),
  );
  const gateway = await startBareGateway({
    ...addresses,
    AZURE_OPENAI_API_KEY: 'key',
    AZURE_OPENAI_ENDPOINT: `${upstream.url}/azure`,
    RETRIES: '0',
    ...environment,
  });
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'any', maxRetries: 0 });
  const embed = (body: object, headers = {}) => postJson(`${gateway.url}/v1/embeddings`, body, headers);
  return { ...gateway, upstream, client, embed };
}

describe('embeddings.create of the openai package', () => {
  it('asks for base64 by itself, and has numbers', async () => {
    const first = base64(0.5, -0.25);
    const { client, upstream } = await gatewayWith([list([item(0, first), item(1, base64(1, 2))])]);
    const { data, usage, object } = await client.embeddings.create({ model: MODEL, input: TEXTS });
    expect(object).toBe('list');
    expect(data.map(({ embedding }) => embedding)).toEqual([
      [0.5, -0.25],
      [1, 2],
    ]);
    expect(usage).toEqual({ prompt_tokens: 6, total_tokens: 6 });
    expect(upstream.requests[0]).toMatchObject({
      path: '/openai/v1/embeddings',
      body: { model: MODEL, input: TEXTS, encoding_format: 'base64' },
    });
    expect(Object.keys(upstream.requests[0]!.body).sort()).toEqual(['encoding_format', 'input', 'model']);
  });

  it('has base64 of a provider that gives only numbers', async () => {
    const { client, upstream } = await gatewayWith([GOOD]);
    const { data } = await client.embeddings.create({ model: 'mistral/mistral-embed', input: TEXTS });
    expect(data.map(({ embedding }) => embedding.map((number) => Math.fround(number)))).toEqual([
      [0.1, 0.2, 0.3].map(Math.fround),
      [-0.5, 0.25, 1],
    ]);
    expect(upstream.requests[0]!.body).not.toHaveProperty('encoding_format');
  });

  it('has numbers of a provider that gives base64 all the same', async () => {
    const { client } = await gatewayWith([list([item(0, base64(0.5, 0.25))])]);
    const { data } = await client.embeddings.create({ model: MODEL, input: 'x', encoding_format: 'float' });
    expect(data[0]!.embedding).toEqual([0.5, 0.25]);
  });

  it('works in the demo, where texts are near each other as far as they share words', async () => {
    const { url } = await startBareGateway();
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any', maxRetries: 0 });
    const input = ['reverse a list in python', 'how to reverse a list', 'weather in Paris'];
    const { data, response } = await client.embeddings.create({ model: MODEL, input }).withResponse();
    const [one, two, other] = data.data.map(({ embedding }) => embedding);
    const nearness = (left: number[], right: number[]) =>
      left.reduce((sum, number, at) => sum + number * right[at]!, 0);
    expect(nearness(one!, two!)).toBeGreaterThan(nearness(one!, other!) + 0.2);
    expect(one).toHaveLength(1_536);
    expect(response.headers.get('x-demo')).toBe('true');
  });
});

describe('each provider is asked in its own way', () => {
  it.each([
    ['openai/text-embedding-3-large', '/openai/v1/embeddings', { dimensions: 3, user: 'ada' }, ''],
    ['azure/my-embeddings', '/azure/openai/v1/embeddings', { dimensions: 3, user: 'ada' }, ''],
    ['mistral/codestral-embed', '/mistral/v1/embeddings', { output_dimension: 3 }, 'user'],
    ['gemini/gemini-embedding-001', '/gemini/v1/embeddings', { dimensions: 3 }, 'user'],
    ['ollama/nomic-embed-text', '/ollama/v1/embeddings', { dimensions: 3 }, 'user'],
    ['vllm/BAAI/bge-m3', '/vllm/v1/embeddings', { dimensions: 3, encoding_format: 'float' }, 'user'],
    ['openrouter/qwen/qwen3-embedding-8b', '/openrouter/v1/embeddings', { dimensions: 3 }, ''],
  ])('%s', async (model, path, body, dropped) => {
    const { embed, upstream } = await gatewayWith([GOOD]);
    const response = await embed({ model, input: TEXTS, dimensions: 3, user: 'ada' });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-dropped-params') ?? '').toBe(dropped);
    expect(await response.json()).toMatchObject({
      object: 'list',
      data: [{ embedding: [0.1, 0.2, 0.3] }, {}],
    });
    expect(upstream.requests[0]).toMatchObject({
      path,
      body: { model: model.slice(model.indexOf('/') + 1), input: TEXTS, ...body },
    });
  });

  it('azure, by a deployment and its version', async () => {
    const { embed, upstream } = await gatewayWith([GOOD], { AZURE_OPENAI_API_VERSION: '2024-10-21' });
    expect((await embed({ model: 'azure/my-embeddings', input: TEXTS })).status).toBe(200);
    expect(upstream.requests[0]).toMatchObject({
      path: '/azure/openai/deployments/my-embeddings/embeddings?api-version=2024-10-21',
      headers: { 'api-key': 'key' },
    });
  });

  it('cohere, in its own format', async () => {
    const { embed, upstream } = await gatewayWith([{ body: fixture('cohere/embeddings.json') }]);
    const response = await embed({ model: 'cohere/embed-v4.0', input: TEXTS, input_type: 'search_query' });
    expect(await response.json()).toEqual({
      id: 'da6e531f-54c5-4a73-bf92-f60566d8d753',
      object: 'list',
      data: [item(0, [0.016, -0.008]), item(1, [-0.03, 0.25])],
      model: 'embed-v4.0',
      usage: { prompt_tokens: 7, total_tokens: 7 },
    });
    expect(upstream.requests[0]).toMatchObject({
      path: '/cohere/v2/embed',
      body: { model: 'embed-v4.0', texts: TEXTS, input_type: 'search_query', embedding_types: ['float'] },
    });
  });

  it('more texts than it takes at once go in several calls', async () => {
    const input = Array.from({ length: 130 }, (_, at) => `text ${at}`);
    const { embed, upstream } = await gatewayWith([
      list(input.slice(0, 100).map((_, at) => item(at, [at, 1]))),
      list(input.slice(100).map((_, at) => item(at, [at + 100, 1]))),
    ]);
    const response = await embed({ model: 'gemini/gemini-embedding-001', input });
    const { data, usage } = (await response.json()) as OpenAI.CreateEmbeddingResponse;
    expect(upstream.requests.map(({ body }) => (body.input as string[]).length).sort()).toEqual([100, 30]);
    expect(data).toHaveLength(130);
    expect(data.map(({ index }) => index)).toEqual(input.map((_, at) => at));
    expect(usage).toEqual({ prompt_tokens: 12, total_tokens: 12 });
  });

  it('as many as a request may have, in either form, each at its place', async () => {
    const { url, simulator } = await startGateway({}, { callsKept: 100 });
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any', maxRetries: 0 });
    const input = Array.from({ length: 2_048 }, (_, at) => `text${at}`);
    for (const format of ['float', 'base64'] as const) {
      const { data, usage } = await client.embeddings.create({
        model: MODEL,
        input,
        encoding_format: format,
        dimensions: 16,
      });
      expect(data.map(({ index }) => index)).toEqual(input.map((_, at) => at));
      const one = await client.embeddings.create({
        model: MODEL,
        input: input[1_999]!,
        encoding_format: format,
        dimensions: 16,
      });
      expect(data[1_999]!.embedding).toEqual(one.data[0]!.embedding);
      expect(usage.prompt_tokens).toBe(2_048);
    }
    expect(simulator.calls.map(({ body }) => (body as { input: string[] }).input.length)).toEqual([
      ...new Array(16).fill(128),
      1,
      ...new Array(4).fill(512),
      1,
    ]);
  });

  it.each([
    ['anthropic/claude-sonnet-5-5', {}, 'model', 'makes no embeddings'],
    ['groq/some-model', {}, 'model', 'makes no embeddings'],
    ['together/BAAI/bge-base-en-v1.5', { dimensions: 3 }, 'dimensions', 'does not support'],
  ])('%s with %j is refused, and nothing is sent', async (model, more, param, words) => {
    const { embed, upstream } = await gatewayWith([GOOD]);
    const { status, body } = await readAnswer(await embed({ model, input: TEXTS, ...more }));
    expect([status, body.error.param]).toEqual([400, param]);
    expect(body.error.message).toContain(words);
    expect(upstream.requests).toHaveLength(0);
  });
});

describe('a bad request is told by the name of its field, and costs nothing', () => {
  it.each([
    [{}, 'input', 'required'],
    [{ input: '' }, 'input', 'must not be empty'],
    [{ input: ['a', ''] }, 'input.1', 'must not be empty'],
    [{ input: [] }, 'input', 'at least 1'],
    [{ input: ['a', 7] }, 'input', 'token ids'],
    [{ input: [[1, 2]] }, 'input', 'token ids'],
    [{ input: ['a', {}] }, 'input.1', 'must be a string'],
    [{ input: Array.from({ length: 2_049 }, () => 'x') }, 'input', 'at most 2048'],
    [{ input: 'x', dimensions: 0 }, 'dimensions', 'at least 1'],
    [{ input: 'x', encoding_format: 'int8' }, 'encoding_format', '"float", "base64"'],
    [{ input: 'x', dimension: 3 }, 'dimension', 'did you mean `dimensions`'],
    [{ input: 'x', model: undefined }, 'model', 'is required'],
    [{ input: 'x', model: 'no-such' }, 'model', 'no model or chain'],
  ])('%j', async (fields, param, words) => {
    const { embed, upstream } = await gatewayWith([GOOD]);
    const { status, body } = await readAnswer(await embed({ model: MODEL, ...fields }));
    expect([status, body.error.param]).toEqual([words === 'no model or chain' ? 404 : 400, param]);
    expect(body.error.message).toContain(words);
    expect(upstream.requests).toHaveLength(0);
  });
});

describe('a reply that is none is never passed on', () => {
  it.each([
    ['too few vectors', list([item(0, [1, 2])])],
    ['too many', list([item(0, [1]), item(1, [1]), item(2, [1])])],
    ['one place twice', list([item(0, [1, 2]), item(0, [3, 4])])],
    ['a place missing', list([item(0, [1, 2]), { object: 'embedding', embedding: [3, 4] }])],
    ['a place that is none', list([item(0, [1, 2]), item(7, [3, 4])])],
    ['different lengths', list([item(0, [1, 2]), item(1, [3])])],
    ['an empty vector', list([item(0, []), item(1, [])])],
    ['null for a number', list([item(0, [1, null]), item(1, [3, 4])])],
    ['text for a number', list([item(0, ['1', 2]), item(1, [3, 4])])],
    ['NaN in base64', list([item(0, base64(Number.NaN, 1)), item(1, base64(3, 4))])],
    ['broken base64', list([item(0, '%%%%'), item(1, '%%%%')])],
    ['half a float', list([item(0, 'AAAAAAA='), item(1, 'AAAAAAA=')])],
    ['no list', json({ object: 'list', data: {} })],
    ['no JSON', { body: '<html>' }],
    [
      'a cut reply',
      { body: '{"object": "list", "da', ending: 'cut' as const, headers: { 'content-length': '900' } },
    ],
  ])('%s', async (_what, reply) => {
    const { embed, upstream } = await gatewayWith([reply]);
    const { status, body } = await readAnswer(await embed({ model: MODEL, input: TEXTS }));
    expect([status, body.error.code]).toEqual([503, 'no_target_available']);
    expect(upstream.requests).toHaveLength(1);
  });

  it('vectors in another order are put into that of the texts, and without places they are in it', async () => {
    const shuffled = list([item(1, [3, 4]), item(0, [1, 2])]);
    const bare = list([{ embedding: [1, 2] }, { embedding: [3, 4] }]);
    const { embed } = await gatewayWith([shuffled, bare], { CACHE_TTL: '0' });
    for (let time = 0; time < 2; time++) {
      const { data } = (await (
        await embed({ model: MODEL, input: TEXTS })
      ).json()) as OpenAI.CreateEmbeddingResponse;
      expect(data).toEqual([item(0, [1, 2]), item(1, [3, 4])]);
    }
  });

  it('vectors of another length than was asked for are of another space', async () => {
    const { embed } = await gatewayWith([GOOD]);
    const { status, body } = await readAnswer(await embed({ model: MODEL, input: TEXTS, dimensions: 256 }));
    expect([status, body.error.param]).toEqual([400, 'dimensions']);
  });
});

describe('fallbacks', () => {
  const CONFIG = `
models:
  small: { provider: openai, model: text-embedding-3-small }
  same: { provider: openrouter, model: openai/text-embedding-3-small }
  other: { provider: mistral, model: mistral-embed }
chains:
  vectors: [small, other, same]
`;
  async function chained(...replies: RawReply[]) {
    const file = join(mkdtempSync(join(tmpdir(), 'embeddings-')), 'models.yaml');
    writeFileSync(file, CONFIG);
    return gatewayWith(replies, { CONFIG_FILE: file });
  }

  it('go to the same model elsewhere, and never to another one', async () => {
    const limited = json(
      { error: { message: 'slow down' } },
      { status: 429, headers: { 'retry-after': '60' } },
    );
    const { embed, upstream } = await chained(limited, GOOD);
    const answer = await readAnswer(await embed({ model: 'vectors', input: TEXTS }));
    expect(answer.status).toBe(200);
    expect(attemptsOf(answer)).toEqual(['openai upstream_rate_limited 429', 'openrouter ok 200']);
    expect(upstream.requests.map(({ path }) => path)).toEqual([
      '/openai/v1/embeddings',
      '/openrouter/v1/embeddings',
    ]);
  });

  it('what a chat model answers to a request for vectors does not put its chats out of use', async () => {
    const gone = json(
      { error: { message: 'The model `gpt-4` does not exist', code: 'model_not_found' } },
      { status: 404 },
    );
    const chat = json({
      id: 'c',
      object: 'chat.completion',
      created: 1,
      model: 'gpt-4',
      choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }],
    });
    const { embed, ask } = await gatewayWith([gone, chat]);
    // Not even by its successor, whose vectors would be of another space.
    expect((await embed({ model: 'gpt-4', input: TEXTS })).status).toBe(404);
    expect((await ask({ model: 'gpt-4', prompt: 'hello' })).text).toBe('hello');
  });
});

describe('the same engine as that of chats', () => {
  const ADMIN = { authorization: 'Bearer the-administrators-own-key' };
  const start = (environment = {}) =>
    startGateway({ ADMIN_KEY: 'the-administrators-own-key', ...environment });

  it('the cache answers the same texts in the same form, and costs nothing', async () => {
    const { url, simulator } = await start();
    const embed = (body: object) =>
      postJson(`${url}/v1/embeddings`, { model: MODEL, input: TEXTS, ...body }, ADMIN);
    const first = await embed({});
    const second = await embed({});
    expect([first, second].map(({ headers }) => headers.get('x-cache'))).toEqual(['miss', 'hit']);
    expect(await second.json()).toEqual(await first.json());
    expect(Number(first.headers.get('x-cost-usd'))).toBeGreaterThan(0);
    expect(second.headers.get('x-cost-usd')).toBe('0');
    expect((await embed({ encoding_format: 'base64' })).headers.get('x-cache')).toBe('miss');
    expect((await embed({ dimensions: 8 })).headers.get('x-cache')).toBe('miss');
    expect(simulator.calls).toHaveLength(3);
  });

  it('a receipt, with the tokens read and what they cost; our own count where the provider reports none', async () => {
    const { url, simulator } = await start({ CACHE_TTL: '0' });
    simulator.script('openai', 'ok', 'no_usage');
    for (const estimated of [false, true]) {
      const response = await postJson(`${url}/v1/embeddings`, { model: MODEL, input: TEXTS }, ADMIN);
      const { usage } = (await response.json()) as OpenAI.CreateEmbeddingResponse;
      const id = response.headers.get('x-request-id');
      const receipt = await (await fetch(`${url}/requests/${id}`, { headers: ADMIN })).json();
      expect(receipt).toMatchObject({
        door: 'embeddings',
        provider: 'openai',
        model: MODEL,
        usage: { input: usage.prompt_tokens, output: 0, estimated },
        cost_usd: Number(response.headers.get('x-cost-usd')),
        error: null,
      });
    }
  });

  it('limits and budgets hold', async () => {
    const { url, simulator } = await start({ CACHE_TTL: '0' });
    const makeKey = async (fields: object) => {
      const response = await postJson(`${url}/keys`, { alias: nextAlias(url), ...fields }, ADMIN);
      return { authorization: `Bearer ${((await response.json()) as { key: string }).key}` };
    };
    const embed = (key: Record<string, string>, body: object = {}) =>
      postJson(`${url}/v1/embeddings`, { model: MODEL, input: TEXTS, ...body }, key);
    const limited = await makeKey({ rpm: 1 });
    expect((await embed(limited)).headers.get('x-ratelimit-remaining-requests')).toBe('0');
    expect((await embed(limited)).status).toBe(429);
    const poor = await makeKey({ budget_usd: 0.000001 });
    expect((await embed(poor, { input: 'word '.repeat(2_000) })).status).toBe(402);
    const rich = await makeKey({ budget_usd: 1, models: [MODEL] });
    expect((await embed(rich)).status).toBe(200);
    expect((await embed(rich, { model: 'text-embedding-3-large' })).status).toBe(403);
    // A price that nobody knows is no price of zero.
    expect((await embed(rich, { model: 'together/BAAI/bge-base-en-v1.5' })).status).toBe(403);
    expect(simulator.calls).toHaveLength(2);
  });

  it('identical requests in flight share one call', async () => {
    const vector = { object: 'embedding', index: 0, embedding: [0.1, 0.2] };
    const body = {
      object: 'list',
      data: TEXTS.map((_, index) => ({ ...vector, index })),
      model: 'text-embedding-3-small',
      usage: { prompt_tokens: 5, total_tokens: 5 },
    };
    const { url, upstream } = await startAnsweringOnce(
      3,
      { body: JSON.stringify(body) },
      { ADMIN_KEY: 'the-administrators-own-key' },
    );
    const replies = await Promise.all(
      [1, 2, 3].map(() => postJson(`${url}/v1/embeddings`, { model: MODEL, input: TEXTS }, ADMIN)),
    );
    expect(replies.map(({ headers }) => headers.get('x-cache')).sort()).toEqual([
      'coalesced',
      'coalesced',
      'miss',
    ]);
    expect(upstream.requests).toHaveLength(1);
  });
});

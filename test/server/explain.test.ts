/** `POST /v1/explain`: what would become of a request, before it costs anything. */
import { expect, it } from 'vitest';
import type { Explanation } from '../../src/chat/explanation.ts';
import type { Environment } from '../../src/config/environment.ts';
import { type Headers, postJson, type SimulatedGateway, startGateway } from '../helpers/gateway.ts';

const HELLO = { messages: [{ role: 'user', content: 'hello world' }] };

async function start(environment: Environment = {}) {
  const gateway = await startGateway({ RETRIES: '0', ...environment });
  return { ...gateway, explain: (...given: Given) => explain(gateway, ...given) };
}

type Given = [body: object, headers?: Headers, query?: string];

async function explain({ url }: SimulatedGateway, ...[body, headers, query = '']: Given) {
  const response = await postJson(`${url}/v1/explain${query}`, body, headers);
  return {
    status: response.status,
    body: (await response.json()) as Explanation & {
      error: { message: string; code: string; param: string };
    },
  };
}

it('a window is too small for the prompt and the cap asked for, and not for a cap that nobody asked for', async () => {
  const { explain } = await start();
  const windowOk = async (body: object) =>
    Object.fromEntries((await explain(body)).body.targets.map(({ target, window_ok: ok }) => [target, ok]));
  // gpt-4 reads and writes 8,192 tokens.
  expect((await windowOk(HELLO))['openai/gpt-4']).toBe(true);
  expect((await windowOk({ ...HELLO, max_tokens: 8_190 }))['openai/gpt-4']).toBe(false);
});

it('names the targets in order, who would be asked, and what it can cost; and asks nobody', async () => {
  const { explain, simulator } = await start();
  const { status, body } = await explain({ ...HELLO, max_tokens: 1_000 });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    chain: 'default',
    tokens: { exact: false },
    cache: { exact: 'miss', semantic: 'miss' },
    admission: { verdict: 'admitted', limit: null, remaining: {} },
    guard: { guardrail: true },
    would_ask: 'together/togethercomputer/CodeLlama-34b-Instruct',
  });
  expect(body.tokens.input).toBeGreaterThan(5);
  const [first, second] = body.targets;
  expect(first).toMatchObject({ target: body.would_ask, state: 'up', recovers_in_s: 0, window_ok: true });
  // gpt-4: $30 and $60 a million; the bound of the prompt is above its count.
  expect(second).toMatchObject({ target: 'openai/gpt-4', expected_usd: null });
  expect(second!.worst_case_usd).toBeGreaterThan(0.06);
  expect(second!.worst_case_usd).toBeLessThan(0.12);
  expect(simulator.calls).toHaveLength(0);
});

it('names what each target would leave out, make of something else, or refuse', async () => {
  const { explain } = await start();
  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=' } };
  const messages = [{ role: 'user', content: [{ type: 'text', text: 'what is this?' }, image] }];
  const json = { type: 'json_object' };
  const { body } = await explain({ model: 'default', messages, seed: 1, n: 2, response_format: json });
  const claude = body.targets.find(({ target }) => target.startsWith('anthropic/'))!;
  expect(claude.drops).toContain('seed');
  expect(claude.emulates).toEqual(expect.arrayContaining(['n', 'json_object']));
  const likely = (await explain({ model: 'claude-2', ...HELLO, logprobs: true })).body;
  expect(likely.targets[0]!.refuses).toMatch(/logprobs/);
  expect(likely.would_ask).toBeNull();
});

it('knows of a cooldown, and who stands in', async () => {
  const { explain, ask, simulator } = await start({ ALLOWED_FAILURES: '1', COOLDOWN: '60s' });
  simulator.always('together', '503');
  await ask({ prompt: 'hello' });
  const { body } = await explain(HELLO);
  expect(body.targets[0]!.state).toBe('cooling');
  expect(body.targets[0]!.recovers_in_s).toBeGreaterThan(30);
  expect(body.targets[0]!.recovers_in_s).toBeLessThanOrEqual(60);
  expect(body.would_ask).toBe('openai/gpt-4');
});

it('knows what the cache has, without making it a hit', async () => {
  const { explain, ask, simulator } = await start({ SEMANTIC_CACHE: 'on' });
  await ask({ ...HELLO, model: 'gpt-4' });
  const { body } = await explain({ ...HELLO, model: 'gpt-4' });
  expect(body).toMatchObject({ cache: { exact: 'hit' }, would_ask: null });
  // What the last answer had is what this one can be expected to have.
  expect(body.targets[0]!.expected_usd).toBeGreaterThan(0);
  expect((await explain({ ...HELLO, model: 'gpt-4', cache: false })).body.cache.exact).toBe('bypass');
  await ask({ model: 'gpt-4', prompt: 'How do I sort an array in JavaScript?' });
  const other = { model: 'gpt-4', prompt: 'how can I sort an array in javascript' };
  expect((await explain(other)).body.cache).toEqual({ exact: 'miss', semantic: 'hit' });
  expect(simulator.calls).toHaveLength(2);
});

it('says what the limits would say, and takes nothing of them', async () => {
  const admin = { authorization: 'Bearer the-administrators-own-key' };
  const gateway = await start({ ADMIN_KEY: 'the-administrators-own-key', CACHE_TTL: '0' });
  const { explain, ask, url } = gateway;
  const limits = { alias: 'web', rpm: 1, budget_usd: 1, models: ['gpt-4'] };
  const made = (await (await postJson(`${url}/keys`, limits, admin)).json()) as { key: string };
  const bearer = { authorization: `Bearer ${made.key}` };
  const gpt = { ...HELLO, model: 'gpt-4' };
  for (let time = 0; time < 3; time++) {
    expect((await explain(gpt, bearer)).body.admission).toEqual({
      verdict: 'admitted',
      limit: null,
      remaining: { requests: 1, budget_usd: 1 },
    });
  }
  expect((await ask(gpt, bearer)).status).toBe(200);
  const refused = (await explain(gpt, bearer)).body;
  expect(refused).toMatchObject({
    admission: {
      verdict: 'refused',
      limit: 'rpm',
      remaining: { requests: 0 },
      error: { code: 'rate_limited' },
    },
    would_ask: null,
  });
  expect(refused.admission.retry_after_s).toBeGreaterThan(0);
  expect((await explain({ ...HELLO, model: 'codellama' }, bearer)).status).toBe(403);
  expect((await explain(gpt)).status).toBe(401);
});

it('reads the body of any door', async () => {
  const { explain } = await start();
  const message = { model: 'gpt-4', max_tokens: 50, ...HELLO };
  expect((await explain(message, {}, '?format=messages')).body).toMatchObject({ would_ask: 'openai/gpt-4' });
  const response = { model: 'gpt-4', input: 'hello', tools: [{ type: 'web_search' }] };
  const { body } = await explain(response, {}, '?format=responses');
  expect(body.targets[0]!.drops).toEqual(['tools (web_search)']);
  const unknown = await explain(HELLO, {}, '?format=smoke');
  expect(unknown).toMatchObject({ status: 400, body: { error: { param: 'format' } } });
  const wrong = await explain({ model: 'gpt-4', ...HELLO }, {}, '?format=messages');
  expect(wrong).toMatchObject({ status: 400, body: { error: { param: 'max_tokens' } } });
  expect((await explain({ ...HELLO, model: 'no-such' })).status).toBe(404);
});

it('is free, but no more than so often a minute', async () => {
  const { explain } = await start();
  const statuses = [];
  for (let time = 0; time < 121; time++) statuses.push((await explain(HELLO)).status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(120);
  expect(statuses.at(-1)).toBe(429);
});

/** Keys, budgets and limits as their users meet them: over HTTP, with the provider's own log as the witness. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/environment.ts';
import { nextAlias } from '../helpers/aliases.ts';
import { eventually } from '../helpers/eventually.ts';
import { type RunningGateway, type SimulatedGateway, startGateway } from '../helpers/gateway.ts';

const ADMIN_KEY = 'the-administrators-own-key';
const ADMIN = { authorization: `Bearer ${ADMIN_KEY}` };

interface Made {
  readonly id: string;
  readonly key: string;
  readonly [field: string]: unknown;
}

const start = (environment: Environment = {}): Promise<SimulatedGateway> =>
  startGateway({ ADMIN_KEY, CACHE_TTL: '0', RETRIES: '0', ...environment });

async function call(
  { url }: RunningGateway,
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = ADMIN,
) {
  const response = await fetch(url + path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: (isJson ? JSON.parse(text) : text) as Made & {
      error: { code: string; message: string; param: string };
    },
  };
}

async function makeKey(gateway: RunningGateway, fields: object = {}): Promise<Made> {
  const { status, body } = await call(gateway, 'POST', '/keys', { alias: nextAlias(gateway.url), ...fields });
  expect(status).toBe(201);
  return body;
}

const bearer = ({ key }: Made) => ({ authorization: `Bearer ${key}` });

describe('a key', () => {
  it('is shown once, works, and is never seen again', async () => {
    const gateway = await start();
    const made = await makeKey(gateway, { rpm: 60, budget_usd: 10 });
    expect(made.key).toMatch(/^sk-cl-[A-Za-z0-9]{43}$/);
    expect((await gateway.ask({ prompt: 'hello' }, bearer(made))).status).toBe(200);
    expect((await gateway.ask({ prompt: 'hello' }, { 'x-api-key': made.key })).status).toBe(200);
    const shown = await call(gateway, 'GET', `/keys/${made.id}`);
    expect(shown.body).toMatchObject({
      alias: 'web',
      last_four: made.key.slice(-4),
      rpm: 60,
      tpm: null,
      budget_usd: 10,
      budget_period: 'month',
      held_usd: 0,
      resets_at: expect.stringMatching(/-01T00:00:00.000Z$/),
    });
    const everything = JSON.stringify([shown.body, (await call(gateway, 'GET', '/keys')).body, gateway.log]);
    expect(everything).not.toContain(made.key);
  });

  it('that is unknown, revoked, rotated away or expired gets 401, and nothing is asked of a provider', async () => {
    const gateway = await start();
    const revoked = await makeKey(gateway);
    await call(gateway, 'DELETE', `/keys/${revoked.id}`);
    const rotated = await makeKey(gateway);
    const { body: renewed } = await call(gateway, 'POST', `/keys/${rotated.id}/rotate`);
    let end = 0;
    // One that has not been made by its end is refused, and is made again.
    const expiring = await eventually(() => {
      end = Date.now() + 2_000;
      return makeKey(gateway, { expires_at: new Date(end).toISOString() });
    });
    await sleep(end + 50 - Date.now());
    for (const key of [revoked, rotated, expiring, { id: '', key: `sk-cl-${'x'.repeat(43)}` }]) {
      const { status, body } = await gateway.ask({ prompt: 'hello' }, bearer(key));
      expect([status, body.error.code]).toEqual([401, 'unauthorized']);
    }
    expect(gateway.simulator.calls).toHaveLength(0);
    expect((await gateway.ask({ prompt: 'hello' }, bearer(renewed))).status).toBe(200);
  });

  it('may use only its models', async () => {
    const gateway = await start();
    const key = bearer(await makeKey(gateway, { models: ['gpt-4'] }));
    const refused = await gateway.ask({ prompt: 'hello', model: 'claude-2' }, key);
    expect([refused.status, refused.body.error.code, refused.body.error.param]).toEqual([
      403,
      'unauthorized',
      'model',
    ]);
    expect((await gateway.ask({ prompt: 'hello', model: 'gpt-4' }, key)).headers['x-model']).toBe(
      'openai/gpt-4',
    );
    // The default chain is answered by as much of it as is allowed.
    expect((await gateway.ask({ prompt: 'hello' }, key)).headers['x-model']).toBe('openai/gpt-4');
  });

  it('sees itself and its own requests, and manages nothing', async () => {
    const gateway = await start();
    const [mine, other] = [await makeKey(gateway), await makeKey(gateway)];
    await gateway.ask({ prompt: 'hello' }, { ...bearer(mine), 'x-request-id': 'mine' });
    await gateway.ask({ prompt: 'hello there' }, { ...bearer(other), 'x-request-id': 'others' });
    const see = (method: string, path: string) => call(gateway, method, path, undefined, bearer(mine));
    expect((await see('GET', `/keys/${mine.id}`)).status).toBe(200);
    expect((await see('GET', '/requests/mine')).body).toMatchObject({
      id: 'mine',
      key_id: mine.id,
      client: 'completed',
    });
    expect((await see('GET', '/requests/others')).status).toBe(404);
    expect((await see('GET', '/usage?group_by=key')).body).toMatchObject({
      data: [{ key: mine.id, requests: 1 }],
    });
    for (const [method, path] of [
      ['GET', '/keys'],
      ['DELETE', `/keys/${other.id}`],
      ['POST', `/keys/${mine.id}/rotate`],
      ['GET', '/projects'],
    ] as const)
      expect((await see(method, path)).status, `${method} ${path}`).toBe(403);
    // Whether another key is there is not told.
    expect((await see('GET', `/keys/${other.id}`)).status).toBe(404);
    expect((await call(gateway, 'GET', '/requests/others')).body).toMatchObject({ key_id: other.id });
  });
});

describe('limits', () => {
  it('requests a minute: refused with the time to come back, and without asking a provider', async () => {
    const gateway = await start();
    const key = bearer(await makeKey(gateway, { rpm: 2 }));
    const began = performance.now();
    const first = await gateway.ask({ prompt: 'one' }, key);
    expect(first.headers).toMatchObject({
      'x-ratelimit-limit-requests': '2',
      'x-ratelimit-remaining-requests': '1',
      'x-ratelimit-reset-requests': expect.stringMatching(/^[\d.]+s$/),
    });
    await gateway.ask({ prompt: 'two' }, key);
    const { status, body, headers } = await gateway.ask({ prompt: 'three' }, key);
    expect([status, body.error.code]).toEqual([429, 'rate_limited']);
    expect(body.error.message).toMatch(/^The key web may make 2 requests a minute; none is left/);
    // A minute after the first.
    const passed = (performance.now() - began) / 1_000;
    expect(Number(headers['retry-after'])).toBeGreaterThan(58 - passed);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(61);
    expect(headers).toMatchObject({
      'x-ratelimit-limit-requests': '2',
      'x-ratelimit-remaining-requests': '0',
    });
    expect(gateway.simulator.calls).toHaveLength(2);
    // Where only requests are counted, the answer's length is the caller's affair.
    expect(gateway.simulator.calls[0]!.body).not.toHaveProperty('max_tokens');
  });

  it('tokens a minute: the output cap shrinks to what is left, and the real count replaces the estimate', async () => {
    const gateway = await start();
    const key = bearer(await makeKey(gateway, { tpm: 3_000 }));
    const { headers } = await gateway.ask({ prompt: 'hello' }, key);
    const sent = gateway.simulator.calls[0]!.body as { max_tokens: number };
    expect(sent.max_tokens).toBeLessThan(3_000);
    expect(Number(headers['x-ratelimit-remaining-tokens'])).toBeLessThan(100);
    const second = await gateway.ask({ prompt: 'hello again' }, key);
    expect(second.status).toBe(200);
    expect((await gateway.ask({ prompt: 'x'.repeat(4_000) }, key)).body.error.code).toBe('rate_limited');
  });

  it.each([
    ['a request larger than the whole limit', { tpm: 60 }, 429],
    ['a spent budget', { budget_usd: 0.000001 }, 402],
  ])(
    '%s is asked again in vain, and the official clients are told so at every door',
    async (_, limits, status) => {
      const gateway = await start();
      const { authorization } = bearer(await makeKey(gateway, limits));
      const messages = [{ role: 'user', content: 'hello '.repeat(100) }];
      const refused = async (path: string, body: object) => {
        const sent = JSON.stringify({ max_tokens: 20, ...body });
        const headers = { authorization: authorization!, 'content-type': 'application/json' };
        const reply = await fetch(gateway.url + path, { method: 'POST', headers, body: sent });
        return [reply.status, reply.headers.get('x-should-retry')];
      };
      expect(await refused('/v1/chat/completions', { messages })).toEqual([status, 'false']);
      expect(await refused('/v1/messages', { model: 'default', messages })).toEqual([status, 'false']);
      expect(await refused('/v1/responses', { input: messages })).toEqual([429, 'false']);
    },
  );

  it('calls in flight: the place is free again when a call ends, however it ends', async () => {
    const gateway = await start();
    const key = bearer(await makeKey(gateway, { max_concurrency: 1 }));
    gateway.simulator.always('together', 'slow:5000');
    const hangUp = new AbortController();
    const first = gateway.post({ prompt: 'one', stream: true }, key, hangUp.signal).catch(() => {});
    await eventually(() => expect(gateway.simulator.calls).toHaveLength(1));
    expect((await gateway.ask({ prompt: 'two' }, key)).status).toBe(429);
    hangUp.abort();
    await first;
    gateway.simulator.always('together', 'ok');
    // What was generated is counted by the tokeniser, whose thread takes its time to load on a busy machine.
    await eventually(async () => expect((await gateway.ask({ prompt: 'three' }, key)).status).toBe(200));
  });

  it('of a user within a key hold for that user alone', async () => {
    const gateway = await start();
    const key = bearer(await makeKey(gateway, { user_rpm: 1 }));
    const ask = async (user: string) => (await gateway.ask({ prompt: `I am ${user}`, user }, key)).status;
    expect([await ask('ada'), await ask('ada'), await ask('bob')]).toEqual([200, 429, 200]);
  });
});

describe('a budget', () => {
  it('is charged what the call cost, to the nano-dollar', async () => {
    const gateway = await start();
    const made = await makeKey(gateway, { budget_usd: 1 });
    const whole = await gateway.ask({ prompt: 'hello' }, bearer(made));
    const cost = Number(whole.headers['x-cost-usd']);
    expect(cost).toBeGreaterThan(0);
    const streamed = await gateway.stream({ prompt: 'hello' }, bearer(made));
    const receipt = await call(gateway, 'GET', `/requests/${streamed.headers['x-request-id']}`);
    const spent = Math.round((cost + Number(receipt.body.cost_usd)) * 1e9) / 1e9;
    expect((await call(gateway, 'GET', `/keys/${made.id}`)).body).toMatchObject({
      spent_usd: spent,
      held_usd: 0,
      remaining_usd: Math.round((1 - spent) * 1e9) / 1e9,
    });
    expect((await call(gateway, 'GET', '/usage?group_by=model')).body).toMatchObject({
      data: [{ model: 'together/togethercomputer/CodeLlama-34b-Instruct', requests: 2, cost_usd: spent }],
      total: { cost_usd: spent, unpriced_requests: 0 },
    });
  });

  it('lowers the output cap to what is left, and says 402 when nothing fits', async () => {
    const gateway = await start();
    const made = await makeKey(gateway, { budget_usd: 0.0003 });
    const { status } = await gateway.ask(
      { prompt: 'hello', max_tokens: 1_000_000, model: 'codellama' },
      bearer(made),
    );
    expect(status).toBe(200);
    const sent = gateway.simulator.calls[0]!.body as { max_tokens: number };
    expect(sent.max_tokens).toBeLessThan(400);
    const dear = await gateway.ask({ prompt: 'hello', model: 'gpt-4' }, bearer(made));
    expect([dear.status, dear.body.error.code]).toEqual([402, 'budget_exceeded']);
    expect(dear.body.error.message).toMatch(
      /^The budget of the key web is \$0.0003 a month; \$0\.000\d+ is left/,
    );
    expect(gateway.simulator.calls).toHaveLength(1);
  });

  it('is not overdrawn by a hundred calls at once', async () => {
    const gateway = await start();
    const budget = 0.004;
    const made = await makeKey(gateway, { budget_usd: budget });
    const ask = (index: number) => gateway.ask({ prompt: `hello ${index}`, max_tokens: 200 }, bearer(made));
    const replies = await Promise.all(Array.from({ length: 100 }, (_, index) => ask(index)));
    const spent = replies.reduce((sum, { headers }) => sum + Number(headers['x-cost-usd'] ?? 0), 0);
    expect(spent).toBeLessThanOrEqual(budget);
    const statuses = new Set(replies.map(({ status }) => status));
    // What comes when nothing is held any more hears that the budget is spent.
    statuses.delete(402);
    expect(statuses).toEqual(new Set([200, 429]));
    const { body } = await call(gateway, 'GET', `/keys/${made.id}`);
    expect(body).toMatchObject({ held_usd: 0, spent_usd: expect.closeTo(spent, 9) });
  });

  it('is charged what was generated when the caller hangs up', async () => {
    const gateway = await start();
    const made = await makeKey(gateway, { budget_usd: 1 });
    gateway.simulator.always('together', 'slow:100');
    const hangUp = new AbortController();
    const response = await gateway.post({ prompt: 'hello', stream: true }, bearer(made), hangUp.signal);
    const reader = response.body!.getReader();
    for (let part = 0; part < 5; part++) await reader.read();
    hangUp.abort();
    const id = response.headers.get('x-request-id');
    await eventually(async () => expect((await call(gateway, 'GET', `/requests/${id}`)).status).toBe(200));
    const { body } = await call(gateway, 'GET', `/requests/${id}`);
    expect(body).toMatchObject({ client: 'closed', usage: { estimated: true } });
    expect(Number(body.cost_usd)).toBeGreaterThan(0);
    expect((await call(gateway, 'GET', `/keys/${made.id}`)).body).toMatchObject({
      spent_usd: body.cost_usd,
      held_usd: 0,
    });
  });

  it('is not charged for errors, refusals and answers from the cache', async () => {
    const gateway = await start({ CACHE_TTL: '1h' });
    const made = await makeKey(gateway, { budget_usd: 1 });
    const spent = async () => (await call(gateway, 'GET', `/keys/${made.id}`)).body.spent_usd;
    for (const provider of ['together', 'openai', 'anthropic'] as const)
      gateway.simulator.script(provider, '400');
    expect((await gateway.ask({ prompt: 'hello' }, bearer(made))).status).toBe(400);
    expect((await gateway.ask({ prompt: 5 }, bearer(made))).status).toBe(400);
    expect(await spent()).toBe(0);
    await gateway.ask({ prompt: 'hello' }, bearer(made));
    const once = await spent();
    const hit = await gateway.ask({ prompt: 'hello' }, bearer(made));
    expect(hit.headers).toMatchObject({ 'x-cache': 'hit', 'x-cost-usd': '0' });
    expect(await spent()).toBe(once);
  });

  it('of a project is shared by its keys', async () => {
    const gateway = await start();
    const { body: project } = await call(gateway, 'POST', '/projects', { alias: 'apps', budget_usd: 0.0002 });
    const keys = [
      await makeKey(gateway, { project: 'apps' }),
      await makeKey(gateway, { project: project.id }),
    ];
    const ask = (made: Made) =>
      gateway.ask({ prompt: 'hello', model: 'codellama', max_tokens: 150 }, bearer(made));
    expect((await ask(keys[0]!)).status).toBe(200);
    const { status, body } = await ask(keys[1]!);
    expect(status === 402 || (await ask(keys[1]!)).status === 402).toBe(true);
    if (status === 402) expect(body.error.message).toContain('project apps');
    expect((await call(gateway, 'DELETE', `/projects/${project.id}`)).body).toMatchObject({
      keys_revoked: true,
    });
    expect((await ask(keys[0]!)).status).toBe(401);
  });

  it('reserves a whole window for what an address leads to, or refuses it where no window is known', async () => {
    const gateway = await start();
    const key = bearer(await makeKey(gateway, { budget_usd: 0.2 }));
    const film = { type: 'video_url', video_url: { url: 'https://example.com/film.mp4' } };
    const ask = (model: string) =>
      gateway.ask({ model, messages: [{ role: 'user', content: [film] }], max_tokens: 20 }, key);
    const known = await ask('openai/gpt-4o');
    expect(known.status).toBe(402);
    expect(known.body.error.message).toContain('can cost $0.32');
    const unknown = await ask('openai/gpt-4o-2024-11-20');
    expect({ status: unknown.status, param: unknown.body.error.param }).toEqual({
      status: 400,
      param: 'messages.1.content.0',
    });
    expect(gateway.simulator.calls).toHaveLength(0);
  });

  it('may not pay for a model whose price is unknown', async () => {
    const gateway = await start();
    const key = bearer(await makeKey(gateway, { budget_usd: 1 }));
    const { status, body } = await gateway.ask({ prompt: 'hello', model: 'openai/model-of-tomorrow' }, key);
    expect([status, body.error.code]).toEqual([403, 'unauthorized']);
    expect(body.error.message).toContain('price');
  });
});

describe('what is wrong gets a clear error', () => {
  it.each([
    ['POST', '/keys', { alais: 'web' }, 400, 'Unknown field `alais`: did you mean `alias`?'],
    ['POST', '/keys', {}, 400, '`alias` must be a text.'],
    ['POST', '/keys', { alias: 'web', rpm: 0 }, 400, '`rpm` must be at least 1.'],
    ['POST', '/keys', { alias: 'web', budget_usd: '5' }, 400, '`budget_usd` must be a number of dollars.'],
    [
      'POST',
      '/keys',
      { alias: 'web', budget_period: 'year' },
      400,
      '`budget_period` must be day, week, month or total.',
    ],
    [
      'POST',
      '/keys',
      { alias: 'web', expires_at: '2020-01-01T00:00:00Z' },
      400,
      '`expires_at` must be in the future.',
    ],
    [
      'POST',
      '/keys',
      { alias: 'web', project: 'none' },
      400,
      '`project` names none, and there is none: POST /projects makes one.',
    ],
    ['GET', '/keys/key_none', undefined, 404, 'There is no key key_none.'],
    [
      'GET',
      '/usage?group_by=colour',
      undefined,
      400,
      '`group_by` takes hour, day, week, month, model, provider, key, project, user, agent, session, door, chain, cache or none, with commas between them.',
    ],
    [
      'GET',
      '/usage?from=yesterday',
      undefined,
      400,
      '`from` must be a day or a time such as 2026-11-30 or 2026-11-30T12:00:00Z.',
    ],
    ['GET', '/requests/none', undefined, 404, 'There is no such request, or it is not yours.'],
    ['PUT', '/keys', {}, 405, '/keys takes POST, GET, not PUT.'],
  ])('%s %s %j', async (method, path, body, status, message) => {
    const gateway = await start();
    const reply = await call(gateway, method, path, body);
    expect([reply.status, reply.body.error.message]).toEqual([status, message]);
  });
});

it('a change holds at once; null removes a limit', async () => {
  const gateway = await start();
  const made = await makeKey(gateway, { rpm: 1 });
  await gateway.ask({ prompt: 'one' }, bearer(made));
  expect((await gateway.ask({ prompt: 'two' }, bearer(made))).status).toBe(429);
  const { body } = await call(gateway, 'PATCH', `/keys/${made.id}`, { rpm: null, alias: 'app' });
  expect(body).toMatchObject({ alias: 'app', rpm: null });
  expect((await gateway.ask({ prompt: 'two' }, bearer(made))).status).toBe(200);
});

it('usage comes as CSV too', async () => {
  const gateway = await start();
  await gateway.ask({ prompt: 'hello' }, ADMIN);
  const { body, headers } = await call(gateway, 'GET', '/usage', undefined, { ...ADMIN, accept: 'text/csv' });
  expect(headers['content-type']).toContain('text/csv');
  const [head, row, empty, total] = String(body).split('\r\n');
  expect(head).toBe(
    'day,requests,errors,cache_hits,input_tokens,cached_input_tokens,output_tokens,reasoning_tokens,cost_usd,saved_usd,unpriced_requests,p50_ms,p95_ms,ttft_p50_ms',
  );
  expect(row).toMatch(/^\d{4}-\d\d-\d\d,1,/);
  expect([empty, total]).toEqual(['', expect.stringMatching(/^total,1,/)]);
});

it('an address that guesses keys is slowed down, and right ones still work from there: it may be a proxy', async () => {
  const gateway = await start();
  const [good, unused] = [await makeKey(gateway), await makeKey(gateway)];
  await gateway.ask({ prompt: 'hello' }, bearer(good));
  const guess = (index: number) => bearer({ id: '', key: `sk-cl-${String(index).padStart(43, 'x')}` });
  const statuses = [];
  for (let index = 0; index < 25; index++)
    statuses.push((await gateway.ask({ prompt: 'hello' }, guess(index))).status);
  expect(statuses.slice(0, 20)).toEqual(Array(20).fill(401));
  expect(statuses.slice(20)).toEqual(Array(5).fill(429));
  expect((await gateway.ask({ prompt: 'hello' }, bearer(good))).status).toBe(200);
  expect((await gateway.ask({ prompt: 'hello' }, bearer(unused))).status).toBe(200);
});

it('in open mode with OPEN_ADMIN this machine manages, and needs no key', async () => {
  const gateway = await startGateway({ CACHE_TTL: '0', OPEN_ADMIN: 'true' });
  const { status, body } = await call(gateway, 'POST', '/keys', { alias: 'web' }, {});
  expect(status).toBe(201);
  await gateway.ask({ prompt: 'hello' }, { ...bearer(body), 'x-request-id': 'with-key' });
  await gateway.ask({ prompt: 'hello' }, { authorization: 'Bearer not-needed', 'x-request-id': 'without' });
  expect((await call(gateway, 'GET', '/requests/with-key', undefined, {})).body.key_id).toBe(body.id);
  expect((await call(gateway, 'GET', '/requests/without', undefined, {})).body.key_id).toBeNull();
});

it('an answer with several choices counts as as many requests', async () => {
  const gateway = await start();
  const key = await makeKey(gateway, { rpm: 3 });
  const two = { prompt: 'hello', n: 2 };
  expect((await gateway.ask(two, bearer(key))).status).toBe(200);
  const refused = await gateway.ask(two, bearer(key));
  expect(refused.status).toBe(429);
  expect(refused.headers['retry-after']).toMatch(/^\d+$/);
  expect((await gateway.ask({ prompt: 'hello again' }, bearer(key))).status).toBe(200);
});

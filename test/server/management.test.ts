/** What the administrator's pages are made of: keys with what they spend, who changed what, targets, chains, settings. */
import { describe, expect, it } from 'vitest';
import { databases } from '../helpers/databases.ts';
import { eventually } from '../helpers/eventually.ts';
import { type SimulatedGateway, startGateway } from '../helpers/gateway.ts';

const ADMIN_KEY = 'the-administrators-own-key';
const ADMIN = { authorization: `Bearer ${ADMIN_KEY}` };

interface Reply {
  readonly data: readonly Record<string, unknown>[];
  readonly error: { readonly message: string; readonly param: string };
  readonly id: string;
  readonly key: string;
  readonly next_cursor: string | null;
  readonly [field: string]: unknown;
}

const start = (environment = {}): Promise<SimulatedGateway> =>
  startGateway({ ADMIN_KEY, CACHE_TTL: '0', RETRIES: '0', ...environment });

async function call(
  { url }: SimulatedGateway,
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = ADMIN,
) {
  const reply = await fetch(url + path, {
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: reply.status, body: (await reply.json()) as Reply };
}

const column = ({ data }: Reply, name: string) => data.map((row) => row[name]);

describe.each(databases)('over $name', ({ make }) => {
  it('keys are listed a page at a time, with what each has spent', async () => {
    const gateway = await start(await make());
    const { body: project } = await call(gateway, 'POST', '/projects', { alias: 'shop' });
    const made = [];
    for (const [alias, fields] of [
      ['one', {}],
      ['two', { budget_usd: 1, project: 'shop' }],
      ['three', { user: 'ada' }],
    ] as const)
      made.push((await call(gateway, 'POST', '/keys', { alias, ...fields })).body);
    const [one, two, three] = made as [Reply, Reply, Reply];
    for (const { key } of [one, two])
      await gateway.ask({ prompt: 'hello' }, { authorization: `Bearer ${key}` });
    const first = (await call(gateway, 'GET', '/keys?limit=2')).body;
    expect(column(first, 'alias')).toEqual(['three', 'two']);
    const second = (await call(gateway, 'GET', `/keys?limit=2&cursor=${first.next_cursor}`)).body;
    expect([column(second, 'alias'), second.next_cursor]).toEqual([['one'], null]);
    const spent = second.data[0]!.spent_usd as number;
    expect(spent).toBeGreaterThan(0);
    expect(first.data[1]).toMatchObject({
      project: project.id,
      project_alias: 'shop',
      state: 'active',
      spent_usd: spent,
      held_usd: 0,
      remaining_usd: expect.closeTo(1 - spent, 8),
      resets_at: expect.any(String),
    });
    expect(first.data[0]).toMatchObject({ spent_usd: 0, remaining_usd: null });
    await call(gateway, 'DELETE', `/keys/${one.id}`);
    await call(gateway, 'POST', `/keys/${three.id}/block`);
    for (const [query, expected] of [
      ['?q=tw', ['two']],
      ['?q=ADA', ['three']],
      ['?q=%25', []],
      ['?project=shop', ['two']],
      ['?project=none', []],
      ['?state=active', ['two']],
      ['?state=blocked', ['three']],
      ['?state=revoked', ['one']],
    ] as const)
      expect([query, column((await call(gateway, 'GET', `/keys${query}`)).body, 'alias')]).toEqual([
        query,
        expected,
      ]);
    const projects = (await call(gateway, 'GET', '/projects')).body;
    expect([column(projects, 'spent_usd'), column(projects, 'keys')]).toEqual([[spent], [1]]);
  });

  it('two keys of a project never have the same alias, not even when they are made at once', async () => {
    const gateway = await start(await make());
    await call(gateway, 'POST', '/projects', { alias: 'shop' });
    const make2 = (fields: object) => call(gateway, 'POST', '/keys', { alias: 'web', ...fields });
    const replies = await Promise.all([make2({}), make2({}), make2({ project: 'shop' })]);
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 201, 409]);
    const refused = replies.find(({ status }) => status === 409)!;
    expect(refused.body.error).toMatchObject({
      message: expect.stringMatching(/^There is a key named web outside of projects already: key_/),
      param: 'alias',
    });
    const other = (await make2({ alias: 'other' })).body;
    expect((await call(gateway, 'PATCH', `/keys/${other.id}`, { alias: 'web' })).status).toBe(409);
    expect((await call(gateway, 'PATCH', `/keys/${other.id}`, { alias: 'other', rpm: 5 })).status).toBe(200);
    const first = replies.find(({ status, body }) => status === 201 && body.project === null)!.body;
    await call(gateway, 'DELETE', `/keys/${first.id}`);
    expect((await make2({})).status).toBe(201);
  });

  it('a blocked key does not work until it is unblocked', async () => {
    const gateway = await start(await make());
    const { id, key } = (await call(gateway, 'POST', '/keys', { alias: 'web' })).body;
    const bearer = { authorization: `Bearer ${key}` };
    expect((await gateway.ask({ prompt: 'one' }, bearer)).status).toBe(200);
    expect((await call(gateway, 'POST', `/keys/${id}/block`)).body).toMatchObject({
      state: 'blocked',
      blocked_at: expect.any(String),
    });
    const refused = await gateway.ask({ prompt: 'two' }, bearer);
    expect([refused.status, refused.body.error.message]).toEqual([
      401,
      'This key is blocked; the administrator can unblock it.',
    ]);
    await call(gateway, 'POST', `/keys/${id}/unblock`);
    expect((await gateway.ask({ prompt: 'three' }, bearer)).status).toBe(200);
    await call(gateway, 'DELETE', `/keys/${id}`);
    expect((await call(gateway, 'POST', `/keys/${id}/unblock`)).status).toBe(409);
  });

  it('who changed what is kept, the newest first', async () => {
    const gateway = await start(await make());
    const { id } = (await call(gateway, 'POST', '/keys', { alias: 'web', rpm: 5 })).body;
    await call(gateway, 'POST', `/keys/${id}/block`);
    await call(gateway, 'POST', '/projects', { alias: 'shop' });
    const all = (await call(gateway, 'GET', '/audit')).body;
    expect(column(all, 'action')).toEqual(['project.create', 'key.block', 'key.create']);
    expect(all.data[2]).toMatchObject({
      actor: 'admin',
      subject: id,
      subject_alias: 'web',
      details: { alias: 'web', limits: { rpm: 5 } },
    });
    const first = (await call(gateway, 'GET', '/audit?limit=2')).body;
    const rest = (await call(gateway, 'GET', `/audit?limit=2&cursor=${first.next_cursor}`)).body;
    expect([column(rest, 'action'), rest.next_cursor]).toEqual([['key.create'], null]);
    expect(
      column((await call(gateway, 'GET', `/audit?subject=${id}&action=key.block`)).body, 'action'),
    ).toEqual(['key.block']);
    expect((await call(gateway, 'GET', '/audit?to=2020-01-01')).body.data).toEqual([]);
  });

  it('characters that no database holds are in no name, and nothing is found by them', async () => {
    const gateway = await start(await make());
    const { id } = (await call(gateway, 'POST', '/keys', { alias: 'web' })).body;
    for (const [method, path, field] of [
      ['POST', '/keys', 'alias'],
      ['POST', '/projects', 'alias'],
      ['PATCH', `/keys/${id}`, 'user'],
    ] as const) {
      const refused = await call(gateway, method, path, { [field]: 'a\0b' });
      expect([refused.status, refused.body.error.message]).toEqual([
        400,
        `\`${field}\` must not contain the character U+0000.`,
      ]);
    }
    for (const path of ['/keys?q=%00', '/keys?project=%00', '/audit?subject=%00', '/audit?action=%00']) {
      const found = await call(gateway, 'GET', path);
      expect([path, found.status, found.body.data]).toEqual([path, 200, []]);
    }
    expect((await call(gateway, 'GET', '/keys?cursor=1.%00')).status).toBe(200);
    for (const [method, path] of [
      ['GET', '/keys/%00'],
      ['POST', '/keys/%00/rotate'],
      ['DELETE', '/projects/%00'],
    ] as const)
      expect([path, (await call(gateway, method, path)).status]).toEqual([path, 404]);
  });
});

it('models of a key that no request could name are refused', async () => {
  const gateway = await start();
  const create = (models: string[]) => call(gateway, 'POST', '/keys', { alias: 'web', models });
  expect((await create(['default', 'gpt4'])).body.error).toMatchObject({
    message: '`models` names gpt4, and there is none: did you mean `gpt-4`?',
    param: 'models',
  });
  expect((await create(['nothing-like-it'])).status).toBe(400);
  const made = await create(['default', 'gpt-4', 'openai/gpt-4', 'openai/model-of-tomorrow']);
  expect(made.status).toBe(201);
  const changed = await call(gateway, 'PATCH', `/keys/${made.body.id}`, { models: ['gtp-4'] });
  expect(changed.status).toBe(400);
});

it('targets are told with their failures, successors, prices and latency; a lifted cooldown is in the audit', async () => {
  const gateway = await start();
  await gateway.ask({ prompt: 'one' }, ADMIN);
  gateway.simulator.script('together', '429');
  await gateway.ask({ prompt: 'two' }, ADMIN);
  const target = 'together/togethercomputer/CodeLlama-34b-Instruct';
  await eventually(async () => {
    const { data } = (await call(gateway, 'GET', '/models/health')).body;
    expect(data.find((one) => one.target === target)).toMatchObject({
      provider: 'together',
      state: 'cooling',
      because: 'upstream_rate_limited',
      until: expect.any(String),
      last_failures: [{ at: expect.stringMatching(/Z$/), kind: 'upstream_rate_limited' }],
      latency: { requests: 1, p50_ms: expect.any(Number) },
      pricing: expect.objectContaining({ input: expect.any(Number) }),
      context_window: expect.any(Number),
    });
  });
  expect((await call(gateway, 'DELETE', `/models/health/${target}`)).body).toEqual({ target, lifted: true });
  expect((await call(gateway, 'GET', '/audit?action=cooldown.lift')).body.data).toMatchObject([
    { actor: 'admin', subject: target },
  ]);
});

it('chains are told in their order; a caller sees those it may use', async () => {
  const gateway = await start();
  const { data } = (await call(gateway, 'GET', '/chains')).body;
  expect(data.find(({ name }) => name === 'default')).toMatchObject({
    is_default: true,
    targets: ['together/togethercomputer/CodeLlama-34b-Instruct', 'openai/gpt-4', 'anthropic/claude-2'],
    hedge_after_ms: null,
    aliases: [],
  });
  const { key } = (await call(gateway, 'POST', '/keys', { alias: 'web', models: ['gpt-4'] })).body;
  const seen = await call(gateway, 'GET', '/chains', undefined, { authorization: `Bearer ${key}` });
  expect(column(seen.body, 'name')).toEqual(expect.arrayContaining(['gpt-4', 'default']));
  expect(column(seen.body, 'name')).not.toContain('claude-2');
});

it('settings are told with where they come from, and no secret is', async () => {
  const gateway = await start({
    COOLDOWN: '7s',
    PROMPTLAYER_API_KEY: 'a-secret-of-promptlayer',
    HTTPS_PROXY: 'http://user:password@proxy.example:3128',
    NO_PROXY: '*',
  });
  const { body } = await call(gateway, 'GET', '/settings');
  const setting = (name: string) => body.data.find((one) => one.name === name);
  expect(setting('COOLDOWN')).toEqual({
    name: 'COOLDOWN',
    value: '7s',
    default: '60s',
    source: 'environment',
    secret: false,
  });
  expect(setting('RETRY_AFTER_WAIT')).toMatchObject({ value: '3s', source: 'default' });
  expect(setting('FIRST_TOKEN_TIMEOUT')).toMatchObject({ value: '10s', secret: false });
  expect(setting('OPENAI_API_KEY')).toMatchObject({ value: 'set', secret: true });
  expect(setting('HTTPS_PROXY')).toMatchObject({ value: 'http://proxy.example:3128/' });
  const text = JSON.stringify(body);
  for (const secret of [ADMIN_KEY, 'a-secret-of-promptlayer', 'password', 'key-of-openai'])
    expect(text).not.toContain(secret);
});

it.each([
  ['GET', '/audit'],
  ['GET', '/settings'],
  ['GET', '/models/health'],
  ['GET', '/keys'],
  ['GET', '/projects'],
])('a caller key may not %s %s', async (method, path) => {
  const gateway = await start();
  const { key } = (await call(gateway, 'POST', '/keys', { alias: 'web' })).body;
  expect((await call(gateway, method, path, undefined, { authorization: `Bearer ${key}` })).status).toBe(403);
  expect((await call(gateway, method, path, undefined, {})).status).toBe(401);
});

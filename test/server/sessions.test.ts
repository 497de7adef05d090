/** Signing in with a browser: what it is given for a key, and what nobody else can do with it. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { nextAlias } from '../helpers/aliases.ts';
import { databases } from '../helpers/databases.ts';
import { type SimulatedGateway, startGateway } from '../helpers/gateway.ts';

const ADMIN_KEY = 'the-administrators-own-key';
/** What a browser adds to what its own page asks for. */
const OWN_PAGE = { 'sec-fetch-site': 'same-origin' };

interface Session {
  readonly mode: string;
  readonly role: string | null;
  readonly key: { readonly id: string; readonly alias: string } | null;
  readonly error?: { readonly code: string; readonly message: string };
  readonly [field: string]: unknown;
}

const start = (environment = {}): Promise<SimulatedGateway> =>
  startGateway({ ADMIN_KEY, CACHE_TTL: '0', RETRIES: '0', ...environment });

async function ask(
  { url }: SimulatedGateway,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: object,
) {
  const reply = await fetch(url + path, {
    method,
    headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  const cookie = reply.headers.get('set-cookie');
  return {
    status: reply.status,
    body: (await reply.json()) as Session,
    setCookie: cookie ?? '',
    cookie: { cookie: cookie?.split(';')[0] ?? '' },
  };
}

const signIn = (gateway: SimulatedGateway, key: string, headers = {}) =>
  ask(gateway, 'POST', '/session', { ...OWN_PAGE, ...headers }, { key });

async function makeKey(gateway: SimulatedGateway, fields: object = {}) {
  const { body } = await ask(
    gateway,
    'POST',
    '/keys',
    { authorization: `Bearer ${ADMIN_KEY}` },
    { alias: nextAlias(gateway.url), ...fields },
  );
  return body as unknown as { readonly id: string; readonly key: string };
}

describe.each(databases)('over $name', ({ make }) => {
  it('the administrator signs in, manages, and signs out for good', async () => {
    const gateway = await start(await make());
    expect((await ask(gateway, 'GET', '/session')).body).toMatchObject({ mode: 'keys', role: null });
    const { status, body, setCookie, cookie } = await signIn(gateway, ADMIN_KEY);
    expect([status, body.role, body.may_manage]).toEqual([200, 'admin', true]);
    expect(setCookie).toMatch(
      /^codellama_session=[\w-]{43}; Path=\/; Max-Age=43[012]\d\d; HttpOnly; SameSite=Strict$/,
    );
    expect((await ask(gateway, 'GET', '/session', cookie)).body.role).toBe('admin');
    const made = await ask(gateway, 'POST', '/keys', { ...OWN_PAGE, ...cookie }, { alias: 'web' });
    expect(made.status).toBe(201);
    const audit = await ask(gateway, 'GET', '/audit?action=session.create', cookie);
    expect(audit.body).toMatchObject({ data: [{ actor: 'admin', details: { address: '127.0.0.1' } }] });
    const out = await ask(gateway, 'DELETE', '/session', { ...OWN_PAGE, ...cookie });
    expect([out.body.role, out.setCookie]).toEqual([null, expect.stringContaining('Max-Age=0')]);
    // Whoever kept a copy of the cookie has nothing.
    expect((await ask(gateway, 'GET', '/keys', cookie)).status).toBe(401);
  });

  it('a caller key sees itself alone, and may ask models', async () => {
    const gateway = await start(await make());
    const [mine, other] = [await makeKey(gateway), await makeKey(gateway)];
    const { body, cookie } = await signIn(gateway, mine.key);
    expect(body).toMatchObject({ role: 'caller', may_manage: false, key: { id: mine.id, alias: 'web' } });
    expect((await ask(gateway, 'GET', `/keys/${mine.id}`, cookie)).status).toBe(200);
    expect((await ask(gateway, 'GET', `/keys/${other.id}`, cookie)).status).toBe(404);
    expect((await ask(gateway, 'GET', '/keys', cookie)).status).toBe(403);
    const answer = await gateway.ask({ prompt: 'hello' }, { ...OWN_PAGE, ...cookie });
    expect(answer.status).toBe(200);
    expect((await ask(gateway, 'GET', '/usage?group_by=key', cookie)).body).toMatchObject({
      data: [{ key: mine.id, requests: 1 }],
    });
  });

  it.each([
    ['revoked', 'DELETE', (id: string) => `/keys/${id}`],
    ['blocked', 'POST', (id: string) => `/keys/${id}/block`],
    ['rotated', 'POST', (id: string) => `/keys/${id}/rotate`],
  ])('a session ends at once when its key is %s', async (_what, method, path) => {
    const gateway = await start(await make());
    const key = await makeKey(gateway);
    const { cookie } = await signIn(gateway, key.key);
    expect((await ask(gateway, 'GET', '/session', cookie)).body.role).toBe('caller');
    await ask(gateway, method, path(key.id), { authorization: `Bearer ${ADMIN_KEY}` });
    expect((await ask(gateway, 'GET', '/session', cookie)).body.role).toBeNull();
  });
});

describe('another site', () => {
  it.each([
    ['with the origin of its page', { origin: 'https://evil.example' }],
    ['in a browser that says so', { 'sec-fetch-site': 'cross-site' }],
    ['on another port of this machine', { 'sec-fetch-site': 'same-site' }],
    ['without an origin', {}],
    ['with an opaque one', { origin: 'null' }],
  ])('%s changes nothing with the cookie of a browser', async (_how, headers) => {
    const gateway = await start();
    const { cookie } = await signIn(gateway, ADMIN_KEY);
    const made = await ask(gateway, 'POST', '/keys', { ...headers, ...cookie }, { alias: 'web' });
    expect([made.status, made.body.error?.code]).toEqual([403, 'unauthorized']);
    expect((await gateway.ask({ prompt: 'hello' }, { ...headers, ...cookie })).status).toBe(403);
    expect(gateway.simulator.calls).toHaveLength(0);
  });

  it('signs nobody in', async () => {
    const gateway = await start();
    const { status } = await ask(
      gateway,
      'POST',
      '/session',
      { origin: 'https://evil.example' },
      { key: ADMIN_KEY },
    );
    expect(status).toBe(403);
  });

  it('is let through with a key of its own beside the cookie: the key counts', async () => {
    const gateway = await start();
    const key = await makeKey(gateway);
    const { cookie } = await signIn(gateway, ADMIN_KEY);
    const headers = { ...cookie, authorization: `Bearer ${key.key}` };
    expect((await gateway.ask({ prompt: 'hello' }, headers)).status).toBe(200);
    expect((await ask(gateway, 'POST', '/keys', headers, { alias: 'more' })).status).toBe(403);
  });
});

it('a session somebody planted in a browser is not the one that it signs in to', async () => {
  const gateway = await start();
  const key = await makeKey(gateway);
  const planted = await signIn(gateway, key.key);
  const victim = await signIn(gateway, ADMIN_KEY, planted.cookie);
  expect(victim.cookie.cookie).not.toBe(planted.cookie.cookie);
  expect((await ask(gateway, 'GET', '/session', planted.cookie)).body.role).toBeNull();
});

async function statusesOfGuesses(gateway: Awaited<ReturnType<typeof start>>): Promise<number[]> {
  const statuses = [];
  for (let guess = 0; guess < 22; guess++)
    statuses.push((await signIn(gateway, `guess-${guess}-of-the-admin-key`)).status);
  return statuses;
}

it('guesses are slowed down like those of any key, and not told from what is right', async () => {
  const gateway = await start();
  expect(await statusesOfGuesses(gateway)).toEqual([...Array(20).fill(401), 429, 429]);
  expect((await signIn(gateway, ADMIN_KEY)).status).toBe(429);
});

it('an administrator whose key nobody can guess is not locked out by who guesses from behind the same proxy', async () => {
  const adminKey = randomBytes(24).toString('hex');
  const gateway = await start({ ...(await databases[0]!.make()), ADMIN_KEY: adminKey });
  expect(await statusesOfGuesses(gateway)).toEqual([...Array(20).fill(401), 429, 429]);
  expect((await signIn(gateway, adminKey)).status).toBe(200);
});

it('a session of the administrator ends when the key is another', async () => {
  const environment = await databases[0]!.make();
  const before = await start(environment);
  const { cookie } = await signIn(before, ADMIN_KEY);
  const same = await start(environment);
  expect((await ask(same, 'GET', '/session', cookie)).body.role).toBe('admin');
  const after = await start({ ...environment, ADMIN_KEY: 'another-administrators-key' });
  expect((await ask(after, 'GET', '/session', cookie)).body.role).toBeNull();
});

it('behind TLS the cookie is for TLS alone', async () => {
  const gateway = await start();
  const { setCookie, cookie } = await signIn(gateway, ADMIN_KEY, { 'x-forwarded-proto': 'https' });
  expect(setCookie).toMatch(/^__Host-codellama_session=.*; Secure$/);
  expect((await ask(gateway, 'GET', '/session', cookie)).body.role).toBe('admin');
});

it('open mode needs none, and takes caller keys', async () => {
  const gateway = await startGateway({ OPEN_ADMIN: 'true' });
  expect((await ask(gateway, 'GET', '/session')).body).toMatchObject({
    mode: 'open',
    role: 'admin',
    may_manage: true,
    demo: false,
  });
  const refused = await signIn(gateway, 'any-key-at-all-there-is');
  expect([refused.status, refused.body.error?.message]).toEqual([
    400,
    expect.stringContaining('There is no ADMIN_KEY here'),
  ]);
  const stale = { cookie: `codellama_session=${'x'.repeat(43)}` };
  expect((await ask(gateway, 'GET', '/session', stale)).body.role).toBe('admin');
  expect((await ask(gateway, 'GET', '/session', { 'x-forwarded-for': '203.0.113.7' })).body.role).toBeNull();
});

it('in open mode nobody signs in, or stays so, through a proxy', async () => {
  const gateway = await startGateway({ OPEN_ADMIN: 'true' });
  const key = await makeKey(gateway);
  const proxied = { 'x-forwarded-for': '203.0.113.7' };
  expect((await signIn(gateway, key.key, proxied)).status).toBe(401);
  const { body, cookie } = await signIn(gateway, key.key);
  expect(body.role).toBe('caller');
  expect((await ask(gateway, 'GET', '/session', { ...cookie, ...proxied })).body.role).toBeNull();
  expect((await ask(gateway, 'GET', '/requests', { ...cookie, ...proxied })).status).toBe(401);
  expect((await ask(gateway, 'GET', '/requests', cookie)).status).toBe(200);
});

it.each([[{}], [{ key: '' }], [{ key: 5 }], [[]]])('what is no key gets a 400: %j', async (body) => {
  const gateway = await start();
  const { status, body: reply } = await ask(gateway, 'POST', '/session', OWN_PAGE, body);
  expect([status, reply.error?.message]).toEqual([400, 'Send the key to sign in with: {"key": "…"}.']);
});

it('who is signed in is kept by nobody on the way', async () => {
  const gateway = await start();
  const { cookie } = await signIn(gateway, ADMIN_KEY);
  const { headers } = await fetch(`${gateway.url}/session`, { headers: cookie });
  expect(headers.get('cache-control')).toBe('no-store');
});

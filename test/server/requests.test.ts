/** The list of requests: everybody's for the administrator, one's own for a caller, refused ones too, and new ones as they come. */
import { Agent, request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { databases } from '../helpers/databases.ts';
import { eventually } from '../helpers/eventually.ts';
import { type SimulatedGateway, startGateway } from '../helpers/gateway.ts';

const ADMIN_KEY = 'the-administrators-own-key';
const ADMIN = { authorization: `Bearer ${ADMIN_KEY}` };

interface Row {
  readonly id: string;
  readonly [field: string]: unknown;
}
interface Page {
  readonly data: readonly Row[];
  readonly next_cursor: string | null;
  readonly has_more: boolean;
  readonly error?: { readonly message: string; readonly param: string };
}

const start = (environment = {}): Promise<SimulatedGateway> =>
  startGateway({ ADMIN_KEY, CACHE_TTL: '0', RETRIES: '0', ...environment });

async function list({ url }: SimulatedGateway, query = '', headers: Record<string, string> = ADMIN) {
  const reply = await fetch(`${url}/requests${query}`, { headers });
  return { status: reply.status, body: (await reply.json()) as Page };
}

const ids = ({ body }: { body: Page }) => body.data.map(({ id }) => id);

async function makeKey({ url }: SimulatedGateway, fields: object = {}) {
  const reply = await fetch(`${url}/keys`, {
    method: 'POST',
    headers: { ...ADMIN, 'content-type': 'application/json' },
    body: JSON.stringify({ alias: 'web', ...fields }),
  });
  const { id, key } = (await reply.json()) as { id: string; key: string };
  return { id, headers: { authorization: `Bearer ${key}` } };
}

const named = (id: string) => ({ 'x-request-id': id });

describe.each(databases)('over $name', ({ make }) => {
  it('the newest first, with what a reader wants to know of each', async () => {
    const gateway = await start({ ...(await make()), CACHE_TTL: '1h' });
    const { id, headers } = await makeKey(gateway);
    await gateway.ask({ prompt: 'one', user: 'ada' }, { ...headers, ...named('one') });
    gateway.simulator.script('together', '500');
    // Redis keeps answers beyond this test.
    await gateway.stream(
      { prompt: `two at ${Date.now()}` },
      { ...ADMIN, ...named('two'), 'x-session-id': 'session-1' },
    );
    await gateway.ask({ prompt: 'one', user: 'ada' }, { ...headers, ...named('three') });
    const page = await list(gateway);
    expect(ids(page)).toEqual(['three', 'two', 'one']);
    const [three, two, one] = page.body.data;
    expect(one).toMatchObject({
      kind: 'call',
      outcome: 'ok',
      status: 200,
      error: null,
      door: 'chat',
      key: { id, alias: 'web' },
      project: null,
      user: 'ada',
      chain: 'default',
      model: 'together/togethercomputer/CodeLlama-34b-Instruct',
      cache: 'miss',
      stream: false,
      attempts: 1,
      input_tokens: expect.any(Number),
      cost_usd: expect.any(Number),
      duration_ms: expect.any(Number),
    });
    expect(two).toMatchObject({
      attempts: 2,
      session: 'session-1',
      stream: true,
      ttft_ms: expect.any(Number),
    });
    expect(three).toMatchObject({ cache: 'hit', cost_usd: 0, input_tokens: 0 });
    expect(page.body).toMatchObject({ has_more: false, next_cursor: null });
  });

  it('page after page, each once', async () => {
    const gateway = await start(await make());
    for (let number = 1; number <= 5; number++)
      await gateway.ask({ prompt: 'hello' }, { ...ADMIN, ...named(`n${number}`) });
    const first = await list(gateway, '?limit=2');
    expect(ids(first)).toEqual(['n5', 'n4']);
    await gateway.ask({ prompt: 'hello' }, { ...ADMIN, ...named('meanwhile') });
    const second = await list(gateway, `?limit=2&cursor=${first.body.next_cursor}`);
    expect([ids(second), second.body.has_more]).toEqual([['n3', 'n2'], true]);
    const third = await list(gateway, `?limit=2&cursor=${second.body.next_cursor}`);
    expect([ids(third), third.body.has_more]).toEqual([['n1'], false]);
  });

  it('only those that are asked for', async () => {
    const gateway = await start({ ...(await make()), LOG_PROMPTS: 'true' });
    const { headers, id } = await makeKey(gateway);
    await gateway.ask({ prompt: 'What is a Monad?', user: 'ada' }, { ...headers, ...named('a') });
    for (const provider of ['together', 'openai', 'anthropic'] as const)
      gateway.simulator.script(provider, '500');
    await gateway.ask({ prompt: 'fails' }, { ...ADMIN, ...named('b'), 'x-session-id': 's-1' });
    await gateway.ask({ prompt: 5 }, { ...headers, ...named('c') });
    await eventually(async () => expect(ids(await list(gateway))).toHaveLength(3));
    const today = new Date().toISOString().slice(0, 10);
    for (const [query, expected] of [
      ['?key=web', ['c', 'a']],
      [`?key=${id}`, ['c', 'a']],
      ['?key=nobody', []],
      ['?user=ada,bob', ['a']],
      ['?status=ok', ['a']],
      ['?status=error', ['b']],
      ['?status=refused', ['c']],
      ['?status=400', ['c']],
      ['?status=invalid_request', ['c']],
      ['?status=200,400', ['c', 'a']],
      ['?model=default', ['b', 'a']],
      ['?model=together/togethercomputer/CodeLlama-34b-Instruct', ['a']],
      ['?session=s-1', ['b']],
      ['?door=chat', ['c', 'b', 'a']],
      ['?q=monad', ['a']],
      ['?q=100%25', []],
      [`?from=${today}&to=${today}`, ['c', 'b', 'a']],
      [`?to=2020-01-01`, []],
      [`?from=2020-01-01T00:00:00Z&to=2020-02-01T00:00:00Z`, []],
    ] as const)
      expect([query, ids(await list(gateway, query))]).toEqual([query, expected]);
  });

  it('a refused request has a short row, and costs nothing', async () => {
    const gateway = await start(await make());
    const { id, headers } = await makeKey(gateway, { rpm: 1 });
    await gateway.ask({ prompt: 'one' }, headers);
    const codex = { 'user-agent': 'codex_exec/0.169.0', 'session-id': 's-9' };
    await gateway.ask({ prompt: 'two' }, { ...headers, ...codex, ...named('too-many') });
    await gateway.ask({ prompt: 'three' }, { authorization: 'Bearer wrong', ...named('no-key') });
    await eventually(async () => expect(ids(await list(gateway))).toHaveLength(3));
    const { data } = (await list(gateway)).body;
    expect(data[0]).toMatchObject({
      id: 'no-key',
      kind: 'refused',
      status: 401,
      key: null,
      path: '/chat/completions',
    });
    expect(data[1]).toMatchObject({
      id: 'too-many',
      kind: 'refused',
      outcome: 'refused',
      status: 429,
      error: 'rate_limited',
      key: { id, alias: 'web' },
      agent: 'codex',
      session: 's-9',
      model: null,
      input_tokens: 0,
      cost_usd: 0,
    });
    const shown = await fetch(`${gateway.url}/requests/too-many`, { headers });
    expect(await shown.json()).toMatchObject({ kind: 'refused', status: 429 });
    const usage = await fetch(`${gateway.url}/usage`, { headers: ADMIN });
    expect(await usage.json()).toMatchObject({ total: { requests: 1 } });
  });

  it('a flood of refused requests leaves a few rows', async () => {
    const gateway = await start(await make());
    for (let guess = 0; guess < 60; guess++) await gateway.ask({ prompt: 'hello' });
    await eventually(async () => expect(ids(await list(gateway)).length).toBeGreaterThan(0));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(ids(await list(gateway, '?limit=100')).length).toBeLessThanOrEqual(20);
  });

  it('a caller sees its own, and nothing that others are there', async () => {
    const gateway = await start(await make());
    const [mine, other] = [await makeKey(gateway), await makeKey(gateway, { alias: 'other' })];
    await gateway.ask({ prompt: 'hello' }, { ...mine.headers, ...named('mine') });
    await gateway.ask({ prompt: 'hello' }, { ...other.headers, ...named('others') });
    expect(ids(await list(gateway, '', mine.headers))).toEqual(['mine']);
    expect(ids(await list(gateway, `?key=${mine.id}`, mine.headers))).toEqual(['mine']);
    for (const name of [other.id, 'other', 'nobody']) {
      const { status, body } = await list(gateway, `?key=${name}`, mine.headers);
      expect([status, body.error?.message]).toEqual([404, `There is no key ${name}, or it is not yours.`]);
    }
    expect((await list(gateway, '', {})).status).toBe(401);
  });

  it.each(['q=a%00b', 'user=%00', 'model=%ED%A0%80', 'session=%00,b'])(
    'finds nothing by %s, which no database holds',
    async (query) => {
      const gateway = await start(await make());
      await gateway.ask({ prompt: 'hello' }, ADMIN);
      const { status, body } = await list(gateway, `?${query}`);
      expect([status, body.data]).toEqual([200, []]);
    },
  );

  it('no request has an id that no database holds', async () => {
    const gateway = await start(await make());
    expect((await fetch(`${gateway.url}/requests/%00`, { headers: ADMIN })).status).toBe(404);
  });

  it('new ones come as events, within what the listener may see', async () => {
    const gateway = await start(await make());
    const [mine, other] = [await makeKey(gateway), await makeKey(gateway, { alias: 'other' })];
    await gateway.ask({ prompt: 'before' }, mine.headers);
    const end = new AbortController();
    const reply = await fetch(`${gateway.url}/requests/live?user=ada`, {
      headers: mine.headers,
      signal: end.signal,
    });
    expect(reply.headers.get('content-type')).toContain('text/event-stream');
    const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toContain(': open');
    await gateway.ask({ prompt: 'one', user: 'ada' }, { ...other.headers, ...named('others') });
    await gateway.ask({ prompt: 'two', user: 'bob' }, { ...mine.headers, ...named('bobs') });
    await gateway.ask({ prompt: 'three', user: 'ada' }, { ...mine.headers, ...named('adas') });
    let told: string | undefined;
    // Signs of life come between, where it takes long.
    do told = (await reader.read()).value;
    while (told?.startsWith(':'));
    expect(told).toMatch(/^event: request\ndata: /);
    expect(JSON.parse(told!.split('data: ')[1]!)).toMatchObject({ id: 'adas', user: 'ada', outcome: 'ok' });
    end.abort();
  });
});

it('so many may watch at once, and a place is free again when one leaves', async () => {
  const gateway = await start();
  const { headers } = await makeKey(gateway);
  const watch = (signal?: AbortSignal) =>
    fetch(`${gateway.url}/requests/live`, { headers, ...(signal && { signal }) });
  const first = new AbortController();
  const rest = new AbortController();
  // Kept: the body of a reply that nobody holds any more is cancelled.
  const watched = [await watch(first.signal)];
  for (let more = 0; more < 4; more++) watched.push(await watch(rest.signal));
  expect(watched.map(({ status }) => status)).toEqual(Array(5).fill(200));
  const refused = await watch();
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
  first.abort();
  await eventually(async () => expect((await watch(rest.signal)).status).toBe(200));
  rest.abort();
});

it('callers who watch leave the administrator a place', async () => {
  const gateway = await start();
  const end = new AbortController();
  const watch = (headers: Record<string, string>) =>
    fetch(`${gateway.url}/requests/live`, { headers, signal: end.signal });
  const watched = [];
  for (const alias of ['a', 'b', 'c', 'd']) {
    const { headers } = await makeKey(gateway, { alias });
    for (let more = 0; more < 5; more++) watched.push(await watch(headers));
  }
  expect(watched.map(({ status }) => status)).toEqual(Array(20).fill(200));
  expect((await watch((await makeKey(gateway, { alias: 'e' })).headers)).status).toBe(429);
  expect((await watch(ADMIN)).status).toBe(200);
  end.abort();
});

it('the head of live requests alone takes no place, and the connection is free again', async () => {
  const gateway = await start();
  const { hostname, port } = new URL(gateway.url);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const head = () =>
    new Promise<number | undefined>((resolve, reject) => {
      const options = { hostname, port, agent, method: 'HEAD', path: '/requests/live', headers: ADMIN };
      request(options, (reply) => reply.resume().on('end', () => resolve(reply.statusCode)))
        .on('error', reject)
        .end();
    });
  for (let asked = 0; asked < 7; asked++) expect(await head()).toBe(200);
  agent.destroy();
});

it('prompts are shown where they are logged', async () => {
  const gateway = await start({ LOG_PROMPTS: 'true' });
  await gateway.ask({ prompt: 'hello there' }, { ...ADMIN, ...named('logged') });
  const reply = await fetch(`${gateway.url}/requests/logged`, { headers: ADMIN });
  expect(await reply.json()).toMatchObject({
    id: 'logged',
    prompt: expect.arrayContaining([{ role: 'user', content: 'hello there' }]),
  });
});

it.each([
  ['?statsu=ok', 'Unknown parameter `statsu`: did you mean `status`?'],
  ['?status=fine', '`status` takes ok, error, closed, refused, a kind of failure or an HTTP status.'],
  ['?limit=0', '`limit` must be a whole number from 1 to 100.'],
  ['?key=,', '`key` has no value beside its commas.'],
  ['?status=constructor', '`status` takes ok, error, closed, refused, a kind of failure or an HTTP status.'],
  ['?from=0001-01-01', '`from` must be a day or a time such as 2026-11-30 or 2026-11-30T12:00:00Z.'],
  ['?cursor=x', '`cursor` must be the `next_cursor` of a page.'],
  ['?key=a&key=b', '`key` must be given once.'],
  ['?from=2026-02-30', '`from` must be a day or a time such as 2026-11-30 or 2026-11-30T12:00:00Z.'],
  ['?tz=Mars', '`tz` must be a time zone such as UTC, Europe/Berlin or +02:00.'],
])('%s is refused with a word on what to do', async (query, message) => {
  const gateway = await start();
  const { status, body } = await list(gateway, query);
  expect([status, body.error?.message]).toEqual([400, message]);
});

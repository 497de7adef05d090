/** Usage over HTTP: grouped, filtered and ordered as people ask, as JSON and as CSV. */
import { describe, expect, it } from 'vitest';
import { databases } from '../helpers/databases.ts';
import { type SimulatedGateway, startGateway } from '../helpers/gateway.ts';

const ADMIN_KEY = 'the-administrators-own-key';
const ADMIN = { authorization: `Bearer ${ADMIN_KEY}` };

interface Usage {
  readonly data: readonly Record<string, unknown>[];
  readonly total: Record<string, number>;
  readonly error?: { readonly message: string };
  readonly [field: string]: unknown;
}

const start = (environment = {}): Promise<SimulatedGateway> =>
  startGateway({ ADMIN_KEY, CACHE_TTL: '0', RETRIES: '0', ...environment });

async function usage({ url }: SimulatedGateway, query = '', headers: Record<string, string> = ADMIN) {
  const reply = await fetch(`${url}/usage${query}`, { headers });
  return { status: reply.status, body: (await reply.json()) as Usage };
}

async function makeKey({ url }: SimulatedGateway, alias: string) {
  const reply = await fetch(`${url}/keys`, {
    method: 'POST',
    headers: { ...ADMIN, 'content-type': 'application/json' },
    body: JSON.stringify({ alias }),
  });
  const { id, key } = (await reply.json()) as { id: string; key: string };
  return { id, headers: { authorization: `Bearer ${key}` } };
}

describe.each(databases)('over $name', ({ make }) => {
  it('groups by several names, with the alias beside the id, and echoes what was asked', async () => {
    const gateway = await start(await make());
    const [web, app] = [await makeKey(gateway, 'web'), await makeKey(gateway, 'app')];
    for (const [key, user] of [
      [web, 'ada'],
      [web, 'bob'],
      [app, 'ada'],
    ] as const)
      await gateway.ask({ prompt: 'hello', user }, key.headers);
    const today = new Date().toISOString().slice(0, 10);
    const { body } = await usage(gateway, `?group_by=key,user&from=${today}&to=${today}&order=-requests`);
    expect(body).toMatchObject({
      from: `${today}T00:00:00.000Z`,
      to: new Date(Date.parse(today) + 86_400_000).toISOString(),
      tz: 'UTC',
      group_by: ['key', 'user'],
      bucket: null,
      other: null,
      total: { requests: 3, errors: 0 },
    });
    expect(body.data).toHaveLength(3);
    expect(body.data).toContainEqual(
      expect.objectContaining({ key: web.id, key_alias: 'web', user: 'ada', requests: 1 }),
    );
    expect(body.total.p50_ms).toBeGreaterThan(0);
    const ada = await usage(gateway, '?group_by=none&user=ada&key=web');
    expect(ada.body).toMatchObject({ data: [], total: { requests: 1 } });
    const buckets = await usage(gateway, '?bucket=day&tz=Asia/Tokyo&key=web,app');
    expect(buckets.body.data).toEqual([
      expect.objectContaining({ time: expect.stringMatching(/T00:00:00\+09:00$/), requests: 3 }),
    ]);
    // A caller sees its own.
    expect((await usage(gateway, '?group_by=key', app.headers)).body.total.requests).toBe(1);
    expect((await usage(gateway, '?key=web', app.headers)).status).toBe(404);
  });

  it('counts what the cache has saved', async () => {
    const gateway = await start({ ...(await make()), CACHE_TTL: '1h' });
    const prompt = `hello at ${Date.now()}`;
    const { headers } = await gateway.ask({ prompt }, ADMIN);
    await gateway.ask({ prompt }, ADMIN);
    await gateway.ask({ prompt }, ADMIN);
    const cost = Number(headers['x-cost-usd']);
    const { total } = (await usage(gateway)).body;
    expect(total).toMatchObject({ requests: 3, cache_hits: 2, cost_usd: cost });
    expect(total.saved_usd).toBeCloseTo(2 * cost, 9);
  });
});

it('comes as CSV, the total apart from the groups', async () => {
  const gateway = await start();
  await gateway.ask({ prompt: 'hello', user: 'ada' }, ADMIN);
  const reply = await fetch(`${gateway.url}/usage?group_by=day,user&format=csv`, { headers: ADMIN });
  expect(reply.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  const [head, row, empty, total] = (await reply.text()).split('\r\n');
  expect(head).toMatch(/^day,user,requests,errors,/);
  expect([row, empty, total]).toEqual([
    expect.stringMatching(/^\d{4}-\d\d-\d\d,ada,1,0,/),
    '',
    expect.stringMatching(/^total,,1,0,/),
  ]);
});

it.each([
  [
    '?group_by=modle',
    '`group_by` takes hour, day, week, month, model, provider, key, project, user, agent, session, door, chain, cache or none, with commas between them: did you mean `model`?',
  ],
  ['?group_by=model,key,user,agent', '`group_by` takes at most 3 names beside a period.'],
  ['?group_by=day&bucket=hour', 'Usage is of one period: hour, day, week or month.'],
  ['?bucket=year', '`bucket` must be one of hour, day, week, month.'],
  ['?order=cost', '`order` must be name, or a sum such as -cost_usd or -requests.'],
  ['?from=2026-12-01&to=2026-11-01', '`from` must be before `to`.'],
  ['?limit=many', '`limit` must be a whole number from 1 to 1000.'],
])('%s is refused with a word on what to do', async (query, message) => {
  const gateway = await start();
  const { status, body } = await usage(gateway, query);
  expect([status, body.error?.message]).toEqual([400, message]);
});

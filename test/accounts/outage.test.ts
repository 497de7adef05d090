/** Several instances over one PostgreSQL and one Redis, which come and go. Runs where both are named, as before landing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/accounts/database/database.ts';
import type { Environment } from '../../src/config/environment.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { nextAlias } from '../helpers/aliases.ts';
import { databases, temporaryFolder } from '../helpers/databases.ts';
import { eventually } from '../helpers/eventually.ts';
import { pointedAt, postJson, type RunningGateway, startBareGateway } from '../helpers/gateway.ts';
import { startTcpProxy } from '../helpers/tcp-proxy.ts';

const shared = databases.find(({ name }) => name.startsWith('PostgreSQL'));

/** Neither is there while Redis does not answer in time. */
interface KeyState {
  readonly spent_usd?: number;
  readonly held_usd?: number;
}

async function environmentOf() {
  const simulator = await startSimulator({ firstTokenMs: 2 });
  const environment: Environment = {
    ...pointedAt(simulator),
    ...(await shared!.make()),
    CACHE_TTL: '0',
    RETRIES: '0',
    HOLD_LEASE: '30s',
    OPEN_ADMIN: 'true',
  };
  return { simulator, environment };
}

async function makeKey({ url }: RunningGateway, fields: object) {
  const response = await postJson(`${url}/keys`, { alias: nextAlias(url), ...fields });
  return (await response.json()) as { id: string; key: string };
}

const asks = (gateway: RunningGateway, key: string, prompt: string) =>
  gateway.ask({ prompt, max_tokens: 200 }, { authorization: `Bearer ${key}` });

describe.runIf(shared && process.env.TEST_REDIS_URL)('PostgreSQL and Redis', () => {
  it('two instances never overdraw one budget', async () => {
    const { environment, simulator } = await environmentOf();
    const instances = [
      await startBareGateway(environment),
      await startBareGateway({ ...environment, OUTBOX_PATH: `${temporaryFolder()}/outbox.db` }),
    ];
    const budget = 0.005;
    const { id, key } = await makeKey(instances[0]!, { budget_usd: budget });
    const statuses: Record<number, number> = {};
    let cost = 0;
    let looks = 0;
    let isOver = false;
    const watch = (async () => {
      while (!isOver) {
        const { spent_usd: spent, held_usd: held } = await stateOf(instances[0]!, id);
        if (spent !== undefined && held !== undefined) {
          expect(spent + held).toBeLessThanOrEqual(budget + 1e-12);
          looks += 1;
        }
        await sleep(5);
      }
    })();
    const callers = Array.from({ length: 24 }, async (_, caller) => {
      for (let turn = 0; turn < 150; turn++) {
        const { status, headers } = await asks(instances[caller % 2]!, key, `hello ${caller} ${turn}`);
        statuses[status] = (statuses[status] ?? 0) + 1;
        cost += Number(headers['x-cost-usd'] ?? 0);
        if (status !== 200) await sleep(10);
      }
    });
    await Promise.all(callers);
    isOver = true;
    await watch;
    expect(looks).toBeGreaterThan(0);
    // On a busy machine Redis may not answer in time: then nobody is asked either.
    const { 503: _, ...others } = statuses;
    expect(Object.keys(others).sort()).toEqual(['200', '402', '429']);
    expect(cost).toBeLessThanOrEqual(budget);
    expect(cost).toBeGreaterThan(budget * 0.8);
    await eventually(async () =>
      expect(await stateOf(instances[1]!, id)).toMatchObject({
        held_usd: 0,
        spent_usd: expect.closeTo(cost, 9),
      }),
    );
    expect(simulator.calls.length).toBe(statuses[200]);
  });

  it('PostgreSQL away: known keys go on and their rows arrive later, once each; unknown keys get 503', async () => {
    const { environment } = await environmentOf();
    const proxy = await startTcpProxy(environment.DATABASE_URL!);
    const gateway = await startBareGateway({ ...environment, DATABASE_URL: proxy.url });
    const { id, key } = await makeKey(gateway, {});
    const { key: neverSeen } = await makeKey(gateway, {});
    expect((await asks(gateway, key, 'before')).status).toBe(200);
    proxy.cut();
    // The key is looked up again after five seconds, which must not need the database.
    for (let turn = 0; turn < 12; turn++) {
      expect((await asks(gateway, key, `during ${turn}`)).status).toBe(200);
      await sleep(500);
    }
    const refused = await asks(gateway, neverSeen, 'hello');
    expect([refused.status, refused.body.error.code, refused.headers['retry-after']]).toEqual([
      503,
      'overloaded',
      '5',
    ]);
    proxy.mend();
    await eventually(async () => expect((await asks(gateway, neverSeen, 'hello')).status).toBe(200));
    const database = await openDatabase(environment.DATABASE_URL!);
    const rows = async () =>
      (await database.queries()).selectFrom('ledger').select('request_id').where('key_id', '=', id).execute();
    await eventually(async () => expect(await rows()).toHaveLength(13));
    await database.close();
  });

  it('Redis away: closed for keys with a budget, open for the rest, and back by itself', async () => {
    const { environment } = await environmentOf();
    const proxy = await startTcpProxy(environment.REDIS_URL!);
    const gateway = await startBareGateway({ ...environment, REDIS_URL: proxy.url });
    const paid = await makeKey(gateway, { alias: 'paid', budget_usd: 1 });
    const limited = await makeKey(gateway, { alias: 'limited', rpm: 3 });
    await eventually(async () => expect((await asks(gateway, paid.key, 'before')).status).toBe(200));
    proxy.cut();
    const refused = await asks(gateway, paid.key, 'during');
    expect([refused.status, refused.body.error.code]).toEqual([503, 'overloaded']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    // Limited by this instance alone for the time being.
    const statuses = [];
    for (let turn = 0; turn < 4; turn++)
      statuses.push((await asks(gateway, limited.key, `during ${turn}`)).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    proxy.mend();
    await eventually(async () => expect((await asks(gateway, paid.key, 'after')).status).toBe(200));
  });
});

async function stateOf({ url }: RunningGateway, id: string): Promise<KeyState> {
  return (await (await fetch(`${url}/keys/${id}`)).json()) as KeyState;
}

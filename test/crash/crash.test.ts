/** Nothing acknowledged is lost and nothing is counted twice when the process is killed -9 under load, again and again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openDatabase } from '../../src/accounts/database/database.ts';
import { requestIdOf } from '../../src/accounts/ledger/request-id.ts';
import type { Environment } from '../../src/config/environment.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { databases } from '../helpers/databases.ts';
import { eventually } from '../helpers/eventually.ts';
import { pointedAt, postJson, readAnswer, readStream } from '../helpers/gateway.ts';
import { type ServerProcess, startProcess } from '../helpers/process.ts';

const KILLS = 20;
const CALLERS = 8;

it.each(databases)('$name', async ({ make }) => {
  const simulator = await startSimulator({ firstTokenMs: 3, tokenMs: 1 });
  const environment: Environment = {
    ...pointedAt(simulator),
    ...(await make()),
    OPEN_ADMIN: 'true',
    CACHE_TTL: '0',
    RETRIES: '0',
    HOLD_LEASE: '3s',
  };
  let server = await startProcess(environment);
  const { key, id } = (await (
    await postJson(`${server.url}/keys`, { alias: 'web', budget_usd: 50 })
  ).json()) as {
    key: string;
    id: string;
  };
  const authorization = { authorization: `Bearer ${key}` };

  /** Requests whose whole answer arrived, and what it cost where a header says so. */
  const acknowledged = new Map<string, number | undefined>();
  let isOver = false;
  let number = 0;
  const call = async ({ url }: ServerProcess) => {
    number += 1;
    const body = { prompt: `hello ${number}`, stream: number % 2 === 0 };
    const response = await postJson(`${url}/chat/completions`, body, authorization);
    if (response.status !== 200) return;
    const requestId = response.headers.get('x-request-id')!;
    if (!body.stream) {
      const { headers, text } = await readAnswer(response);
      if (text) acknowledged.set(requestId, Number(headers['x-cost-usd']));
    } else if ((await readStream(response)).done) acknowledged.set(requestId, undefined);
  };
  const callers = Array.from({ length: CALLERS }, async () => {
    // A killed server shows as a refused or broken connection.
    while (!isOver) await call(server).catch(() => sleep(5));
  });

  for (let kill = 0; kill < KILLS; kill++) {
    // At a random moment, but not before some answers have arrived.
    const before = acknowledged.size;
    await eventually(() => expect(acknowledged.size).toBeGreaterThan(before + 2));
    await sleep(Math.random() * 150);
    server.signal('SIGKILL');
    await server.exited;
    server = await startProcess(environment);
  }
  isOver = true;
  await Promise.all(callers);
  expect(acknowledged.size).toBeGreaterThan(KILLS);

  const database = await openDatabase(environment.DATABASE_URL!);
  try {
    const queries = await database.queries();
    const rowsOf = async () => {
      const found = await queries
        .selectFrom('ledger')
        .select(['id', 'request_id', 'cost_nano'])
        .where('key_id', '=', id)
        // Refused ones (what a killed process held is not free at once) are no calls.
        .where('refused_status', 'is', null)
        .execute();
      // The requests' ids are ours, and not written a second time.
      expect(found.filter(({ request_id }) => request_id !== null)).toEqual([]);
      return found.map((row) => ({ request: requestIdOf(row), cost: row.cost_nano }));
    };
    // With PostgreSQL the last rows may still be on their way there.
    await eventually(async () => {
      const there = new Set((await rowsOf()).map(({ request }) => request));
      expect([...acknowledged.keys()].filter((request) => !there.has(request))).toEqual([]);
    });
    const rows = await rowsOf();
    expect(new Set(rows.map(({ request }) => request)).size, 'rows, each once').toBe(rows.length);
    for (const row of rows) {
      const told = acknowledged.get(row.request);
      if (told !== undefined) expect(row.cost).toBe(Math.round(told * 1e9));
    }
    // The provider's own log knows of every call that is in the ledger, and of those that the kills cut off.
    expect(simulator.callsTo('together').length).toBeGreaterThanOrEqual(rows.length);

    // Holds of the killed are settled, at once in one process and when their leases end in Redis.
    const spent = rows.reduce((sum, row) => sum + (row.cost ?? 0), 0);
    await eventually(async () => {
      const state = (await (await fetch(`${server.url}/keys/${id}`)).json()) as Record<string, number>;
      expect(state).toMatchObject({ held_usd: 0, spent_usd: spent / 1e9 });
    });
  } finally {
    await database.close();
  }
});

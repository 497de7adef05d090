/** Keys are changed while calls are booked: both write to one file, and neither disturbs the other. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../helpers/databases.ts';
import { postJson, startGateway } from '../helpers/gateway.ts';

it.each(['sqlite::memory:', `sqlite:${join(temporaryFolder(), 'ledger.db')}`])('%s', async (url) => {
  const gateway = await startGateway({ DATABASE_URL: url, CACHE_TTL: '0', OPEN_ADMIN: 'true' });
  const calls = Array.from({ length: 300 }, (_, index) => gateway.ask({ prompt: `hello ${index}` }));
  const changes = Array.from({ length: 60 }, (_, index) =>
    postJson(`${gateway.url}/keys`, { alias: `key ${index}` }),
  );
  expect((await Promise.all(calls)).every(({ status }) => status === 200)).toBe(true);
  expect((await Promise.all(changes)).every(({ status }) => status === 201)).toBe(true);
  const usage = (await (await fetch(`${gateway.url}/usage`)).json()) as { total: { requests: number } };
  expect(usage.total.requests).toBe(300);
  expect(gateway.log.filter(({ level }) => Number(level) > 30)).toEqual([]);
});

/** A disk that takes no more, which here is a limit of the kernel on what a process may write into files. */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { databases } from '../helpers/databases.ts';
import { eventually } from '../helpers/eventually.ts';
import { pointedAt, postJson } from '../helpers/gateway.ts';
import { type ServerProcess, startProcess } from '../helpers/process.ts';

const hasLimits = spawnSync('prlimit', ['--version']).status === 0;

function letWrite({ pid }: ServerProcess, bytes: 0 | 'unlimited'): void {
  const set = spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`]);
  expect(set.status, String(set.stderr)).toBe(0);
}

it.runIf(hasLimits).each(databases)('$name: what a full disk cannot take', async ({ make }) => {
  const simulator = await startSimulator();
  const environment = { ...pointedAt(simulator), ...(await make()), OPEN_ADMIN: 'true', CACHE_TTL: '0' };
  let server = await startProcess(environment);
  const keyWith = async (limits: object) =>
    (await (await postJson(`${server.url}/keys`, limits)).json()) as { id: string; key: string };
  const paid = await keyWith({ alias: 'paid', budget_usd: 50, budget_period: 'total' });
  const free = await keyWith({ alias: 'free' });
  const call = ({ key }: { key: string }) =>
    postJson(
      `${server.url}/chat/completions`,
      { prompt: 'hi', max_tokens: 20 },
      { authorization: `Bearer ${key}` },
    );
  const requestsOf = async ({ id }: { id: string }) => {
    const usage = await fetch(`${server.url}/usage?key=${id}`);
    return ((await usage.json()) as { total: { requests: number } }).total.requests;
  };
  const spent = async () =>
    (await (await fetch(`${server.url}/keys/${paid.id}`)).json()) as { spent_usd: number; held_usd: number };

  expect((await call(paid)).status).toBe(200);
  letWrite(server, 0);
  // It was under way when the disk took no more: its caller has the answer, and its row waits.
  expect((await call(paid)).status).toBe(200);
  expect(await (await fetch(`${server.url}/health/ready`)).text()).toContain('ledger rows cannot be written');
  const refused = await call(paid);
  expect(refused.status).toBe(503);
  expect(refused.headers.has('retry-after')).toBe(true);
  expect((await call(free)).status).toBe(200);

  letWrite(server, 'unlimited');
  await eventually(async () => expect((await call(paid)).status).toBe(200));
  expect(await requestsOf(paid)).toBe(3);
  expect(await requestsOf(free)).toBe(1);

  letWrite(server, 0);
  expect((await call(paid)).status).toBe(200);
  expect((await call(paid)).status).toBe(503);
  const before = await spent();
  server.signal('SIGKILL');
  await server.exited;
  server = await startProcess(environment);
  // Only the one call is forgotten, of four that cost the same; and its money is not, where Redis has counted it, too.
  expect(await requestsOf(paid)).toBe(3);
  const after = (await spent()).spent_usd;
  expect(after).toBeGreaterThan(before.spent_usd * 0.749);
  expect(after).toBeLessThan(before.spent_usd * 1.001);
});

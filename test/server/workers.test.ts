/** Several processes behind one port share their limits, and one that dies is replaced. Needs a Redis, as its users do. */
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { temporaryFolder } from '../helpers/databases.ts';
import { eventually } from '../helpers/eventually.ts';
import { pointedAt, postJson, readStream } from '../helpers/gateway.ts';
import { spawnServer, startProcess } from '../helpers/process.ts';
import { startRawUpstream } from '../helpers/raw-upstream.ts';

const REDIS_URL = process.env.TEST_REDIS_URL;
const ADMIN_KEY = 'the-administrators-own-key';

describe.runIf(REDIS_URL)('with Redis', () => {
  it('limits hold over all workers, and a killed worker is replaced', async () => {
    const simulator = await startSimulator();
    const server = await startProcess({
      ...pointedAt(simulator),
      WORKERS: '2',
      REDIS_URL,
      // A worker that Redis does not answer in time would count alone for a while.
      REDIS_AWAY: 'closed',
      ADMIN_KEY,
      DATABASE_URL: `sqlite:${join(temporaryFolder(), 'ledger.db')}`,
      CACHE_TTL: '0',
    });
    const admin = { authorization: `Bearer ${ADMIN_KEY}` };
    const made = await postJson(`${server.url}/keys`, { alias: 'web', rpm: 10 }, admin);
    const { key, id } = (await made.json()) as { key: string; id: string };
    // A connection each, so that both workers get some.
    const ask = async () => {
      const headers = { authorization: `Bearer ${key}`, connection: 'close' };
      for (;;) {
        const { status } = await postJson(`${server.url}/chat/completions`, { prompt: 'hello' }, headers);
        if (status !== 503) return status;
      }
    };
    const statuses = await Promise.all(Array.from({ length: 30 }, ask));
    expect(statuses.filter((status) => status === 200)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(20);
    const usage = await fetch(`${server.url}/usage?group_by=key`, { headers: admin });
    expect(await usage.json()).toMatchObject({ data: [{ key: id, requests: 10 }] });

    const [worker] = await workersOf(server.pid);
    process.kill(worker!, 'SIGKILL');
    await eventually(async () => {
      const now = await workersOf(server.pid);
      expect(now).toHaveLength(2);
      expect(now).not.toContain(worker);
    });
    server.signal('SIGTERM');
    expect(await server.exited).toBe(0);
  });
});

it.runIf(REDIS_URL)(
  'the error rate is that of all workers, none of which has seen enough to say',
  async () => {
    const simulator = await startSimulator();
    for (const provider of ['together', 'openai', 'anthropic'] as const) simulator.always(provider, '500');
    const webhook = await startRawUpstream({ body: 'ok' });
    const server = await startProcess({
      ...pointedAt(simulator),
      WORKERS: '2',
      REDIS_URL,
      RETRIES: '0',
      CACHE_TTL: '0',
      // No cooldown, which others at this Redis would have, too; nor does anybody keep silent about this alert for long.
      ALLOWED_FAILURES: '1000',
      ALERT_REPEAT: '1s',
      ALERT_WEBHOOK_URL: webhook.url,
      LOG_FORMAT: 'json',
    });
    const log = () => server.output() + server.errors();
    await eventually(() => expect(log().match(/"listening"/g)).toHaveLength(2));
    // A connection each: half of them for either worker. An alert takes twenty.
    for (let number = 0; number < 24; number++)
      await postJson(`${server.url}/chat/completions`, { prompt: 'hello' }, { connection: 'close' });
    await eventually(() =>
      expect(webhook.requests.map(({ body }) => body)).toContainEqual(
        expect.objectContaining({ kind: 'error_rate', title: '100 % of all requests fail' }),
      ),
    );
  },
);

it.runIf(REDIS_URL)('a signal that every process of the group gets lets streams finish', async () => {
  const simulator = await startSimulator({ tokenMs: 20 });
  const server = await startProcess({ ...pointedAt(simulator), WORKERS: '2', REDIS_URL, CACHE_TTL: '0' });
  const stream = await postJson(`${server.url}/chat/completions`, { prompt: 'hello', stream: true });
  for (const pid of [...(await workersOf(server.pid)), server.pid]) process.kill(pid, 'SIGTERM');
  expect((await readStream(stream)).done).toBe(true);
  expect(await server.exited).toBe(0);
});

it.runIf(REDIS_URL)(
  'a connection that a killed worker never took is closed, not left without an answer',
  async () => {
    const simulator = await startSimulator();
    const server = await startProcess({
      ...pointedAt(simulator),
      WORKERS: '2',
      REDIS_URL,
      LOG_FORMAT: 'json',
    });
    const log = () => server.output() + server.errors();
    await eventually(() => expect(log().match(/"listening"/g)).toHaveLength(2));
    const [stopped] = (await workersOf(server.pid)) as [number];
    process.kill(stopped, 'SIGSTOP');
    // Each on a connection of its own: those that the other worker has are answered, and at most one waits for the stopped one.
    const asked = Array.from({ length: 6 }, () => {
      const request = get(`${server.url}/health/live`, { agent: false });
      return once(request, 'response').then(
        ([response]) => (response as IncomingMessage).resume().statusCode,
        (error: NodeJS.ErrnoException) => error.code,
      );
    });
    await Promise.race(asked);
    process.kill(stopped, 'SIGKILL');
    const ends = await Promise.all(asked);
    expect(ends.filter((end) => end !== 200)).toEqual(['ECONNRESET']);
  },
);

it('without Redis they do not start, and say why once', async () => {
  const server = await spawnServer({ WORKERS: '3', TOGETHER_API_KEY: 'key' });
  expect(await server.exited).toBe(1);
  expect(server.errors().match(/WORKERS more than 1 needs REDIS_URL/g)).toHaveLength(1);
});

async function workersOf(pid: number): Promise<number[]> {
  const { readFile } = await import('node:fs/promises');
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return list.split(' ').filter(Boolean).map(Number);
}

/** A Redis that somebody else wrote into: what is not ours under one of our names is as good as lost. */
import { randomUUID } from 'node:crypto';
import { afterAll, expect, it } from 'vitest';
import type { Subject } from '../../src/accounts/limits/limits.ts';
import { RedisCounters } from '../../src/accounts/limits/redis/redis-counters.ts';
import { connectRedis } from '../../src/redis/connection.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { reservationOf } from '../helpers/reservations.ts';

const redisUrl = process.env.TEST_REDIS_URL;
const redis = redisUrl ? await connectRedis(redisUrl, () => {}) : undefined;
afterAll(() => redis?.close());

const KEY: Subject = {
  id: 'key:1',
  label: 'key',
  limits: { rpm: 100, tpm: 10_000, maxConcurrency: 5, budget: { amount: 100, period: 'total' } },
};

/** Written under each name, whatever it was for. */
const FOREIGN: Readonly<Record<string, (name: string) => readonly string[]>> = {
  'a text': (name) => ['SET', name, 'something'],
  'a list': (name) => ['RPUSH', name, 'something'],
  'a set of texts': (name) => ['ZADD', name, '1', 'something'],
  'a hash of texts': (name) => [
    'HSET',
    name,
    ...['spent', 'held', 'from', 'r', 't'].flatMap((field) => [field, 'some']),
  ],
  'a hash of what is nearly a number': (name) => [
    'HSET',
    name,
    ...['spent', 'NaN', 'held', '-inf', 'from', '1e5', 'r', '0x10', 't', '1.5'],
  ],
};

it.runIf(redis).each(Object.entries(FOREIGN))(
  '%s: calls go on, and what was spent is known',
  async (_, write) => {
    const prefix = `test:${randomUUID()}:`;
    let spent = 0;
    const rows = { spentSince: async () => spent, outcomeOf: async () => undefined };
    const counters = new RedisCounters(redis!, new ManualClock(), rows, { prefix });
    const spoil = async () => {
      for (const name of await redis!.keys(`${prefix}*`)) {
        await redis!.sendCommand(['DEL', name]);
        await redis!.sendCommand([...write(name)]);
      }
    };
    const call = async (id: string, cost: number) => {
      expect((await counters.admit(reservationOf(id, KEY, 40))).admitted).toBe(true);
      spent += cost;
      counters.settle(id, { tokens: 5, cost });
    };

    await call('a', 10);
    await spoil();
    await call('b', 10);
    expect(await counters.state(KEY)).toMatchObject({ spent: 20, held: 0 });
    // While one runs: its place and its hold are lost, and are given back to nobody.
    await counters.admit(reservationOf('c', KEY, 40));
    await spoil();
    spent += 10;
    counters.settle('c', { tokens: 5, cost: 10 });
    expect(await counters.state(KEY)).toMatchObject({ spent: 30, held: 0 });
    await spoil();
    expect(await counters.state(KEY)).toMatchObject({ spent: 30, held: 0 });
    await counters.tick();
    await call('d', 30);
    expect((await counters.admit(reservationOf('e', KEY, 40))).admitted).toBe(true);
    expect((await counters.admit(reservationOf('f', KEY, 40))).admitted).toBe(false);
    await counters.close();
  },
);

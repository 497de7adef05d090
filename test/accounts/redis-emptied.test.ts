/** A Redis that was emptied while calls run gets back what they hold; what they cost is counted once. */
import { randomUUID } from 'node:crypto';
import { afterAll, expect, it } from 'vitest';
import type { ReservationRequest, Subject } from '../../src/accounts/limits/limits.ts';
import { RedisCounters } from '../../src/accounts/limits/redis/redis-counters.ts';
import { connectRedis } from '../../src/redis/connection.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const redisUrl = process.env.TEST_REDIS_URL;
const redis = redisUrl ? await connectRedis(redisUrl, () => {}) : undefined;
afterAll(() => redis?.close());

it.runIf(redis)('holds and spending are there again after Redis has lost them', async () => {
  const prefix = `test:${randomUUID()}:`;
  let inLedger = 0;
  const ledger = { spentSince: async () => inLedger, outcomeOf: async () => undefined };
  const counters = new RedisCounters(redis!, new ManualClock(), ledger, { prefix });
  const key: Subject = { id: 'key:1', label: 'key', limits: { budget: { amount: 100, period: 'total' } } };
  const reservation = (id: string): ReservationRequest => ({
    ...{ id, subjects: [key], requests: 1, tokens: 0, minTokens: 0 },
    ...{ hold: 40, fairHold: 40, minHold: 40 },
  });
  await counters.admit(reservation('a'));
  await counters.admit(reservation('b'));
  await redis!.sendCommand(['DEL', ...(await redis!.keys(`${prefix}*`))]);
  // 80 of 100 are held, though Redis knows nothing of it any more.
  expect((await counters.admit(reservation('c'))).admitted).toBe(false);
  expect(await counters.state(key)).toMatchObject({ spent: 0, held: 80 });
  inLedger += 30;
  counters.settle('a', { tokens: 0, cost: 30 });
  expect(await counters.state(key)).toMatchObject({ spent: 30, held: 40 });
  // Emptied again between the row and its settlement: the ledger has it, and it counts once.
  inLedger += 10;
  await redis!.sendCommand(['DEL', ...(await redis!.keys(`${prefix}*`))]);
  counters.settle('b', { tokens: 0, cost: 10 });
  expect(await counters.state(key)).toMatchObject({ spent: 40, held: 0 });
  await counters.close();
});

it.runIf(redis)(
  'a call that ends just then is not put back after its end, by another question that finds the same',
  async () => {
    const prefix = `test:${randomUUID()}:`;
    let inLedger = 0;
    const ledger = { spentSince: async () => inLedger, outcomeOf: async () => undefined };
    const counters = new RedisCounters(redis!, new ManualClock(), ledger, { prefix });
    const key: Subject = { id: 'key:1', label: 'key', limits: { budget: { amount: 100, period: 'total' } } };
    const reservation = (id: string): ReservationRequest => ({
      ...{ id, subjects: [key], requests: 1, tokens: 0, minTokens: 0 },
      ...{ hold: 20, fairHold: 20, minHold: 20 },
    });
    await counters.admit(reservation('a'));
    await redis!.sendCommand(['DEL', ...(await redis!.keys(`${prefix}*`))]);
    inLedger += 10;
    counters.settle('a', { tokens: 0, cost: 10 });
    // On their way at once: the settlement, and an admission that does not wait for it.
    const state = counters.state(key);
    await Promise.all([state, counters.admit(reservation('b')), counters.admit(reservation('c'))]);
    expect(await counters.state(key)).toMatchObject({ spent: 10, held: 40 });
    await counters.close();
  },
);

/** A Redis that was emptied while calls run gets back what they hold; what they cost is counted once. */
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

const KEY: Subject = { id: 'key:1', label: 'key', limits: { budget: { amount: 100, period: 'total' } } };

/** Counters over a memory of their own. @param hold what each call holds */
function start(hold: number) {
  const prefix = `test:${randomUUID()}:`;
  const ledger = { spent: 0 };
  const rows = { spentSince: async () => ledger.spent, outcomeOf: async () => undefined };
  return {
    counters: new RedisCounters(redis!, new ManualClock(), rows, { prefix }),
    ledger,
    reservation: (id: string) => reservationOf(id, KEY, hold),
    empty: async () => redis!.sendCommand(['DEL', ...(await redis!.keys(`${prefix}*`))]),
  };
}

it.runIf(redis)('holds and spending are there again after Redis has lost them', async () => {
  const { counters, ledger, reservation, empty } = start(40);
  await counters.admit(reservation('a'));
  await counters.admit(reservation('b'));
  await empty();
  // 80 of 100 are held, though Redis knows nothing of it any more.
  expect((await counters.admit(reservation('c'))).admitted).toBe(false);
  expect(await counters.state(KEY)).toMatchObject({ spent: 0, held: 80 });
  ledger.spent += 30;
  counters.settle('a', { tokens: 0, cost: 30 });
  expect(await counters.state(KEY)).toMatchObject({ spent: 30, held: 40 });
  // Emptied again between the row and its settlement: the ledger has it, and it counts once.
  ledger.spent += 10;
  await empty();
  counters.settle('b', { tokens: 0, cost: 10 });
  expect(await counters.state(KEY)).toMatchObject({ spent: 40, held: 0 });
  await counters.close();
});

it.runIf(redis)(
  'a call that ends just then is not put back after its end, by another question that finds the same',
  async () => {
    const { counters, ledger, reservation, empty } = start(20);
    await counters.admit(reservation('a'));
    await empty();
    ledger.spent += 10;
    counters.settle('a', { tokens: 0, cost: 10 });
    // On their way at once: the settlement, and an admission that does not wait for it.
    const state = counters.state(KEY);
    await Promise.all([state, counters.admit(reservation('b')), counters.admit(reservation('c'))]);
    expect(await counters.state(KEY)).toMatchObject({ spent: 10, held: 40 });
    await counters.close();
  },
);

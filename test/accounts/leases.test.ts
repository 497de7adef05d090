/** Calls of killed processes: settled by whoever has the same ledger, from what these say, and by nobody else. */
import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import type { Outcome, Subject } from '../../src/accounts/limits/limits.ts';
import { RedisCounters } from '../../src/accounts/limits/redis/redis-counters.ts';
import { connectRedis } from '../../src/redis/connection.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { reservationOf } from '../helpers/reservations.ts';

const redisUrl = process.env.TEST_REDIS_URL;
const redis = redisUrl ? await connectRedis(redisUrl, () => {}) : undefined;
afterAll(() => redis?.close());

const LEASE = 3_000;
const key: Subject = {
  id: 'key:1',
  label: 'key web',
  limits: { budget: { amount: 1_000, period: 'total' } },
};

// Without TEST_REDIS_URL none of this is there; the checks before landing set it.
describe.runIf(redis)('a call whose process was killed', () => {
  const clock = new ManualClock();
  const prefix = `test:${randomUUID()}:`;
  const process = (ledger: string, outcomes: Record<string, Outcome>) =>
    new RedisCounters(
      redis!,
      clock,
      { spentSince: async () => 0, outcomeOf: async (id) => outcomes[id] },
      { prefix, ledger, lease: LEASE, time: () => clock.now() },
    );

  it('is not settled by an installation with another ledger, however long it takes', async () => {
    const killed = process('ours', {});
    await killed.admit(reservationOf('call', key, 400));
    await killed.close();
    await clock.advance(100 * LEASE);

    const stranger = process('theirs', {});
    await stranger.tick();
    expect(await stranger.state(key)).toMatchObject({ spent: 0, held: 400 });

    const successor = process('ours', { call: { tokens: 10, cost: 300 } });
    await successor.tick();
    expect(await successor.state(key)).toMatchObject({ spent: 300, held: 0 });
    await Promise.all([stranger.close(), successor.close()]);
  });
});

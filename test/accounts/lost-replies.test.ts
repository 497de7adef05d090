/** What Redis did though its answer was lost is undone. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Subject } from '../../src/accounts/limits/limits.ts';
import { RedisCounters } from '../../src/accounts/limits/redis/redis-counters.ts';
import { connectRedis } from '../../src/redis/connection.ts';
import { eventually } from '../helpers/eventually.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { reservationOf } from '../helpers/reservations.ts';
import { startTcpProxy } from '../helpers/tcp-proxy.ts';

const redisUrl = process.env.TEST_REDIS_URL;
const key: Subject = {
  id: 'key:1',
  label: 'key web',
  limits: { budget: { amount: 1_000, period: 'total' }, maxConcurrency: 1 },
};
const ask = (id: string) => reservationOf(id, key, 400);

// Without TEST_REDIS_URL none of this is there; the checks before landing set it.
describe.runIf(redisUrl)('an admission whose answer is lost', () => {
  it('is refused, and holds neither money nor a place', async () => {
    const proxy = await startTcpProxy(redisUrl!);
    const redis = (await connectRedis(proxy.url, () => {}))!;
    const ledger = { spentSince: async () => 0, outcomeOf: async () => undefined };
    const counters = new RedisCounters(redis, new ManualClock(), ledger, { prefix: `test:${randomUUID()}:` });
    await counters.admit(ask('first'));
    counters.settle('first', { tokens: 0, cost: 100 });
    expect(await counters.state(key)).toMatchObject({ spent: 100, held: 0 });

    proxy.loseReplies();
    await expect(counters.admit(ask('second'))).rejects.toThrow();

    await eventually(async () => expect(await counters.state(key)).toMatchObject({ spent: 100, held: 0 }));
    expect(await counters.admit(ask('third'))).toMatchObject({ admitted: true });
    counters.settle('third', { tokens: 0, cost: 0 });
    await counters.close();
    await redis.close();
  });
});

describe.runIf(redisUrl)('a settlement that Redis cannot write now', () => {
  it('is sent again until it can', async () => {
    const administrator = (await connectRedis(redisUrl!, () => {}))!;
    const user = `test-${randomUUID()}`;
    // One of its users that may write, or may not: what a replica is to everybody.
    const may = (rule: string) =>
      administrator.sendCommand(['ACL', 'SETUSER', user, 'on', 'nopass', '~*', '&*', '+@all', rule]);
    await may('+@all');
    onTestFinished(async () => {
      await administrator.sendCommand(['ACL', 'DELUSER', user]);
      await administrator.close();
    });
    const url = new URL(redisUrl!);
    url.username = user;
    url.password = 'any';
    const redis = (await connectRedis(url.href, () => {}))!;
    const ledger = { spentSince: async () => 0, outcomeOf: async () => undefined };
    const counters = new RedisCounters(redis, new ManualClock(), ledger, { prefix: `test:${randomUUID()}:` });
    await counters.admit(ask('first'));
    await may('-@write');
    counters.settle('first', { tokens: 0, cost: 100 });
    await expect(counters.admit(ask('second'))).rejects.toThrow();
    await may('+@write');
    await eventually(async () => expect(await counters.state(key)).toMatchObject({ spent: 100, held: 0 }));
    await counters.close();
    await redis.close();
  });
});

/** What one turn of the event loop asks Redis at once, and what becomes of settlements that nobody waits for. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  CountersUnavailable,
  type Limits,
  type ReservationRequest,
  type Subject,
} from '../../src/accounts/limits/limits.ts';
import { RedisCounters } from '../../src/accounts/limits/redis/redis-counters.ts';
import { connectRedis } from '../../src/redis/connection.ts';
import { eventually } from '../helpers/eventually.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { reservationOf } from '../helpers/reservations.ts';
import { startTcpProxy } from '../helpers/tcp-proxy.ts';

const redisUrl = process.env.TEST_REDIS_URL;
const redis = redisUrl ? await connectRedis(redisUrl, () => {}) : undefined;
afterAll(() => redis?.close());

const AMOUNT = 1_000;
const clock = new ManualClock();
let prefix: string;
let lastId = 0;

function countersOf(client = redis!): RedisCounters {
  const ledger = { spentSince: async () => 0, outcomeOf: async () => undefined };
  return new RedisCounters(client, clock, ledger, { prefix, time: () => clock.now() });
}

function subject(limits: Limits = { budget: { amount: AMOUNT, period: 'total' } }, id = 'key:1'): Subject {
  return { id, label: id, limits };
}

function ask(hold: number, minHold = hold, one = subject()): ReservationRequest {
  lastId += 1;
  return { ...reservationOf(`call-${lastId}`, one, hold), minHold };
}

// Without TEST_REDIS_URL none of this is there; the checks before landing set it.
describe.runIf(redis)('one turn of the event loop', () => {
  beforeEach(() => {
    prefix = `test:${randomUUID()}:`;
  });

  it('is one question, in which each admission has its own verdict', async () => {
    const counters = countersOf();
    await counters.state(subject());
    const sent = vi.spyOn(redis!, 'sendCommand');
    const verdicts = await Promise.all([
      counters.admit(ask(600)),
      counters.admit(ask(600)),
      counters.admit(ask(1, 1, subject({ rpm: 1 }, 'key:2'))),
      counters.admit(ask(500, 300)),
      counters.admit(ask(1, 1, subject({ rpm: 1 }, 'key:2'))),
    ]);
    const questions = sent.mock.calls.filter(([[name]]) => name === 'EVALSHA');
    sent.mockRestore();
    expect(questions).toHaveLength(1);
    expect(verdicts.map((decision) => (decision.admitted ? decision.hold : decision.refusal.limit))).toEqual([
      600,
      'budget',
      1,
      400,
      'rpm',
    ]);
    await counters.close();
  });

  it('never overshoots, whatever it asks and however many processes ask', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ hold: fc.nat(400), least: fc.nat(300), process: fc.nat(1) }), {
          maxLength: 150,
        }),
        async (asks) => {
          prefix = `test:${randomUUID()}:`;
          const processes = [countersOf(), countersOf()];
          const verdicts = await Promise.all(
            asks.map(({ hold, least, process }) =>
              processes[process]!.admit(ask(hold, Math.min(hold, least))),
            ),
          );
          let held = 0;
          for (const decision of verdicts) if (decision.admitted) held += decision.hold;
          expect(held).toBeLessThanOrEqual(AMOUNT);
          expect(await processes[0]!.state(subject())).toMatchObject({ spent: 0, held });
          await Promise.all(processes.map((process) => process.close()));
        },
      ),
      { numRuns: 30 },
    ));

  it('settles before it admits', async () => {
    const counters = countersOf();
    const first = ask(AMOUNT);
    await counters.admit(first);
    const next = counters.admit(ask(900));
    // Later in the turn, and yet before it.
    counters.settle(first.id, { tokens: 0, cost: 100 });
    expect(await next).toMatchObject({ admitted: true, hold: 900 });
    await counters.close();
  });

  it('is in what the same process tells right after it', async () => {
    const counters = countersOf();
    const call = ask(700);
    await counters.admit(call);
    counters.settle(call.id, { tokens: 0, cost: 250 });
    expect(await counters.state(subject())).toMatchObject({ spent: 250, held: 0 });
    await counters.close();
  });

  it('with a settlement that cannot be done has the others done', async () => {
    const counters = countersOf();
    const calls = [ask(10), ask(20)];
    for (const call of calls) await counters.admit(call);
    // No whole number of nano-dollars.
    counters.settle(calls[0]!.id, { tokens: 0, cost: 0.5 });
    counters.settle(calls[1]!.id, { tokens: 0, cost: 15 });
    await counters.admit(ask(1));
    expect(await counters.state(subject())).toMatchObject({ spent: 15 });
    await counters.close();
  });

  it('is sent by closing, however much it is', async () => {
    const counters = countersOf();
    const calls = Array.from({ length: 500 }, () => ask(2));
    await Promise.all(calls.map((call) => counters.admit(call)));
    for (const call of calls) counters.settle(call.id, { tokens: 0, cost: 1 });
    await counters.close();
    const other = countersOf();
    expect(await other.state(subject())).toMatchObject({ spent: 500, held: 0 });
    await other.close();
  });
});

describe.runIf(redis)('Redis unavailable', () => {
  async function behindWire() {
    prefix = `test:${randomUUID()}:`;
    const proxy = await startTcpProxy(redisUrl!);
    const client = await connectRedis(proxy.url, () => {});
    return { proxy, counters: countersOf(client), [Symbol.dispose]: () => client.destroy() };
  }

  it('in the middle: admissions say so, settlements arrive when it is back, once each', async () => {
    using wire = await behindWire();
    const { proxy, counters } = wire;
    const calls = Array.from({ length: 300 }, () => ask(3));
    await Promise.all(calls.map((call) => counters.admit(call)));
    for (const call of calls.slice(0, 150)) counters.settle(call.id, { tokens: 0, cost: 1 });
    // The first of them are on their way.
    await new Promise((resolve) => setImmediate(resolve));
    proxy.cut();
    for (const call of calls.slice(150)) counters.settle(call.id, { tokens: 0, cost: 1 });
    await expect(counters.admit(ask(1))).rejects.toThrow(CountersUnavailable);
    proxy.mend();
    const direct = countersOf();
    await eventually(async () =>
      expect(await direct.state(subject())).toMatchObject({ spent: 300, held: 0 }),
    );
    await Promise.all([counters.close(), direct.close()]);
  });

  it('silent: nobody waits for ever, the connection is given up, and settlements go over a new one', async () => {
    using wire = await behindWire();
    const { proxy, counters } = wire;
    const call = ask(10);
    await counters.admit(call);
    proxy.silence();
    counters.settle(call.id, { tokens: 0, cost: 7 });
    await expect(counters.admit(ask(1))).rejects.toThrow(CountersUnavailable);
    await eventually(async () =>
      expect(await counters.state(subject())).toMatchObject({ spent: 7, held: 0 }),
    );
    await counters.close();
  });
});

/** What limits promise, whoever keeps the counts. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type {
  Counters,
  Decision,
  Limits,
  Outcome,
  ReservationRequest,
  Subject,
} from '../../src/accounts/limits/limits.ts';
import { MemoryCounters } from '../../src/accounts/limits/memory-counters.ts';
import { RedisCounters } from '../../src/accounts/limits/redis/redis-counters.ts';
import { connectRedis } from '../../src/redis/connection.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

let clock: ManualClock;
let counters: Counters;
let spentBefore: Record<string, number>;
let outcomes: Record<string, Outcome>;
let lastId = 0;

const redisUrl = process.env.TEST_REDIS_URL;
const redis = redisUrl ? await connectRedis(redisUrl, () => {}) : undefined;
afterAll(() => redis?.close());

const ledger = {
  spentSince: async (id: string) => spentBefore[id] ?? 0,
  outcomeOf: async (id: string) => outcomes[id],
};
const makers = {
  'one process': () => new MemoryCounters(clock, ledger),
  // Without TEST_REDIS_URL this half is not there; the checks before landing set it.
  ...(redis && {
    Redis: () =>
      new RedisCounters(redis, clock, ledger, {
        prefix: `test:${randomUUID()}:`,
        time: () => clock.now(),
      }),
  }),
};

function subject(limits: Limits, id = 'key:1'): Subject {
  return { id, label: id, limits };
}

function ask(
  subjects: Subject | readonly Subject[],
  over: Partial<ReservationRequest> = {},
): ReservationRequest {
  lastId += 1;
  const id = `call-${lastId}`;
  return {
    id,
    subjects: [subjects].flat(),
    requests: 1,
    tokens: 0,
    minTokens: 0,
    hold: 0,
    minHold: 0,
    fairHold: over.hold ?? 0,
    ...over,
  };
}

async function admitted(question: ReservationRequest): Promise<Extract<Decision, { admitted: true }>> {
  const decision = await counters.admit(question);
  if (!decision.admitted) throw new Error(`refused: ${decision.refusal.limit}`);
  return decision;
}

async function refused(question: ReservationRequest) {
  const decision = await counters.admit(question);
  if (decision.admitted) throw new Error('admitted');
  return decision.refusal;
}

describe.each(Object.entries(makers))('limits kept by %s', (_name, make) => {
  beforeEach(() => {
    clock = new ManualClock();
    // Noon: budget periods end at midnight.
    clock.advance(12 * 3_600_000);
    spentBefore = {};
    outcomes = {};
    counters = make();
  });

  describe('looking what would be said', () => {
    it('takes nothing, however often', async () => {
      const one = subject({ rpm: 1, tpm: 100, maxConcurrency: 1, budget: { amount: 50, period: 'day' } });
      const call = { tokens: 60, minTokens: 60, hold: 40, fairHold: 40 };
      for (let time = 0; time < 3; time++) {
        expect(await counters.check(ask(one, call))).toMatchObject({
          admitted: true,
          hold: 40,
          requestRate: { limit: 1, remaining: 1 },
          tokenRate: { limit: 100, remaining: 100 },
        });
      }
      expect(await counters.state(one)).toMatchObject({ spent: 0, held: 0 });
      await admitted(ask(one, call));
    });

    it('says the same refusal as the call would get', async () => {
      const one = subject({ maxConcurrency: 1, budget: { amount: 50, period: 'day' } });
      spentBefore['key:1'] = 45;
      const call = ask(one, { hold: 20, minHold: 10 });
      expect(await counters.check(call)).toEqual(await counters.admit(call));
      await admitted(ask(one, { hold: 5, minHold: 1 }));
      expect(await counters.check(ask(one))).toMatchObject({
        admitted: false,
        refusal: { limit: 'max_concurrency' },
      });
    });
  });

  describe('requests per minute', () => {
    it('are refused beyond the limit, with the time until one is free', async () => {
      const one = subject({ rpm: 2 });
      await admitted(ask(one));
      clock.advance(10_000);
      await admitted(ask(one));
      const { limit, allowed, left, retryAfterMs } = await refused(ask(one));
      expect({ limit, allowed, left }).toEqual({ limit: 'rpm', allowed: 2, left: 0 });
      expect(retryAfterMs).toBeGreaterThan(49_000);
      expect(retryAfterMs).toBeLessThanOrEqual(51_000);
      clock.advance(retryAfterMs!);
      await admitted(ask(one));
      await refused(ask(one));
    });

    it('never exceed the limit in any 60 seconds', () =>
      fc.assert(
        fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 60 }), async (pauses) => {
          const times: number[] = [];
          const one = subject({ rpm: 3 }, `key:${Math.random()}`);
          for (const pause of pauses) {
            clock.advance(pause);
            if ((await counters.admit(ask(one))).admitted) times.push(clock.now());
          }
          for (const time of times)
            expect(
              times.filter((other) => other >= time && other < time + 60_000).length,
            ).toBeLessThanOrEqual(3);
        }),
        { numRuns: 50 },
      ));

    it('are what the rate headers tell', async () => {
      const one = subject({ rpm: 5 });
      const { requestRate } = await admitted(ask(one));
      expect(requestRate).toMatchObject({ limit: 5, remaining: 4 });
      expect(requestRate!.resetMs).toBeGreaterThan(59_000);
    });
  });

  describe('tokens per minute', () => {
    it('are reserved, and replaced by the real count', async () => {
      const one = subject({ tpm: 1_000 });
      const first = ask(one, { tokens: 900, minTokens: 900 });
      await admitted(first);
      expect(await refused(ask(one, { tokens: 200, minTokens: 200 }))).toMatchObject({
        limit: 'tpm',
        left: 100,
      });
      await counters.settle(first.id, { tokens: 300, cost: 0 });
      expect((await admitted(ask(one, { tokens: 200, minTokens: 200 }))).tokenRate?.remaining).toBe(500);
    });

    it('shrink to what is left', async () => {
      const one = subject({ tpm: 1_000 });
      expect((await admitted(ask(one, { tokens: 5_000, minTokens: 100 }))).tokens).toBe(1_000);
    });

    it('cannot be waited for by a call that is too large', async () => {
      const refusal = await refused(ask(subject({ tpm: 10 }), { tokens: 20, minTokens: 20 }));
      expect(refusal).toMatchObject({ limit: 'tpm', needed: 20, retryAfterMs: undefined });
    });
  });

  describe('calls in flight', () => {
    it('are given back by settling, once', async () => {
      const one = subject({ maxConcurrency: 1 });
      const first = ask(one);
      await admitted(first);
      expect(await refused(ask(one))).toMatchObject({ limit: 'max_concurrency', allowed: 1 });
      await counters.settle(first.id, { tokens: 0, cost: 0 });
      await counters.settle(first.id, { tokens: 0, cost: 0 });
      await admitted(ask(one));
      await refused(ask(one));
    });

    it('are given back when their caller is gone, once, while what they hold stays until they are settled', async () => {
      const one = subject({ maxConcurrency: 1, budget: { amount: 100, period: 'day' } });
      const first = ask(one, { hold: 40, fairHold: 40 });
      await admitted(first);
      counters.leave(first.id);
      counters.leave(first.id);
      const second = ask(one, { hold: 40, fairHold: 40 });
      await admitted(second);
      expect(await counters.state(one)).toMatchObject({ held: 80 });
      await counters.settle(first.id, { tokens: 0, cost: 10 });
      expect(await refused(ask(one))).toMatchObject({ limit: 'max_concurrency' });
      expect(await counters.state(one)).toMatchObject({ spent: 10, held: 40 });
    });
  });

  describe('a budget', () => {
    const daily = subject({ budget: { amount: 100, period: 'day' } });

    it('is held, then charged with what the call cost', async () => {
      const call = ask(daily, { hold: 60, minHold: 60 });
      expect((await admitted(call)).hold).toBe(60);
      expect(await counters.state(daily)).toMatchObject({ spent: 0, held: 60 });
      await counters.settle(call.id, { tokens: 10, cost: 25 });
      expect(await counters.state(daily)).toMatchObject({ spent: 25, held: 0 });
    });

    it('grants what is left, and refuses when that is of no use', async () => {
      const call = ask(daily, { hold: 500, minHold: 10 });
      expect((await admitted(call)).hold).toBe(100);
      const refusal = await refused(ask(daily, { hold: 20, minHold: 10 }));
      // Some of it may come back any moment.
      expect(refusal).toMatchObject({
        limit: 'budget',
        allowed: 100,
        left: 0,
        needed: 10,
        retryAfterMs: 1_000,
      });
      await counters.settle(call.id, { tokens: 0, cost: 95 });
      expect(await refused(ask(daily, { hold: 20, minHold: 10 }))).toMatchObject({
        left: 5,
        retryAfterMs: 12 * 3_600_000,
      });
    });

    it('is not reserved whole by one call: beside its fair part it gets a share of what is left', async () => {
      const wanted = { hold: 1_000, fairHold: 30, minHold: 10 };
      const large = subject({ budget: { amount: 400, period: 'day' } });
      const holds = [];
      for (let call = 0; call < 4; call++) holds.push((await admitted(ask(large, wanted))).hold);
      expect(holds).toEqual([50, 43, 38, 33]);
    });

    it('that is only held is not spent: the refusal says so', async () => {
      const call = ask(daily, { hold: 100, minHold: 100 });
      await admitted(call);
      expect(await refused(ask(daily, { hold: 10, minHold: 10 }))).toMatchObject({ isHeld: true });
      await counters.settle(call.id, { tokens: 0, cost: 100 });
      expect((await refused(ask(daily, { hold: 10, minHold: 10 }))).isHeld).toBeUndefined();
    });

    it('begins anew with the next period', async () => {
      const call = ask(daily, { hold: 100, minHold: 100 });
      await admitted(call);
      clock.advance(12 * 3_600_000);
      await admitted(ask(daily, { hold: 100, minHold: 100 }));
      // The call of yesterday is paid from yesterday's money.
      await counters.settle(call.id, { tokens: 0, cost: 100 });
      expect(await counters.state(daily)).toMatchObject({ spent: 0, held: 100 });
    });

    it('takes up what the ledger says was spent before', async () => {
      spentBefore = { 'key:1': 70 };
      expect(await refused(ask(daily, { hold: 40, minHold: 40 }))).toMatchObject({ left: 30 });
      await admitted(ask(daily, { hold: 30, minHold: 30 }));
    });

    it('that is spent does not keep free answers back', async () => {
      spentBefore = { 'key:1': 120 };
      expect((await admitted(ask(daily))).hold).toBe(0);
      expect(await counters.state(daily)).toMatchObject({ spent: 120, held: 0 });
    });

    it('that is total never begins anew', async () => {
      const total = subject({ budget: { amount: 100, period: 'total' } });
      spentBefore = { 'key:1': 100 };
      expect(await refused(ask(total, { hold: 1, minHold: 1 }))).toMatchObject({ retryAfterMs: undefined });
      expect(await counters.state(total)).toEqual({ spent: 100, held: 0, resetsAt: undefined });
    });

    it('can hold more for a call that runs, when it is there', async () => {
      const call = ask(daily, { hold: 60, minHold: 60 });
      await admitted(call);
      expect(await counters.extend(call.id, 50)).toBe(false);
      expect(await counters.extend(call.id, 40)).toBe(true);
      expect(await counters.state(daily)).toMatchObject({ held: 100 });
      await counters.settle(call.id, { tokens: 0, cost: 80 });
      expect(await counters.state(daily)).toMatchObject({ spent: 80, held: 0 });
      expect(await counters.extend(call.id, 1)).toBe(false);
    });
  });

  describe('several subjects', () => {
    it('all take part, or none', async () => {
      const key = subject({ rpm: 10, tpm: 100, maxConcurrency: 5 }, 'key:1');
      const project = subject({ budget: { amount: 50, period: 'month' } }, 'project:1');
      expect(
        await refused(ask([key, project], { tokens: 50, minTokens: 50, hold: 60, minHold: 60 })),
      ).toMatchObject({
        limit: 'budget',
        subject: { id: 'project:1' },
      });
      const { requestRate, tokenRate } = await admitted(ask([key, project]));
      expect([requestRate?.remaining, tokenRate?.remaining]).toEqual([9, 100]);
    });
  });

  describe('whatever the order of things', () => {
    const AMOUNT = 1_000;
    const step = fc.oneof(
      fc.record({ do: fc.constant('admit' as const), hold: fc.nat(600), least: fc.nat(300), key: fc.nat(1) }),
      fc.record({ do: fc.constant('extend' as const), call: fc.nat(20), more: fc.nat(300) }),
      fc.record({
        do: fc.constant('settle' as const),
        call: fc.nat(20),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    );

    it('spent and held never exceed a budget, and every hold is released once', () =>
      fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
          const run = Math.random();
          const project = subject({ budget: { amount: AMOUNT, period: 'total' } }, `project:${run}`);
          const keys = [0, 1].map((key) =>
            subject({ budget: { amount: AMOUNT / 2, period: 'total' } }, `key:${run}:${key}`),
          );
          const holds = new Map<string, { hold: number; key: number }>();
          const spent = [0, 0];
          const calls: string[] = [];
          const check = async () => {
            const held = [0, 0];
            for (const { hold, key } of holds.values()) held[key]! += hold;
            for (const key of [0, 1]) {
              expect(await counters.state(keys[key]!)).toMatchObject({ spent: spent[key], held: held[key] });
              expect(spent[key]! + held[key]!).toBeLessThanOrEqual(AMOUNT / 2);
            }
            expect(spent[0]! + spent[1]! + held[0]! + held[1]!).toBeLessThanOrEqual(AMOUNT);
          };
          for (const one of steps) {
            if (one.do === 'admit') {
              const minHold = Math.min(one.hold, one.least);
              const question = ask([keys[one.key]!, project], { hold: one.hold, minHold });
              const decision = await counters.admit(question);
              if (decision.admitted) {
                holds.set(question.id, { hold: decision.hold, key: one.key });
                calls.push(question.id);
                expect(decision.hold).toBeGreaterThanOrEqual(minHold);
              }
            } else if (calls.length > 0) {
              const id = calls[one.call % calls.length]!;
              const running = holds.get(id);
              if (one.do === 'extend') {
                const extended = await counters.extend(id, one.more);
                if (!running) expect(extended).toBe(false);
                else if (extended) running.hold += one.more;
              } else {
                const cost = Math.floor((running?.hold ?? 500) * one.share);
                await counters.settle(id, { tokens: 0, cost });
                if (running) spent[running.key]! += cost;
                holds.delete(id);
              }
            }
            await check();
          }
        }),
        { numRuns: 100 },
      ));
  });
});

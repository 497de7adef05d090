/** What the ledger promises, on each engine: every request once, found at once, summed exactly. PostgreSQL's part runs where TEST_DATABASE_URL names one. */
import { describe, expect, it } from 'vitest';
import type { LedgerFilter } from '../../src/accounts/ledger/ledger-filter.ts';
import { parseGrouping, readableCsv, readableUsage } from '../../src/accounts/ledger/usage/usage-input.ts';
import type { Bucket } from '../../src/accounts/ledger/usage/usage-query.ts';
import { NO_TOKENS } from '../../src/pricing/token-counts.ts';
import { type EntryFields, entryWith, NOON } from '../helpers/entries.ts';
import { engines, openTestLedger, type TestLedger } from '../helpers/ledgers.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MIDNIGHT = NOON - 12 * HOUR;

describe.each(engines)('the ledger in $name', ({ place }) => {
  const ledgerWith = async (...fields: readonly EntryFields[]) => {
    const { ledger } = await openTestLedger(await place());
    await Promise.all(fields.map((one) => ledger.write(entryWith(one))));
    return ledger;
  };
  const ALL = { groupBy: [], bucket: 'day', filter: {} } as const;
  const NO_ALIASES = { keys: new Map(), projects: new Map() };
  /** As people ask, and as they read it. */
  const usageBy = async (
    { ledger }: { ledger: TestLedger['ledger'] },
    groups: string,
    filter: LedgerFilter = {},
    { tz = 'UTC', bucket }: { tz?: string; bucket?: Bucket } = {},
  ) => {
    const grouping = parseGrouping(groups, bucket);
    const usage = await ledger.usage({ ...grouping, tz, filter });
    return { grouping, ...readableUsage(usage, grouping, tz, NO_ALIASES) };
  };

  describe('a receipt', () => {
    it('is found whole right after it is written', async () => {
      const ledger = await ledgerWith();
      const { receipt, ...entry } = entryWith({ receipt: { user: 'ada', error: null } });
      await ledger.write({ receipt, ...entry });
      expect(await ledger.find(receipt.id)).toEqual(receipt);
    });

    it('is the same again, whatever it says', async () => {
      const odd: EntryFields[] = [
        { receipt: { stream: true, ttft_ms: null, finish_reason: null, stitched: true, client: 'closed' } },
        {
          receipt: {
            usage: { ...NO_TOKENS, input: 1, reasoning: 2, estimated: true },
            finish_reason: 'length',
          },
        },
        {
          receipt: { error: { kind: 'overloaded', message: 'a "busy" one\n' }, model: null, provider: null },
        },
        { cost: null, keyId: null, projectId: 'shop', receipt: { user: 'a\0b', cache: 'coalesced' } },
        {
          receipt: {
            created_at: '2026-11-23T12:00:00Z',
            key_id: 'other',
            project: 'other',
            cost_usd: 3,
            hold_usd: 4,
          },
        },
        { receipt: { prompt_cache: { read: 0, written: 0, fresh: 10, broke_at: 'messages.4' } } },
        { receipt: { user: '', chain: '', duration_ms: 0, ttft_ms: 0 } },
      ];
      const entries = odd.map((fields) => entryWith(fields));
      const { ledger } = await openTestLedger(await place());
      await Promise.all(entries.map((entry) => ledger.write(entry)));
      for (const { receipt } of entries) expect(await ledger.find(receipt.id)).toEqual(receipt);
    });

    it('is found by an id of ours, which a caller may name, too', async () => {
      const ledger = await ledgerWith(
        { id: 'one', at: NOON, receipt: { id: 'req_one', duration_ms: 1 } },
        { id: 'two', at: NOON, receipt: { id: 'req_two', duration_ms: 2 } },
        { id: 'three', at: NOON + 1, keyId: 'apps', receipt: { id: 'req_two', duration_ms: 3 } },
      );
      expect(await ledger.find('req_one')).toMatchObject({ id: 'req_one', duration_ms: 1 });
      expect(await ledger.find('req_two')).toMatchObject({ id: 'req_two', duration_ms: 3 });
      expect(await ledger.find('req_two', 'web')).toMatchObject({ id: 'req_two', duration_ms: 2 });
      for (const id of ['one', 'three', 'req_three', 'req_', 'req'])
        expect(await ledger.find(id)).toBeUndefined();
    });

    it('is found by its own key and by no other', async () => {
      const ledger = await ledgerWith({ keyId: 'web', receipt: { id: 'one' } });
      expect(await ledger.find('one', 'web')).toMatchObject({ id: 'one' });
      expect(await ledger.find('one', 'apps')).toBeUndefined();
      expect(await ledger.find('two')).toBeUndefined();
    });

    it('is the newest of those with the same id, which callers may choose', async () => {
      const ledger = await ledgerWith(
        { at: NOON, receipt: { id: 'same', duration_ms: 1 } },
        { at: NOON + 2, receipt: { id: 'same', duration_ms: 3 } },
        { at: NOON + 1, receipt: { id: 'same', duration_ms: 2 } },
      );
      expect(await ledger.find('same')).toMatchObject({ duration_ms: 3 });
      expect((await ledger.usage(ALL)).total.requests).toBe(3);
    });
  });

  it('has a row once, however often it is written', async () => {
    const ledger = await ledgerWith();
    const entry = entryWith({ keyId: 'twice' });
    await Promise.all([ledger.write(entry), ledger.write(entry)]);
    await ledger.write(entry);
    expect(await ledger.spentSince('key:twice', 0)).toBe(entry.cost);
  });

  it('takes thousands of rows at once', async () => {
    const ledger = await ledgerWith(...Array.from({ length: 3_000 }, () => ({ cost: 7 })));
    expect((await ledger.usage(ALL)).total).toMatchObject({ requests: 3_000, cost_usd: 0.000021 });
  });

  describe('usage', () => {
    const fields: readonly EntryFields[] = [
      { at: MIDNIGHT - 1, keyId: 'web', projectId: 'shop', receipt: { user: 'ada', session: 's-1' } },
      {
        at: MIDNIGHT,
        keyId: 'web',
        projectId: 'shop',
        receipt: { user: 'bob', door: 'messages', agent: 'claude-code', session: 's-1' },
      },
      { at: NOON, keyId: 'apps', cost: null, receipt: { provider: 'local', model: 'llama/7b' } },
      { at: MIDNIGHT + DAY, keyId: null, cost: 0, receipt: { provider: null, model: null } },
    ];
    const groups = {
      day: [
        ['2026-11-22', 1],
        ['2026-11-23', 2],
        ['2026-11-24', 1],
      ],
      model: [
        [null, 1],
        ['local/llama/7b', 1],
        ['openai/gpt-4', 2],
      ],
      key: [
        [null, 1],
        ['apps', 1],
        ['web', 2],
      ],
      project: [
        [null, 2],
        ['shop', 2],
      ],
      user: [
        [null, 2],
        ['ada', 1],
        ['bob', 1],
      ],
      door: [
        ['chat', 3],
        ['messages', 1],
      ],
      agent: [
        [null, 3],
        ['claude-code', 1],
      ],
      session: [
        [null, 2],
        ['s-1', 2],
      ],
    } as const;

    it.each(Object.entries(groups))('by %s', async (name, expected) => {
      const ledger = await ledgerWith(...fields);
      const { data, total } = await usageBy({ ledger }, name);
      expect(data.map((row) => [row[name], row.requests])).toEqual(expected);
      expect(total.requests).toBe(4);
    });

    it('sums the disjoint classes of tokens, and counts unknown prices apart', async () => {
      const usage = { input: 1, cached_input: 2, cache_write: 4, output: 8, reasoning: 16, estimated: false };
      const ledger = await ledgerWith(
        { cost: 1, receipt: { usage } },
        { cost: null, receipt: { usage } },
        { cost: 2, receipt: { usage } },
      );
      expect((await usageBy({ ledger }, 'day')).data).toEqual([
        {
          day: '2026-11-23',
          requests: 3,
          errors: 0,
          cache_hits: 0,
          // What was written to the provider's cache was read, too.
          input_tokens: 15,
          cached_input_tokens: 6,
          output_tokens: 24,
          reasoning_tokens: 48,
          cost_usd: 0.000000003,
          saved_usd: 0,
          unpriced_requests: 1,
          p50_ms: expect.closeTo(80, -1),
          p95_ms: expect.closeTo(80, -1),
          ttft_p50_ms: expect.closeTo(12.5, -1),
        },
      ]);
    });

    it('is exact to a nano-dollar beyond a million dollars', async () => {
      const ledger = await ledgerWith({ cost: 1_000_000_000_000_001 }, { cost: 2_000_000_000_000_001 });
      expect(await ledger.spentSince('key:web', 0)).toBe(3_000_000_000_000_002);
    });

    it('of a time: from a moment on, to before another', async () => {
      const ledger = await ledgerWith(...fields);
      const requests = async (from?: number, to?: number) =>
        (await ledger.usage({ ...ALL, filter: { from, to } })).total.requests;
      expect(await requests(MIDNIGHT)).toBe(3);
      expect(await requests(MIDNIGHT, MIDNIGHT + DAY)).toBe(2);
      expect(await requests(undefined, MIDNIGHT)).toBe(1);
      expect(await requests(MIDNIGHT + 2 * DAY)).toBe(0);
    });

    it('of one key alone', async () => {
      const ledger = await ledgerWith(...fields);
      const { data } = await usageBy({ ledger }, 'key', { keyId: ['apps'] });
      expect(data.map(({ key }) => key)).toEqual(['apps']);
    });

    it('of one door, agent or session alone, or of several of them together', async () => {
      const ledger = await ledgerWith(...fields);
      const requests = async (filter: LedgerFilter) =>
        (await ledger.usage({ ...ALL, filter })).total.requests;
      expect(await requests({ door: ['chat'] })).toBe(3);
      expect(await requests({ agent: ['claude-code'] })).toBe(1);
      expect(await requests({ session: ['s-1'] })).toBe(2);
      expect(await requests({ session: ['s-1'], door: ['chat'] })).toBe(1);
      expect(await requests({ agent: ['codex'] })).toBe(0);
    });

    it('by several names, and by periods of a time zone', async () => {
      const ledger = await ledgerWith(...fields);
      const { data } = await usageBy({ ledger }, 'day,key');
      expect(data.map(({ day, key, key_alias: alias }) => [day, key, alias])).toEqual(
        [...data].map(({ day, key }) => [day, key, null]),
      );
      expect(new Set(data.map(({ day }) => day)).size).toBeGreaterThan(1);
      // The last hour of a day in UTC is the first of the next in Berlin.
      const night = await ledgerWith({ at: MIDNIGHT - HOUR / 2 }, { at: MIDNIGHT - 2 * HOUR });
      const berlin = await usageBy({ ledger: night }, 'day', {}, { tz: 'Europe/Berlin' });
      expect(berlin.data.map(({ day, requests }) => [day, requests])).toEqual([
        ['2026-11-22', 1],
        ['2026-11-23', 1],
      ]);
      const hours = await usageBy({ ledger: night }, 'none', {}, { tz: 'Asia/Kolkata', bucket: 'hour' });
      expect(hours.data.map(({ time }) => time)).toEqual([
        '2026-11-23T03:00:00+05:30',
        '2026-11-23T05:00:00+05:30',
      ]);
      const months = await usageBy({ ledger: night }, 'month');
      expect(months.data.map(({ month, requests }) => [month, requests])).toEqual([['2026-11', 2]]);
      const weeks = await usageBy({ ledger: night }, 'week');
      expect(weeks.data.map(({ week }) => week)).toEqual(['2026-11-16']);
    });

    it('the largest groups, and what is left', async () => {
      const ledger = await ledgerWith(
        { cost: 3, receipt: { user: 'ada' } },
        { cost: 2, receipt: { user: 'bob' } },
        { cost: 2, receipt: { user: 'bob' } },
        { cost: 1, receipt: { user: 'eve' } },
      );
      const report = await ledger.usage({ groupBy: ['user'], filter: {}, largest: 'cost_usd', limit: 2 });
      expect(report.data.map(({ user }) => user)).toEqual(['bob', 'ada']);
      expect(report.other).toMatchObject({ requests: 1, cost_usd: 0.000000001, p50_ms: null });
      expect(report.total).toMatchObject({ requests: 4 });
      const all = await ledger.usage({ groupBy: ['user'], filter: {} });
      expect(all.other).toBeNull();
    });

    it('knows errors, cache hits, what they saved, and how long it took', async () => {
      const ledger = await ledgerWith(
        { receipt: { duration_ms: 100, ttft_ms: 10 } },
        { receipt: { duration_ms: 200, ttft_ms: null } },
        { receipt: { duration_ms: 1_000, error: { kind: 'upstream_timeout', message: '' } } },
        { receipt: { error: { kind: 'client_closed', message: '' }, duration_ms: 200 } },
        { saved: 500, cost: 0, receipt: { cache: 'hit', duration_ms: 1, ttft_ms: 1 } },
        { saved: 250, cost: 0, receipt: { cache: 'coalesced', duration_ms: 200 } },
      );
      const { total } = await ledger.usage({ groupBy: [], filter: {} });
      expect(total).toMatchObject({ requests: 6, errors: 1, cache_hits: 1, saved_usd: 0.00000075 });
      const near = (value: number | null, expected: number) =>
        expect(Math.abs((value ?? 0) / expected - 1)).toBeLessThanOrEqual(0.05);
      near(total.p50_ms, 200);
      near(total.p95_ms, 1_000);
      near(total.ttft_p50_ms, 12.5);
    });

    it('of an empty ledger is nothing', async () => {
      const ledger = await ledgerWith();
      expect(await ledger.usage(ALL)).toMatchObject({ data: [], total: { requests: 0, cost_usd: 0 } });
    });

    it('as CSV: quoted, safe for spreadsheets, with the total', async () => {
      const ledger = await ledgerWith(
        { receipt: { user: 'a "b", c' } },
        { receipt: { user: '=1+1' } },
        { receipt: { user: null } },
      );
      const { grouping, ...report } = await usageBy({ ledger }, 'user');
      const lines = readableCsv(report, grouping)
        .replace(/,80(?:\.\d)?,80(?:\.\d)?,1[23]\.\d/g, ',…')
        .split('\r\n');
      expect(lines).toEqual([
        'user,requests,errors,cache_hits,input_tokens,cached_input_tokens,output_tokens,reasoning_tokens,cost_usd,saved_usd,unpriced_requests,p50_ms,p95_ms,ttft_p50_ms',
        ',1,0,0,10,0,5,0,0.0000015,0,0,…',
        "'=1+1,1,0,0,10,0,5,0,0.0000015,0,0,…",
        '"a ""b"", c",1,0,0,10,0,5,0,0.0000015,0,0,…',
        '',
        'total,3,0,0,30,0,15,0,0.0000045,0,0,…',
        '',
      ]);
    });
  });

  describe('what was spent', () => {
    it('is that of a key, a project, or a user within a key', async () => {
      const ledger = await ledgerWith(
        { keyId: 'web', projectId: 'shop', cost: 1, receipt: { user: 'ada' } },
        { keyId: 'web', projectId: 'shop', cost: 2, receipt: { user: 'team:bob' } },
        { keyId: 'apps', projectId: 'shop', cost: 4, receipt: { user: 'ada' } },
        { keyId: 'other', projectId: null, cost: 8 },
      );
      const spent = (subject: string) => ledger.spentSince(subject, 0);
      expect(await spent('key:web')).toBe(3);
      expect(await spent('project:shop')).toBe(7);
      expect(await spent('user:web:ada')).toBe(1);
      expect(await spent('user:web:team:bob')).toBe(2);
      expect(await spent('key:nobody')).toBe(0);
    });

    it('is counted from a moment on', async () => {
      const ledger = await ledgerWith({ at: MIDNIGHT - 1, cost: 1 }, { at: MIDNIGHT, cost: 2 });
      expect(await ledger.spentSince('key:web', MIDNIGHT)).toBe(2);
    });

    it('is what was held where the price is unknown', async () => {
      const ledger = await ledgerWith({ cost: 1, hold: 5 }, { cost: null, hold: 20 });
      expect(await ledger.spentSince('key:web', 0)).toBe(21);
    });

    it('is that of users with any name', async () => {
      const users = ['a\0b', "'; drop table ledger; --", '你好 🙂', '\ud800'];
      const ledger = await ledgerWith(...users.map((user, at) => ({ cost: 10 ** at, receipt: { user } })));
      for (const [at, user] of users.entries())
        expect(await ledger.spentSince(`user:web:${user}`, 0)).toBe(10 ** at);
    });
  });

  it('knows what a call took and cost', async () => {
    const usage = { input: 1, cached_input: 2, cache_write: 4, output: 8, reasoning: 16, estimated: false };
    const ledger = await ledgerWith(
      { id: 'known', cost: 40, hold: 99, receipt: { usage } },
      { id: 'unpriced', cost: null, hold: 99, receipt: { usage } },
    );
    expect(await ledger.outcomeOf('known')).toEqual({ tokens: 31, cost: 40 });
    expect(await ledger.outcomeOf('unpriced')).toEqual({ tokens: 31, cost: 99 });
    expect(await ledger.outcomeOf('never')).toBeUndefined();
  });

  describe('retention', () => {
    it('forgets old rows, however many, and no other', async () => {
      const ledger = await ledgerWith(
        ...Array.from({ length: 1_200 }, () => ({ at: NOON - DAY, receipt: { id: 'old' } })),
        { at: NOON, receipt: { id: 'new' } },
      );
      expect((await ledger.usage(ALL)).total.requests).toBe(1_201);
      await ledger.prune(NOON);
      expect((await ledger.usage(ALL)).total.requests).toBe(1);
      expect(await ledger.find('old')).toBeUndefined();
      expect(await ledger.find('new')).toBeDefined();
    });

    it('gives no budget back', async () => {
      const ledger = await ledgerWith(
        { at: MIDNIGHT - 1, projectId: 'shop', cost: 1, receipt: { user: 'ada' } },
        { at: MIDNIGHT, projectId: 'shop', cost: null, hold: 2, receipt: { user: 'ada' } },
        { at: NOON, projectId: 'shop', cost: 4, receipt: { user: 'ada' } },
      );
      const subjects = ['key:web', 'project:shop', 'user:web:ada'];
      const spent = () =>
        Promise.all(subjects.flatMap((one) => [ledger.spentSince(one, 0), ledger.spentSince(one, MIDNIGHT)]));
      const before = [7, 6, 7, 6, 7, 6];
      expect(await spent()).toEqual(before);
      await ledger.prune(MIDNIGHT + 1);
      expect(await spent()).toEqual(before);
      await ledger.prune(NOON + 1);
      expect(await spent()).toEqual(before);
      expect((await ledger.usage(ALL)).total.requests).toBe(0);
    });
  });
});

/** The sums of usage in PostgreSQL say the same as the rows they are made of, whoever writes and sums up, and each row is in them once. */
import { readFileSync } from 'node:fs';
import { type Kysely, sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { Schema } from '../../src/accounts/database/schema.ts';
import type { Entry } from '../../src/accounts/ledger/ledger.ts';
import { sumSome } from '../../src/accounts/ledger/usage/postgres-summer.ts';
import { usageFromPostgresSums } from '../../src/accounts/ledger/usage/postgres-usage-from-sums.ts';
import { usageFromRows } from '../../src/accounts/ledger/usage/sqlite-usage.ts';
import type { UsageQuery } from '../../src/accounts/ledger/usage/usage-query.ts';
import { databases } from '../helpers/databases.ts';
import { entryWith, NOON } from '../helpers/entries.ts';
import { hasPostgres, newOutboxPath, openTestLedger } from '../helpers/ledgers.ts';
import { entriesOfAllKinds, SUMMED_QUESTIONS, UNSUMMED_QUESTIONS } from '../helpers/usage-questions.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const EVERYTHING: UsageQuery = { groupBy: [], filter: {} };

/** A database of its own, with as many servers on it as are asked for. */
async function serversOnOneDatabase(count: number) {
  const { DATABASE_URL: url } = await databases[1]!.make();
  const servers = [];
  for (let at = 0; at < count; at++)
    servers.push(await openTestLedger({ url: url!, outboxPath: newOutboxPath() }));
  const queries = (await servers[0]!.database.queries()) as Kysely<Schema>;
  return { ledgers: servers.map(({ ledger }) => ledger), queries };
}

/** The same entries in a ledger whose reports are made from the rows, by the same histograms. */
async function fromRows(entries: readonly Entry[]) {
  const { ledger, database } = await openTestLedger({ url: 'sqlite::memory:', outboxPath: newOutboxPath() });
  await Promise.all(entries.map((entry) => ledger.write(entry)));
  await ledger.find('none');
  const queries = await database.queries();
  return (query: UsageQuery) => usageFromRows(queries, query);
}

async function sumAll(queries: Kysely<Schema>, maxRows?: number): Promise<void> {
  while (await sumSome(queries, maxRows));
}

/** Requests in the sums, and those that are noted as not in them. */
async function counted(queries: Kysely<Schema>) {
  const { rows } = await sql<{ summed: number; noted: number }>`
    select (select coalesce(sum(requests), 0) from usage_sums where view = 'all' and span = 'hour') as summed,
      (select coalesce(sum(cardinality(row_ids)), 0) from usage_unsummed) as noted`.execute(queries);
  return rows[0]!;
}

describe.skipIf(!hasPostgres)('sums of usage in PostgreSQL', () => {
  it('say what the rows say, summed up or not yet', async () => {
    const {
      ledgers: [ledger],
      queries,
    } = await serversOnOneDatabase(1);
    const entries = entriesOfAllKinds(600);
    const expected = await fromRows(entries);
    await Promise.all(entries.map((entry) => ledger!.write(entry)));
    const check = async (when: string) => {
      for (const query of SUMMED_QUESTIONS) {
        const report = await expected(query);
        expect([when, query, await ledger!.usage(query)]).toEqual([when, query, report]);
        expect([when, query, await usageFromPostgresSums(queries, query)]).toEqual([when, query, report]);
      }
    };
    await check('none summed up');
    await sumSome(queries, 1);
    expect((await counted(queries)).summed).toBeGreaterThan(0);
    await check('some summed up');
    await sumAll(queries);
    expect(await counted(queries)).toEqual({ summed: 600, noted: 0 });
    await check('all summed up');
  });

  it.each(UNSUMMED_QUESTIONS)('do not answer %j', async (query) => {
    const { queries } = await serversOnOneDatabase(1);
    expect(await usageFromPostgresSums(queries, query)).toBeUndefined();
  });

  it('count each row once while servers write, sum up and report at the same time', async () => {
    const { ledgers, queries } = await serversOnOneDatabase(3);
    const entries = entriesOfAllKinds(3_000);
    const expected = await fromRows(entries);
    let written = 0;
    let isDone = false;
    const writing = ledgers.map(async (ledger, server) => {
      const own = entries.filter((_entry, at) => at % ledgers.length === server);
      for (let at = 0; at < own.length; at += 50) {
        await Promise.all(own.slice(at, at + 50).map((entry) => ledger.write(entry)));
        await ledger.usage(EVERYTHING);
        written += Math.min(50, own.length - at);
      }
    });
    const summing = ledgers.map(async () => {
      while (!isDone) await sumSome(queries, 20);
    });
    const reporting = async () => {
      while (!isDone) {
        const before = written;
        const report = await usageFromPostgresSums(queries, { groupBy: ['model'], filter: {} });
        const { total, data } = report!;
        expect(total.requests).toBeGreaterThanOrEqual(before);
        expect(total.requests).toBeLessThanOrEqual(entries.length);
        expect(data.reduce((sum, { requests }) => sum + requests, 0)).toBe(total.requests);
      }
    };
    await Promise.all([
      Promise.all(writing).finally(() => {
        isDone = true;
      }),
      ...summing,
      reporting(),
    ]);
    await sumAll(queries);
    expect(await counted(queries)).toEqual({ summed: 3_000, noted: 0 });
    for (const query of SUMMED_QUESTIONS)
      expect(await ledgers[0]!.usage(query)).toEqual(await expected(query));
  });

  it('have no row that was not committed, and none twice that was carried twice', async () => {
    const {
      ledgers: [ledger],
      queries,
    } = await serversOnOneDatabase(1);
    const entry = entryWith();
    await ledger!.write(entry);
    await ledger!.usage(EVERYTHING);
    await sumAll(queries);
    await ledger!.write(entry);
    expect((await ledger!.usage(EVERYTHING)).total.requests).toBe(1);
    const abandoned = queries.transaction().execute(async (transaction) => {
      await sql`insert into ledger select (json_populate_record(ledger, '{"id": "never", "row_id": 99}')).* from ledger`.execute(
        transaction,
      );
      throw new Error('killed');
    });
    await expect(abandoned).rejects.toThrow('killed');
    await sumAll(queries);
    expect(await counted(queries)).toEqual({ summed: 1, noted: 0 });
  });

  it('are not asked while more rows are unsummed than can be read beside them', async () => {
    const {
      ledgers: [ledger],
      queries,
    } = await serversOnOneDatabase(1);
    await ledger!.write(entryWith());
    await ledger!.usage(EVERYTHING);
    await sql`update usage_unsummed set row_ids = row_ids || (select array_agg(-n) from generate_series(1, 20000) as n)`.execute(
      queries,
    );
    expect(await usageFromPostgresSums(queries, EVERYTHING)).toBeUndefined();
    expect((await ledger!.usage(EVERYTHING)).total.requests).toBe(1);
  });

  it('are forgotten with the rows, by whole days', async () => {
    const {
      ledgers: [ledger],
      queries,
    } = await serversOnOneDatabase(1);
    for (const at of [NOON - DAY, NOON - HOUR, NOON]) await ledger!.write(entryWith({ at }));
    expect((await ledger!.usage(EVERYTHING)).total.requests).toBe(3);
    await sumAll(queries);
    await ledger!.prune(NOON);
    expect((await ledger!.usage(EVERYTHING)).total.requests).toBe(2);
  });

  it('are made anew after rows were changed by hand, by the statements of docs/keys-and-budgets.md', async () => {
    const {
      ledgers: [ledger],
      queries,
    } = await serversOnOneDatabase(1);
    for (const id of ['right', 'wrong', 'newer']) await ledger!.write(entryWith({ id }));
    expect((await ledger!.usage(EVERYTHING)).total.requests).toBe(3);
    await sumAll(queries);
    await ledger!.write(entryWith({ id: 'newest' }));
    await queries.deleteFrom('ledger').where('id', '=', 'wrong').execute();
    const [, statements] = /```sql\n(BEGIN;[^`]*usage_watermark[^`]*)```/.exec(
      readFileSync('docs/keys-and-budgets.md', 'utf8'),
    )!;
    await ledger!.usage(EVERYTHING);
    await sql.raw(statements!).execute(queries);
    expect((await ledger!.usage(EVERYTHING)).total.requests).toBe(3);
    await sumAll(queries);
    expect(await counted(queries)).toEqual({ summed: 3, noted: 0 });
  });
});

/** An older database keeps its rows, and what was spent, when the ledger gets its lean tables. */
import { join } from 'node:path';
import { Kysely, PostgresDialect, SqliteDialect, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { describe, expect, it } from 'vitest';
import { migrations } from '../../src/accounts/database/migrations.ts';
import { forKysely, openSqlite } from '../../src/accounts/database/node-sqlite.ts';
import { openPostgresPool } from '../../src/accounts/database/postgres-pool.ts';
import type { Entry } from '../../src/accounts/ledger/ledger.ts';
import { storable } from '../../src/accounts/ledger/row.ts';
import { leastNumber } from '../../src/accounts/ledger/row-number.ts';
import { NO_TOKENS } from '../../src/pricing/token-counts.ts';
import { temporaryFolder } from '../helpers/databases.ts';
import { type EntryFields, entryWith, NOON } from '../helpers/entries.ts';
import { engines, openTestLedger } from '../helpers/ledgers.ts';

const DAY = 86_400_000;
const MIDNIGHT = NOON - DAY / 2;
const NEWEST = '2026-11-25-lean-ledger';

function connect(url: string): Kysely<unknown> {
  const dialect = url.startsWith('postgres')
    ? new PostgresDialect({ pool: openPostgresPool(url) })
    : new SqliteDialect({ database: forKysely(openSqlite(url.replace('sqlite:', ''))) });
  return new Kysely({ dialect });
}

/** As the version before wrote it: every column, and the whole receipt. */
async function insertOld(db: Kysely<unknown>, entry: Entry): Promise<void> {
  const { receipt, id, at, keyId, projectId, cost, hold, promptHash } = entry;
  const { usage, user } = receipt;
  await sql`
    insert into ledger values (${id}, ${receipt.id}, ${at}, ${keyId}, ${projectId}, ${user && storable(user)},
      ${receipt.chain}, ${receipt.model}, ${receipt.provider}, ${receipt.cache}, ${usage.input}, ${usage.cached_input},
      ${usage.cache_write}, ${usage.output}, ${usage.reasoning}, ${cost}, ${hold}, ${null}, ${promptHash}, ${null},
      ${JSON.stringify(receipt)})`.execute(db);
}

async function makeOld(url: string, entries: readonly Entry[]): Promise<void> {
  const db = connect(url);
  const older = Object.fromEntries(Object.entries(migrations).filter(([name]) => name < NEWEST));
  const migrator = new Migrator({ db, provider: { getMigrations: async () => older } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
  for (const entry of entries) await insertOld(db, entry);
  await sql`insert into forgotten_spending values ('key:web', ${MIDNIGHT}, 1000)`.execute(db);
  await sql`insert into forgotten_spending values ('key:gone', ${MIDNIGHT - DAY}, 7)`.execute(db);
  await db.destroy();
}

describe.each(engines.filter(({ name }) => name !== 'SQLite in memory'))('$name', ({ place }) => {
  const fields: readonly EntryFields[] = [
    {
      at: MIDNIGHT - 1,
      cost: 1,
      projectId: 'shop',
      receipt: { user: 'ada', usage: { ...NO_TOKENS, input: 3, output: 5, estimated: true } },
    },
    { at: MIDNIGHT, cost: 2, projectId: 'shop', receipt: { user: 'a\0b', stream: true, ttft_ms: null } },
    { at: MIDNIGHT, cost: null, hold: 4, receipt: { finish_reason: null, stitched: true, client: 'closed' } },
    { at: NOON, keyId: null, cost: 8 },
    ...Array.from({ length: 3_000 }, () => ({ at: NOON + 5, keyId: 'many', cost: 1 })),
  ];

  it('keeps what was there and goes on', { timeout: 30_000 }, async () => {
    const where = await place();
    const entries = fields.map((one) => entryWith(one));
    await makeOld(where.url, entries);
    const { ledger } = await openTestLedger(where);
    const added = entryWith({ at: MIDNIGHT, cost: 16, projectId: 'shop' });
    await ledger.write(added);
    for (const { receipt } of [...entries.slice(0, 4), added])
      expect(await ledger.find(receipt.id)).toEqual(receipt);
    const spent = (subject: string, since = 0) => ledger.spentSince(subject, since);
    expect(await spent('key:web')).toBe(1 + 2 + 4 + 16 + 1000);
    expect(await spent('key:web', MIDNIGHT)).toBe(2 + 4 + 16 + 1000);
    expect(await spent('key:gone')).toBe(7);
    expect(await spent('key:many', MIDNIGHT)).toBe(3_000);
    expect(await spent('project:shop')).toBe(1 + 2 + 16);
    expect(await spent('user:web:ada')).toBe(1);
    expect(await spent('user:web:a\0b')).toBe(2);
    const requests = async (from?: number) =>
      (await ledger.usage({ groupBy: 'key', from, to: undefined })).total.requests;
    expect(await requests()).toBe(3_005);
    expect(await requests(MIDNIGHT)).toBe(3_004);
    expect(await requests(NOON + 1)).toBe(3_000);
    expect(await ledger.outcomeOf(entries[0]!.id)).toEqual({ tokens: 8, cost: 1 });
  });
});

it('numbers rows in the order of their arrival, however many come in one millisecond', async () => {
  const url = `sqlite:${join(temporaryFolder(), 'ledger.db')}`;
  const times = [NOON + 1, ...Array.from({ length: 3_000 }, () => NOON), NOON + 9, NOON - 4];
  await makeOld(
    url,
    times.map((at) => entryWith({ at })),
  );
  const { database } = await openTestLedger({ url, outboxPath: '' });
  const rows = await (await database.queries())
    .selectFrom('ledger')
    .select(['number', 'at'])
    .orderBy('number')
    .execute();
  expect(rows.map(({ at }) => at)).toEqual(times.toSorted((one, other) => one - other));
  expect(rows.filter(({ number, at }) => number < leastNumber(at))).toEqual([]);
  expect(rows[0]!.number).toBe(leastNumber(NOON - 4));
});

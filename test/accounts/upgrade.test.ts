/** Databases of earlier versions are brought up to date when they are opened, with all that is in them. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { sumSome } from '../../src/accounts/ledger/usage/postgres-summer.ts';
import { administer, databases, remove, temporaryFolder } from '../helpers/databases.ts';
import { entryWith } from '../helpers/entries.ts';
import { hasPostgres, newOutboxPath, openTestLedger } from '../helpers/ledgers.ts';

const tablesOf = (engine: string) =>
  readFileSync(new URL(`./fixtures/schema-1-${engine}.sql`, import.meta.url), 'utf8');

const ROW = `INSERT INTO ledger (id, at, key_id, chain, model, provider, cache, input_tokens, cached_input_tokens,
  cache_write_tokens, output_tokens, reasoning_tokens, cost_nano, hold_nano, prompt_hash, receipt)
  VALUES ('of-before', 1764100000000, 'web', 'default', 'gpt-4', 'openai', 'miss', 10, 0, 0, 5, 0, 2000, 3000, 'hash',
  '{"attempts":[],"ttft_ms":12.5,"duration_ms":80}')`;

async function works(url: string): Promise<void> {
  const { ledger } = await openTestLedger({ url, outboxPath: newOutboxPath() });
  await ledger.write(entryWith({ id: 'of-now' }));
  expect(await ledger.find('req_of-before')).toMatchObject({ model: 'gpt-4', cost_usd: 2e-6, door: 'chat' });
  const { total } = await ledger.usage({ groupBy: [], bucket: 'day', filter: {} });
  expect(total.requests).toBe(2);
}

it('SQLite, of version 1', async () => {
  const path = join(temporaryFolder(), 'old.db');
  const old = new DatabaseSync(path);
  old.exec(tablesOf('sqlite'));
  old.exec(ROW.replace('(id, at', '(row_id, id, at').replace("('of-before'", "(1, 'of-before'"));
  old.close();
  await works(`sqlite:${path}`);
  // And again, when there is nothing left to do.
  await openTestLedger({ url: `sqlite:${path}`, outboxPath: newOutboxPath() });
});

it.skipIf(!hasPostgres)('PostgreSQL, of version 1', async () => {
  const { DATABASE_URL: url } = await databases[1]!.make();
  const client = new pg.Client(url!);
  await client.connect();
  await client.query(tablesOf('postgres'));
  await client.query(ROW);
  await client.end();
  await works(url!);
});

it.skipIf(!hasPostgres)('PostgreSQL: who may only write rows goes on writing and reading them', async () => {
  const role = `test_${randomBytes(6).toString('hex')}`;
  // Hooks run backwards: while its database is there, a role cannot go.
  onTestFinished(() => remove(`ROLE IF EXISTS ${role}`));
  const { DATABASE_URL: url } = await databases[1]!.make();
  await administer(url!, tablesOf('postgres'));
  await administer(url!, ROW);
  await administer(
    url!,
    `CREATE ROLE ${role} LOGIN PASSWORD 'of-test';
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role}`,
  );
  // As `npm run migrate` does, by whoever owns the tables.
  await openTestLedger({ url: url!, outboxPath: newOutboxPath() });
  const own = new URL(url!);
  own.username = role;
  own.password = 'of-test';
  await works(own.href);
  const { database } = await openTestLedger({ url: own.href, outboxPath: newOutboxPath() });
  while (await sumSome(await database.queries()));
  await administer(url!, `SELECT 1 / count(*) FROM usage_sums`);
});

it.skipIf(!hasPostgres)(
  'PostgreSQL: rows of before are summed up, and rows that older servers go on writing',
  async () => {
    const { DATABASE_URL: url } = await databases[1]!.make();
    const client = new pg.Client(url!);
    await client.connect();
    onTestFinished(() => client.end());
    await client.query(tablesOf('postgres'));
    for (let at = 0; at < 25; at++) await client.query(ROW.replace('of-before', `of-before-${at}`));
    const { ledger, database } = await openTestLedger({ url: url!, outboxPath: newOutboxPath() });
    await ledger.write(entryWith({ id: 'of-now' }));
    await client.query(ROW.replace('of-before', 'of-an-older-server'));
    const requests = async () => (await ledger.usage({ groupBy: [], filter: {} })).total.requests;
    expect(await requests()).toBe(27);
    const queries = await database.queries();
    while (await sumSome(queries, 10)) expect(await requests()).toBe(27);
    const summed = await client.query(
      `select requests from usage_sums where view = 'all' and span = 'day' order by start`,
    );
    expect(summed.rows.map((row) => row.requests)).toEqual([26, 1]);
    expect((await client.query('select 1 from usage_unsummed')).rows).toEqual([]);
  },
);

it('SQLite of a later server is refused, not damaged', async () => {
  const path = join(temporaryFolder(), 'later.db');
  const later = new DatabaseSync(path);
  later.exec('CREATE TABLE settings (name text PRIMARY KEY, value text NOT NULL)');
  later.exec("INSERT INTO settings VALUES ('schema-version', '99')");
  later.close();
  await expect(openTestLedger({ url: `sqlite:${path}`, outboxPath: newOutboxPath() })).rejects.toThrow(
    'its tables are of version 99',
  );
});

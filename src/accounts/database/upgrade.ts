/** What earlier tables lack: each version's step, from the one before it. A step that has been released is never changed. */
import type { DatabaseSync } from 'node:sqlite';
import type { Kysely } from 'kysely';
import { LIMIT_KINDS, type LimitKind, USER_PREFIX } from '../limits/limit-table.ts';
import { initialSchema, SCHEMA_VERSION } from './initial-schema.ts';
import type { Engine, Schema } from './schema.ts';

interface AddedColumn {
  readonly table: string;
  readonly column: string;
  readonly sql: string;
}

/** By the version they make. New tables need no line: they are made where they are not there. */
const ADDED_COLUMNS: Readonly<Record<string, readonly AddedColumn[]>> = {
  '2': [
    { table: 'keys', column: 'blocked_at', sql: 'bigint' },
    { table: 'ledger', column: 'door', sql: `text not null default 'chat'` },
    { table: 'ledger', column: 'agent', sql: 'text' },
    { table: 'ledger', column: 'session', sql: 'text' },
  ],
  '3': [
    { table: 'ledger', column: 'saved_nano', sql: 'bigint' },
    { table: 'ledger', column: 'duration_ms', sql: 'double precision' },
    { table: 'ledger', column: 'ttft_ms', sql: 'double precision' },
    { table: 'ledger', column: 'refused_status', sql: 'bigint' },
  ],
  '4': [],
  '5': [{ table: 'keys', column: 'guardrail', sql: 'text' }],
  '6': [],
};

/** What else a version brings that people should know of: it takes time or room. */
const ALSO_ADDED: Readonly<Record<string, Partial<Record<Engine, string>>>> = {
  '6': {
    postgres:
      'sums of usage (table usage_sums) and a trigger that notes new rows of ledger; the rows that are there are summed up while servers run, and until then reports are made from them',
  },
};

const SET_VERSION = `UPDATE settings SET value = '${SCHEMA_VERSION}' WHERE name = 'schema-version'`;

/** @returns nothing for tables that cannot be brought up to date: they are of a later server, or none of ours */
function columnsSince(version: string): readonly AddedColumn[] | undefined {
  if (!/^[1-9]\d*$/.test(version) || Number(version) > Number(SCHEMA_VERSION)) return undefined;
  const added = Object.entries(ADDED_COLUMNS).flatMap(([made, columns]) =>
    Number(made) > Number(version) ? columns : [],
  );
  return [...added, ...limitColumnsSince(Number(version))];
}

/** The table of limits says of each which version brought it. */
function limitColumnsSince(version: number): readonly AddedColumn[] {
  return LIMIT_KINDS.flatMap(({ column, isForUsers, since = 1 }: LimitKind) => {
    if (since <= version) return [];
    const added = { column, sql: 'bigint' };
    const ofUsers = { table: 'keys', column: USER_PREFIX + column, sql: 'bigint' };
    return [{ table: 'keys', ...added }, { table: 'projects', ...added }, ...(isForUsers ? [ofUsers] : [])];
  });
}

/** What an upgrade adds to the tables of this version, for people. @returns nothing for a version that is not known */
export function stepsSince(version: string, engine: Engine): readonly string[] | undefined {
  const columns = columnsSince(version)?.map(({ table, column }) => `column ${column} of ${table}`);
  const others = Object.entries(ALSO_ADDED).flatMap(([made, { [engine]: added }]) =>
    added && Number(made) > Number(version) ? [added] : [],
  );
  return columns && [...columns, ...others];
}

/** In a transaction. @throws {Error} for a version that is not known */
export function upgradeSqlite(connection: DatabaseSync, version: string): void {
  const columns = columnsSince(version);
  if (!columns)
    throw new Error(`its tables are of version ${version}, and this server knows version ${SCHEMA_VERSION}`);
  for (const { table, column, sql } of columns) {
    const there = connection
      .prepare(`SELECT 1 FROM pragma_table_info('${table}') WHERE name = ?`)
      .get(column);
    if (!there) connection.exec(`ALTER TABLE ${table} ADD COLUMN "${column}" ${sql}`);
  }
  for (const statement of initialSchema('sqlite')) connection.exec(statement);
  connection.exec(SET_VERSION);
}

/** In a transaction. Tables of a later server stay as they are: it may run beside this one while instances are replaced. */
export async function upgradePostgres(db: Kysely<Schema>): Promise<void> {
  const { sql } = await import('kysely');
  const version = await postgresVersion(db);
  if (version === SCHEMA_VERSION) return;
  const columns = (version && columnsSince(version)) || [];
  for (const { table, column, sql: type } of columns)
    await sql.raw(`ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS "${column}" ${type}`).execute(db);
  // The number of a row, as SQLite's table has had from the beginning.
  if (columns.length > 0)
    await sql.raw('ALTER TABLE ledger ADD COLUMN IF NOT EXISTS row_id bigserial').execute(db);
  for (const statement of initialSchema('postgres')) await sql.raw(statement).execute(db);
  if (version && Number(version) < Number(SCHEMA_VERSION)) await sql.raw(SET_VERSION).execute(db);
}

/** @returns nothing for a database without our tables */
export async function postgresVersion(db: Kysely<Schema>): Promise<string | undefined> {
  const { sql } = await import('kysely');
  const { rows } = await sql<{ there: string | null }>`select to_regclass('settings') as there`.execute(db);
  if (!rows[0]?.there) return undefined;
  const found = db.selectFrom('settings').select('value').where('name', '=', 'schema-version');
  return (await found.executeTakeFirst())?.value;
}

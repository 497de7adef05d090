/** Opens the database a URL names, with its tables up to date. */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Dialect, Kysely } from 'kysely';
import { isPostgresUrl, sqlitePath } from '../../core/database-url.ts';
import { checkpointApart } from './checkpoint.ts';
import { initialSchema, SCHEMA_VERSION } from './initial-schema.ts';
import { neverBlock, openSqlite } from './node-sqlite.ts';
import type { Schema } from './schema.ts';
import { upgradePostgres, upgradeSqlite } from './upgrade.ts';

/** The open database; `kind` tells the two apart where they must be treated differently. */
export type Database = SqliteDatabase | PostgresDatabase;

interface Queries {
  /** Typed queries, the same on both; loaded at the first use. */
  queries(): Promise<Kysely<Schema>>;
  close(): Promise<void>;
}

/** A local file, or memory, that this process reads and writes itself. */
export interface SqliteDatabase extends Queries {
  readonly kind: 'sqlite';
  /** Of the file; absent for a database in memory. */
  readonly path: string | undefined;
  /** The connection itself, for what is too hot for a query builder. */
  readonly connection: DatabaseSync;
  /** Begins to move the log into the file in a thread; nothing for a database in memory. Call it when rows begin to flow. */
  checkpointApart(): void;
}

/** A server that several instances share; its queries go through a pool. */
export interface PostgresDatabase extends Queries {
  readonly kind: 'postgres';
}

/**
 * @param url `sqlite:./data/codellama.db`, `sqlite::memory:` or `postgres://…`
 * @throws {Error} saying what to fix when it cannot be opened; a PostgreSQL server that is unavailable is no error here
 */
export async function openDatabase(url: string): Promise<Database> {
  if (isPostgresUrl(url)) return openPostgres(url);
  const path = sqlitePath(url);
  if (!path) throw new Error('DATABASE_URL must be sqlite:<file> or postgres://…');
  try {
    if (path !== ':memory:') {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      createPrivate(path);
    }
    const connection = openSqlite(path);
    const queries = lazily(async () => {
      const [{ WaitingSqliteDialect }, { forKysely }] = await Promise.all([
        import('./waiting-sqlite-dialect.ts'),
        import('./node-sqlite.ts'),
      ]);
      return new WaitingSqliteDialect({ database: forKysely(connection) });
    });
    if (sqliteVersion(connection) !== SCHEMA_VERSION) createSqliteTables(connection);
    neverBlock(connection);
    let stopCheckpoints: () => Promise<unknown> = async () => undefined;
    return {
      kind: 'sqlite',
      path: path === ':memory:' ? undefined : path,
      connection,
      queries,
      checkpointApart() {
        if (path !== ':memory:') stopCheckpoints = checkpointApart(connection, path);
      },
      async close() {
        await stopCheckpoints();
        connection.close();
      },
    };
  } catch (error) {
    throw new Error(`DATABASE_URL: cannot open ${path} (${(error as Error).message}).`, { cause: error });
  }
}

/** Prompts and key hashes are for the owner alone. SQLite gives the files beside it the mode of the file itself. */
function createPrivate(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    try {
      chmodSync(file, 0o600);
    } catch {
      // It is not there, or somebody else's: then it is the owner's to protect.
    }
  }
}

async function openPostgres(url: string): Promise<PostgresDatabase> {
  const { openPostgresPool } = await import('./postgres-pool.ts');
  const pool = openPostgresPool(url);
  const queries = lazily(async () => {
    const { PostgresDialect } = await import('kysely');
    return new PostgresDialect({ pool });
  });
  return { kind: 'postgres', queries, close: () => pool.end() };
}

function lazily(dialect: () => Promise<Dialect>): () => Promise<Kysely<Schema>> {
  let opened: Promise<Kysely<Schema>> | undefined;
  return () => {
    opened ??= Promise.all([import('kysely'), dialect()]).then(
      ([{ Kysely }, made]) => new Kysely<Schema>({ dialect: made }),
    );
    return opened;
  };
}

/** Any number of ours: whoever makes the tables holds this lock of PostgreSQL's. */
const SCHEMA_LOCK = 5_214_301;

/** Makes the tables where they are not there; several processes may try at once. @throws when the database is unavailable */
export async function createTables(queries: Kysely<Schema>): Promise<void> {
  const { sql } = await import('kysely');
  await queries.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${sql.lit(SCHEMA_LOCK)})`.execute(transaction);
    await upgradePostgres(transaction);
  });
}

/** In one transaction: a process that starts at the same time waits, and one that is killed leaves no half of it. */
function createSqliteTables(connection: DatabaseSync): void {
  connection.exec('BEGIN IMMEDIATE');
  try {
    const version = sqliteVersion(connection);
    if (version === undefined) for (const statement of initialSchema('sqlite')) connection.exec(statement);
    else if (version !== SCHEMA_VERSION) upgradeSqlite(connection, version);
    connection.exec('COMMIT');
  } catch (error) {
    if (connection.isTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}

/** The version of the tables. @returns nothing for a new file; `development` for tables that are older than versions */
export function sqliteVersion(connection: DatabaseSync): string | undefined {
  const exists = (table: string) =>
    connection.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(table) !== undefined;
  if (!exists('settings')) return undefined;
  const row = connection.prepare("SELECT value FROM settings WHERE name = 'schema-version'").get();
  if (!row && exists('kysely_migration')) return 'development';
  return row?.value as string | undefined;
}

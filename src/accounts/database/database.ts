/** Opens the database a URL names, with its tables up to date. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Dialect, Kysely } from 'kysely';
import { checkpointApart } from './checkpoint.ts';
import { isFresh, MIGRATIONS, makeTables } from './fresh.ts';
import { openSqlite } from './node-sqlite.ts';
import type { Schema } from './schema.ts';

export type Database = SqliteDatabase | PostgresDatabase;

interface Queries {
  /** Typed queries, the same on both; loaded at the first use. */
  queries(): Promise<Kysely<Schema>>;
  close(): Promise<void>;
}
export interface SqliteDatabase extends Queries {
  readonly kind: 'sqlite';
  /** The connection itself, for what is too hot for a query builder. */
  readonly connection: DatabaseSync;
  /** Begins to move the log into the file in a thread; nothing for a database in memory. Call it when rows begin to flow. */
  checkpointApart(): void;
}
export interface PostgresDatabase extends Queries {
  readonly kind: 'postgres';
}

/**
 * @param url `sqlite:./data/codellama.db`, `sqlite::memory:` or `postgres://…`
 * @throws {Error} saying what to mend when it cannot be opened; a PostgreSQL server that is away is no error here
 */
export async function openDatabase(url: string): Promise<Database> {
  if (/^postgres(?:ql)?:\/\//.test(url)) return openPostgres(url);
  const path = /^sqlite:(?:\/\/)?(.+)$/.exec(url)?.[1];
  if (!path) throw new Error('DATABASE_URL must be sqlite:<file> or postgres://…');
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
    const connection = openSqlite(path);
    const queries = lazily(async () => {
      const [{ SqliteDialect }, { forKysely }] = await Promise.all([
        import('kysely'),
        import('./node-sqlite.ts'),
      ]);
      return new SqliteDialect({ database: forKysely(connection) });
    });
    if (!isUpToDate(connection)) await migrateSqlite(connection, queries);
    let stopCheckpoints: () => Promise<unknown> = async () => undefined;
    return {
      kind: 'sqlite',
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

/** Brings the tables up to date; several processes may try at once. @throws when the database is away */
export async function migrate(queries: Kysely<Schema>): Promise<void> {
  const [{ Migrator }, { migrations }] = await Promise.all([
    import('kysely/migration'),
    import('./migrations.ts'),
  ]);
  const migrator = new Migrator({
    db: queries,
    provider: { getMigrations: async () => ({ ...migrations }) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

/** In one transaction: a process that starts at the same time waits, and one that is killed leaves no half of it. */
async function migrateSqlite(
  connection: DatabaseSync,
  queries: () => Promise<Kysely<Schema>>,
): Promise<void> {
  connection.exec('BEGIN IMMEDIATE');
  try {
    if (isFresh(connection)) makeTables(connection);
    else if (!isUpToDate(connection)) await migrate(await queries());
    connection.exec('COMMIT');
  } catch (error) {
    if (connection.isTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}

/** An up-to-date file is opened without loading the query builder. */
function isUpToDate(connection: DatabaseSync): boolean {
  try {
    const newest = MIGRATIONS.at(-1)!;
    return connection.prepare('SELECT 1 FROM kysely_migration WHERE name = ?').get(newest) !== undefined;
  } catch {
    return false;
  }
}

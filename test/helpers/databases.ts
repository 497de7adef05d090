/** The databases the accounts run on: SQLite always; PostgreSQL and Redis where they are named (the checks before landing do). */
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import type { Environment } from '../../src/config/environment.ts';
import { eventually } from './eventually.ts';

export interface TestDatabase {
  readonly name: string;
  /** Makes a database of the test's own, gone when the test ends. */
  readonly make: () => Promise<Environment>;
}

const sqlite: TestDatabase = {
  name: 'SQLite',
  make: async () => ({ DATABASE_URL: `sqlite:${join(temporaryFolder(), 'ledger.db')}` }),
};

const { TEST_DATABASE_URL: postgresUrl, TEST_REDIS_URL: redisUrl } = process.env;

/** With Redis, as those who run several instances have it. */
const postgres: TestDatabase = {
  name: 'PostgreSQL and Redis',
  make: async () => ({
    DATABASE_URL: await makePostgres(postgresUrl!),
    OUTBOX_PATH: join(temporaryFolder(), 'outbox.db'),
    ...(redisUrl && { REDIS_URL: redisUrl }),
  }),
};

export const databases: readonly TestDatabase[] = postgresUrl ? [sqlite, postgres] : [sqlite];

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'codellama-'));
}

async function makePostgres(url: string): Promise<string> {
  const name = await eventually(async () => {
    const next = `test_${randomBytes(6).toString('hex')}`;
    // Of the usual template there is no copy while somebody is connected to it.
    await administer(serverUrl(), `CREATE DATABASE ${next} TEMPLATE template0`);
    return next;
  });
  onTestFinished(() => remove(`DATABASE IF EXISTS ${name} WITH (FORCE)`));
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.href;
}

/** The database that every server has. */
function serverUrl(): string {
  const always = new URL(postgresUrl!);
  always.pathname = '/postgres';
  return always.href;
}

/** Drops what is the server's, not a database's, however long others take to leave it. */
export async function remove(what: string): Promise<void> {
  await eventually(() => administer(serverUrl(), `DROP ${what}`));
}

/** Runs one statement, or several, on a connection of its own. */
export async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

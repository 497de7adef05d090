/** The databases the accounts run on: SQLite always; PostgreSQL and Redis where they are named (the checks before landing do). */
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import type { Environment } from '../../src/config/environment.ts';

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
  const name = `test_${randomBytes(6).toString('hex')}`;
  const base = new URL(url);
  base.pathname = '/postgres';
  const { href } = base;
  await administer(href, `CREATE DATABASE ${name}`);
  onTestFinished(() => administer(href, `DROP DATABASE ${name} WITH (FORCE)`));
  base.pathname = `/${name}`;
  return base.href;
}

/** Runs one statement, or several, on a connection of its own. */
export async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(statement);
  await client.end();
}

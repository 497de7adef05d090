/** `npm run migrate [-- --dry-run]`: brings the tables up to date, or says what that would do. The server does it at its start, too. */
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import dotenv from 'dotenv';
import { createTables, type Database, openDatabase, sqliteVersion } from '../accounts/database/database.ts';
import { SCHEMA_VERSION } from '../accounts/database/initial-schema.ts';
import type { Engine } from '../accounts/database/schema.ts';
import { postgresVersion, stepsSince } from '../accounts/database/upgrade.ts';
import { namedDatabaseUrl } from '../config/server-database.ts';
import { isPostgresUrl, sqliteFile } from '../core/database-url.ts';
import { calledAs } from './called-as.ts';
import { exitWithMessage } from './command-line.ts';

const HELP = `Brings the tables of the database (DATABASE_URL) up to date, as the server does at its start:

  ${calledAs('migrate', '--dry-run')}    says what would be done, and does nothing
  ${calledAs('migrate')}

Make a backup first (${calledAs('backup', 'FILE')}): the way back is to restore it.`;

await exitWithMessage(async () => {
  dotenv.config({ quiet: true });
  const { values } = parseArgs({
    options: { 'dry-run': { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return void process.stdout.write(`${HELP}\n`);
  const url = await namedDatabaseUrl(process.env);
  process.stdout.write(`${planFrom(await versionOf(url), isPostgresUrl(url) ? 'postgres' : 'sqlite')}\n`);
  if (values['dry-run']) return;
  const database = await openDatabase(url);
  try {
    if (database.kind === 'postgres') await createTables(await database.queries());
  } finally {
    await database.close();
  }
  process.stdout.write('Done.\n');
});

/** Looks and changes nothing: opening a SQLite database as the server does would upgrade it. */
async function versionOf(url: string): Promise<string | undefined> {
  const path = sqliteFile(url);
  if (path) {
    if (!existsSync(path)) return undefined;
    return sqliteVersionOf(path);
  }
  const database: Database = await openDatabase(url);
  try {
    return await postgresVersion(await database.queries());
  } finally {
    await database.close();
  }
}

function sqliteVersionOf(path: string): string | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    return sqliteVersion(database);
  } catch (error) {
    throw new Error(`${path} is no database of this server (${(error as Error).message}).`, { cause: error });
  } finally {
    database?.close();
  }
}

/** @throws {Error} for tables this server cannot bring up to date */
function planFrom(version: string | undefined, engine: Engine): string {
  if (version === undefined) return `There are no tables yet: those of version ${SCHEMA_VERSION} are made.`;
  const steps = stepsSince(version, engine);
  if (!steps)
    throw new Error(
      `The tables are of version ${version}, and this server knows version ${SCHEMA_VERSION}: use a newer server.`,
    );
  if (version === SCHEMA_VERSION) return `The tables are of version ${version}: there is nothing to do.`;
  return [`From version ${version} to ${SCHEMA_VERSION}:`, ...steps.map((step) => `  adds ${step}`)].join(
    '\n',
  );
}

/** `npm run restore -- FILE`: puts a backup in the place of the database. */
import dotenv from 'dotenv';
import { checkBackup, restore } from '../accounts/database/backup.ts';
import { namedDatabaseUrl } from '../config/server-database.ts';
import { systemClock } from '../core/clock.ts';
import { sqliteFile } from '../core/database-url.ts';
import { calledAs } from './called-as.ts';
import { exitWithMessage, fileArgument } from './command-line.ts';

const HELP = `Puts a backup in the place of the database (DATABASE_URL). Stop the server first.

  ${calledAs('restore', 'backups/2026-11-26.db')}

What was there is moved into a folder beside it and not deleted.`;

async function main(): Promise<void> {
  dotenv.config({ quiet: true });
  const file = fileArgument(HELP);
  if (!file) return;
  const path = sqliteFile(await namedDatabaseUrl(process.env));
  if (!path)
    throw new Error(
      'DATABASE_URL is no SQLite file: pg_restore --clean --dbname "$DATABASE_URL" FILE restores a PostgreSQL.',
    );
  const { keys, ledgerRows } = checkBackup(file);
  const before = restore(file, path, new Date(systemClock.now()));
  const lines = [`${path} is restored from ${file}: ${keys} keys, ${ledgerRows} ledger rows.`];
  if (before)
    lines.push(
      `What was there before is in ${before}.`,
      'Keys that were revoked since the backup are valid again, and rows written since are missing from the sums of budgets.',
    );
  process.stdout.write(`${lines.join('\n')}\n`);
}

await exitWithMessage(main);

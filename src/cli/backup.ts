/** `npm run backup -- FILE`: a copy of keys and ledger that holds, also while the server runs. */
import { existsSync } from 'node:fs';
import dotenv from 'dotenv';
import { backUp, checkBackup } from '../accounts/database/backup.ts';
import { openDatabase } from '../accounts/database/database.ts';
import { SqliteLedger } from '../accounts/ledger/sqlite-ledger.ts';
import { namedDatabaseUrl } from '../config/server-database.ts';
import { sqliteFile } from '../core/database-url.ts';
import { calledAs } from './called-as.ts';
import { exitWithMessage, fileArgument } from './command-line.ts';

const HELP = `A copy of keys and ledger, as they are at one moment, also while the server runs:

  ${calledAs('backup', 'backups/2026-11-26.db')}

It has every row of a call that was answered before the command began. The file must not exist.
\`${calledAs('restore', 'FILE')}\` puts it back. A PostgreSQL is backed up by its own pg_dump.`;

async function main(): Promise<void> {
  dotenv.config({ quiet: true });
  const file = fileArgument(HELP);
  if (!file) return;
  const url = await namedDatabaseUrl(process.env);
  const path = sqliteFile(url);
  if (path && !existsSync(path))
    throw new Error(`There is no database ${path}. Set DATABASE_URL as the server has it.`);
  const database = await openDatabase(url);
  try {
    if (database.kind !== 'sqlite')
      throw new Error(
        'DATABASE_URL is a PostgreSQL: pg_dump --format=custom --file FILE "$DATABASE_URL" backs it up while the server runs.',
      );
    const ledger = new SqliteLedger(database, (message) => process.stderr.write(`${message}\n`));
    await ledger.ready();
    backUp(database.connection, file);
  } finally {
    await database.close();
  }
  const { keys, ledgerRows } = checkBackup(file);
  process.stdout.write(`${file}: ${keys} keys, ${ledgerRows} ledger rows, checked. Copied from ${path}.\n`);
}

await exitWithMessage(main);

/** The ledger over whichever database there is. */
import { type Database, migrate, openDatabase } from '../database/database.ts';
import type { Ledger } from './ledger.ts';
import { PostgresLedger } from './postgres-ledger.ts';
import { SqliteLedger } from './sqlite-ledger.ts';

export interface LedgerOptions {
  /** Rows wait in this file for a PostgreSQL that is away. */
  readonly outboxPath: string;
  readonly warn: (message: string) => void;
}

/** Milliseconds: a PostgreSQL that is slower than this at the start is waited for while the server runs. */
const PATIENCE = 3_000;

export async function openLedger(database: Database, { outboxPath, warn }: LedgerOptions): Promise<Ledger> {
  if (database.kind === 'sqlite') return new SqliteLedger(database);
  const outbox = await openDatabase(`sqlite:${outboxPath}`);
  const migrated = database
    .queries()
    .then(migrate)
    .catch((error: Error) => warn(`PostgreSQL is away at the start (${error.message}); it is waited for.`));
  await Promise.race([migrated, new Promise((resolve) => setTimeout(resolve, PATIENCE).unref())]);
  return new PostgresLedger(database, outbox as Extract<Database, { kind: 'sqlite' }>, warn);
}

/** The ledger over whichever database there is. */
import type { Tell } from '../../events/event.ts';
import { type Database, openDatabase, type SqliteDatabase } from '../database/database.ts';
import type { Ledger } from './ledger.ts';
import { SqliteLedger } from './sqlite-ledger.ts';

/** Where rows wait, and who is told of trouble. */
export interface LedgerOptions {
  /** Rows wait in this file for a PostgreSQL that is unavailable. */
  readonly outboxPath: string;
  readonly warn: (message: string) => void;
  readonly tell?: Tell | undefined;
}

/** Milliseconds: a PostgreSQL that is slower than this at the start is waited for while the server runs. */
const CONNECT_TIMEOUT = 3_000;

/** @throws {Error} when the local file cannot be opened; a PostgreSQL that is unavailable is no error here */
export async function openLedger(
  database: Database,
  { outboxPath, warn, tell }: LedgerOptions,
): Promise<Ledger> {
  if (database.kind === 'sqlite') {
    const ledger = new SqliteLedger(database, warn);
    await ledger
      .ready()
      .catch((error: Error) => warn(`Rows of before wait in the journal: ${error.message}`));
    return ledger;
  }
  const [{ Outbox }, { PostgresLedger }] = await Promise.all([
    import('./outbox.ts'),
    import('./postgres-ledger.ts'),
  ]);
  const ledger = new PostgresLedger(database, new Outbox(await openOutbox(outboxPath), warn), warn, tell);
  // Its absence is logged by the ledger, which goes on trying.
  await ledger.ready(CONNECT_TIMEOUT).catch(() => {});
  return ledger;
}

async function openOutbox(path: string): Promise<SqliteDatabase> {
  try {
    return (await openDatabase(`sqlite:${path}`)) as SqliteDatabase;
  } catch (error) {
    const { cause } = error as { cause?: Error };
    throw new Error(`OUTBOX_PATH: cannot open ${path} (${cause?.message}).`, { cause: error });
  }
}

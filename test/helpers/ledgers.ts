/** Ledgers on databases of the test's own, closed when it ends. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Database, openDatabase } from '../../src/accounts/database/database.ts';
import type { Ledger } from '../../src/accounts/ledger/ledger.ts';
import { openLedger } from '../../src/accounts/ledger/open-ledger.ts';
import { databases, temporaryFolder } from './databases.ts';

export interface LedgerPlace {
  readonly url: string;
  readonly outboxPath: string;
}

export interface TestLedger {
  readonly ledger: Ledger;
  readonly database: Database;
  /** What was told to the log. */
  readonly warnings: readonly string[];
  readonly close: () => Promise<void>;
}

export interface LedgerEngine {
  readonly name: string;
  readonly place: () => Promise<LedgerPlace>;
}

export const hasPostgres = databases.some(({ name }) => name.startsWith('PostgreSQL'));

export const engines: readonly LedgerEngine[] = [
  ...databases.map(({ name, make }) => ({
    name: name.startsWith('PostgreSQL') ? 'PostgreSQL' : name,
    place: async () => {
      const { DATABASE_URL, OUTBOX_PATH } = await make();
      return { url: DATABASE_URL!, outboxPath: OUTBOX_PATH ?? newOutboxPath() };
    },
  })),
  { name: 'SQLite in memory', place: async () => ({ url: 'sqlite::memory:', outboxPath: newOutboxPath() }) },
];

export function newOutboxPath(): string {
  return join(temporaryFolder(), 'outbox.db');
}

export async function openTestLedger({ url, outboxPath }: LedgerPlace): Promise<TestLedger> {
  const warnings: string[] = [];
  const database = await openDatabase(url);
  const ledger = await openLedger(database, { outboxPath, warn: (message) => warnings.push(message) });
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= ledger.close(1_000).then(() => database.close());
    return closed;
  };
  onTestFinished(close);
  return { ledger, database, warnings, close };
}

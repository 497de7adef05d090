/** A ledger with a past, for pages that show one. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/accounts/database/database.ts';
import { openLedger } from '../../src/accounts/ledger/open-ledger.ts';
import { type EntryFields, entryWith } from '../helpers/entries.ts';

export interface PastRequest {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly dollars: number;
  readonly keyId?: string | null;
  readonly projectId?: string | null;
  readonly receipt?: EntryFields['receipt'];
}

/** @returns the address of a database that has these requests */
export async function databaseWith(requests: readonly PastRequest[], url = newUrl()): Promise<string> {
  const database = await openDatabase(url);
  const ledger = await openLedger(database, {
    outboxPath: join(newFolder(), 'outbox.db'),
    warn: () => {},
  });
  for (const { at, dollars, keyId = null, projectId = null, receipt } of requests) {
    const cost = Math.round(dollars * 1e9);
    await ledger.write(entryWith({ at, cost, keyId, projectId, hold: 0, ...(receipt && { receipt }) }));
  }
  await ledger.close(5_000);
  await database.close();
  return url;
}

export function newUrl(): string {
  return `sqlite:${join(newFolder(), 'ledger.db')}`;
}

/** Screenshots are made of these, too, where no test runs. */
function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'codellama-'));
}

/** The write-ahead log of a file that is written to without a pause. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { openDatabase, type SqliteDatabase } from '../../src/accounts/database/database.ts';
import { SqliteLedger } from '../../src/accounts/ledger/sqlite-ledger.ts';
import { orderedId } from '../../src/core/ids.ts';
import { temporaryFolder } from '../helpers/databases.ts';
import { entryWith } from '../helpers/entries.ts';

/** How often the log has begun anew: SQLite counts it in the log's head. */
function beginnings(log: string): number {
  const file = openSync(log, 'r');
  const count = Buffer.alloc(4);
  readSync(file, count, 0, 4, 12);
  closeSync(file);
  return count.readUInt32BE();
}

it('begins anew, long before callers would have to move it themselves', async () => {
  const path = join(temporaryFolder(), 'ledger.db');
  const database = (await openDatabase(`sqlite:${path}`)) as SqliteDatabase;
  onTestFinished(() => database.close());
  const ledger = new SqliteLedger(database);
  const log = `${path}-wal`;
  await ledger.write(entryWith());
  await ledger.ready();
  const first = beginnings(log);
  while (beginnings(log) < first + 2) {
    await Promise.all(Array.from({ length: 8 }, () => ledger.write(entryWith({ id: orderedId() }))));
    await sleep(2);
  }
  expect(statSync(log).size).toBeLessThan(50_000_000);
});

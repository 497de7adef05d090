/** A process that writes to a ledger, and sums it up, as fast as it can, and prints the id of each row once it is safe. To be killed. */
import { writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { openDatabase } from '../../src/accounts/database/database.ts';
import { openLedger } from '../../src/accounts/ledger/open-ledger.ts';
import { sumSome } from '../../src/accounts/ledger/usage/postgres-summer.ts';
import { entryWith } from './entries.ts';

const CALLS_AT_ONCE = 10;

const [url, outboxPath] = process.argv.slice(2);
const database = await openDatabase(url!);
const ledger = await openLedger(database, { outboxPath: outboxPath!, warn: () => {} });
await Promise.all([
  ...Array.from({ length: CALLS_AT_ONCE }, async () => {
    for (;;) {
      const entry = entryWith();
      await ledger.write(entry);
      // At once, past any buffer of ours: the line must be out before the process can be killed for it.
      writeSync(1, `${entry.receipt.id}\n`);
      await setImmediate();
    }
  }),
  // SQLite's are summed up by whoever asks.
  database.kind === 'postgres' ? sumAlways(await database.queries()) : undefined,
]);

async function sumAlways(queries: Awaited<ReturnType<typeof database.queries>>): Promise<void> {
  for (;;) if (!(await sumSome(queries))) await setImmediate();
}

/** A process that writes to a ledger as fast as it can, and prints the id of each row once it is safe. To be killed. */
import { writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { openDatabase } from '../../src/accounts/database/database.ts';
import { openLedger } from '../../src/accounts/ledger/open-ledger.ts';
import { entryWith } from './entries.ts';

const CALLS_AT_ONCE = 10;

const [url, outboxPath] = process.argv.slice(2);
const ledger = await openLedger(await openDatabase(url!), { outboxPath: outboxPath!, warn: () => {} });
await Promise.all(
  Array.from({ length: CALLS_AT_ONCE }, async () => {
    for (;;) {
      const entry = entryWith();
      await ledger.write(entry);
      // At once, past any buffer of ours: the line must be out before the process can be killed for it.
      writeSync(1, `${entry.receipt.id}\n`);
      await setImmediate();
    }
  }),
);

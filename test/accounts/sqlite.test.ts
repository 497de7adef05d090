/** The local file: opened by several processes at once, and when it cannot be written. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { openDatabase, type SqliteDatabase } from '../../src/accounts/database/database.ts';
import { DatabaseUnavailable } from '../../src/accounts/database/database-unavailable.ts';
import { temporaryFolder } from '../helpers/databases.ts';
import { entryWith } from '../helpers/entries.ts';
import { newOutboxPath, openTestLedger } from '../helpers/ledgers.ts';

const PROCESSES = 4;
const ROUNDS = 5;
const TABLES = 11;

async function opener(url: string) {
  const child = spawn(process.execPath, [resolve('test/helpers/database-opener.ts'), url], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (part) => {
    output += part;
  });
  const closed = once(child, 'close');
  await once(child.stdout, 'data');
  return {
    async openAt(time: number): Promise<string> {
      child.stdin.write(String(time));
      await closed;
      return output;
    },
  };
}

it('a new file gets its tables once, though several processes open it at once', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const url = `sqlite:${join(temporaryFolder(), 'ledger.db')}`;
    const openers = await Promise.all(Array.from({ length: PROCESSES }, () => opener(url)));
    const start = Date.now() + 30;
    const outputs = await Promise.all(openers.map((one) => one.openAt(start)));
    const expected = `ready\n${TABLES}\n`;
    expect(outputs).toEqual(Array.from({ length: PROCESSES }, () => expected));
  }
});

it('a file that is no database stops the start, and the error names it', async () => {
  const path = join(temporaryFolder(), 'ledger.db');
  writeFileSync(path, 'This is a text, and long enough to be taken for the head of a database. '.repeat(20));
  await expect(openDatabase(`sqlite:${path}`)).rejects.toThrow(`cannot open ${path}`);
});

it('a row that SQLite refuses is told in the log, and takes no other with it', async () => {
  const url = `sqlite:${join(temporaryFolder(), 'ledger.db')}`;
  const { ledger, warnings } = await openTestLedger({ url, outboxPath: newOutboxPath() });
  const good = [entryWith(), entryWith()];
  const bad = entryWith({ receipt: { model: {} as string } });
  await Promise.all([good[0]!, bad, good[1]!].map((entry) => ledger.write(entry)));
  for (const { receipt } of good) expect(await ledger.find(receipt.id)).toEqual(receipt);
  expect(await ledger.find(bad.receipt.id)).toBeUndefined();
  expect(warnings.join()).toContain(bad.id);
});

it('a file that takes no more rows loses none: they wait until it takes them again', async () => {
  const url = `sqlite:${join(temporaryFolder(), 'ledger.db')}`;
  const { ledger, database, warnings } = await openTestLedger({ url, outboxPath: newOutboxPath() });
  const { connection } = database as SqliteDatabase;
  const { page_count: pages } = connection.prepare('PRAGMA page_count').get() as { page_count: number };
  // What a full disk is to SQLite.
  connection.exec(`PRAGMA max_page_count = ${pages}`);
  const entries = Array.from({ length: 600 }, () => entryWith());
  await Promise.all(entries.map((entry) => ledger.write(entry)));
  await expect.poll(() => warnings.join()).toContain('full');
  await expect(ledger.find(entries[0]!.receipt.id)).rejects.toThrow(DatabaseUnavailable);
  connection.exec('PRAGMA max_page_count = 1000000');
  for (const { receipt } of entries) expect(await ledger.find(receipt.id)).toBeDefined();
});

it('what a file that is full, or locked by another, cannot take is no fault of ours: 503', async () => {
  const path = join(temporaryFolder(), 'ledger.db');
  const database = (await openDatabase(`sqlite:${path}`)) as SqliteDatabase;
  const db = await database.queries();
  const write = (value: string) =>
    db
      .insertInto('settings')
      .values({ name: value.slice(0, 9), value })
      .execute();
  const { page_count: pages } = database.connection.prepare('PRAGMA page_count').get() as {
    page_count: number;
  };
  database.connection.exec(`PRAGMA max_page_count = ${pages}`);
  await expect(write('long text'.repeat(9_999))).rejects.toThrow(DatabaseUnavailable);
  const changed = db.transaction().execute((transaction) => {
    const row = { name: 'in a transaction', value: 'long text'.repeat(9_999) };
    return transaction.insertInto('settings').values(row).execute();
  });
  await expect(changed).rejects.toThrow(DatabaseUnavailable);
  database.connection.exec('PRAGMA max_page_count = 1000000');
  await write('long text'.repeat(9_999));

  const { ledger } = await openTestLedger({ url: `sqlite:${path}`, outboxPath: newOutboxPath() });
  const entry = entryWith();
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  await ledger.write(entry);
  const [written, found] = await Promise.allSettled([write('other text'), ledger.find(entry.receipt.id)]);
  expect([written, found]).toMatchObject([
    { reason: expect.any(DatabaseUnavailable) },
    { reason: expect.any(DatabaseUnavailable) },
  ]);
  other.exec('ROLLBACK');
  other.close();
  expect(await ledger.find(entry.receipt.id)).toBeDefined();
  await database.close();
});

it('a row that cannot even be made safe is an error to whoever writes it', async () => {
  const folder = join(temporaryFolder(), 'gone');
  const { ledger } = await openTestLedger({
    url: `sqlite:${join(folder, 'ledger.db')}`,
    outboxPath: newOutboxPath(),
  });
  rmSync(folder, { recursive: true });
  await expect(ledger.write(entryWith())).rejects.toThrow('ENOENT');
});

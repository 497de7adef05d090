/** Rows for the ledger while others want the same file. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../src/accounts/database/database.ts';
import { rowOf } from '../../src/accounts/ledger/row.ts';
import { RowWriter } from '../../src/accounts/ledger/row-writer.ts';
import { temporaryFolder } from '../helpers/databases.ts';
import { entryWith } from '../helpers/entries.ts';

async function open() {
  const path = join(temporaryFolder(), 'ledger.db');
  const database = await openDatabase(`sqlite:${path}`);
  if (database.kind !== 'sqlite') throw new Error('not SQLite');
  onTestFinished(() => database.close());
  const { connection } = database;
  const count = () => connection.prepare('SELECT count(*) AS rows FROM ledger').get()!.rows;
  return { path, connection, writer: new RowWriter(connection, true), count };
}

it('rows wait for a lock that another process holds, and none is lost', async () => {
  const { path, connection, writer, count } = await open();
  connection.exec('PRAGMA busy_timeout = 5');
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  let written = 0;
  const rows = Array.from({ length: 20 }, () => writer.write(rowOf(entryWith())).then(() => written++));
  await sleep(100);
  expect(written).toBe(0);
  other.exec('COMMIT');
  await Promise.all(rows);
  expect(count()).toBe(20);
  other.close();
});

it('rows wait for a change on the same connection, which they neither join nor undo', async () => {
  const { connection, writer, count } = await open();
  connection.exec("BEGIN; INSERT INTO settings VALUES ('a', 'b')");
  const row = writer.write(rowOf(entryWith()));
  await sleep(20);
  expect(count()).toBe(0);
  connection.exec('COMMIT');
  await row;
  expect(count()).toBe(1);
  expect(connection.prepare('SELECT value FROM settings').all()).toEqual([{ value: 'b' }]);
});

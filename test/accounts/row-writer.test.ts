/** Rows for the ledger while others want the same file. */
import { mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { openDatabase, type SqliteDatabase } from '../../src/accounts/database/database.ts';
import { rowOf } from '../../src/accounts/ledger/row.ts';
import { lineOf } from '../../src/accounts/ledger/row-journal.ts';
import { RowWriter } from '../../src/accounts/ledger/row-writer.ts';
import { temporaryFolder } from '../helpers/databases.ts';
import { entryWith } from '../helpers/entries.ts';

function journalsOf(path: string): string[] {
  const names = readdirSync(dirname(path)).filter((name) => name.includes('-rows-'));
  return names.map((name) => join(dirname(path), name));
}

async function open() {
  const path = join(temporaryFolder(), 'ledger.db');
  const database = await openDatabase(`sqlite:${path}`);
  if (database.kind !== 'sqlite') throw new Error('not SQLite');
  onTestFinished(() => database.close());
  const { connection } = database;
  const count = () => connection.prepare('SELECT count(*) AS rows FROM ledger').get()!.rows;
  return { path, connection, writer: new RowWriter(connection, { counts: true }), count };
}

it('a row is safe while another process holds the lock, and goes into the table after it', async () => {
  const { path, connection, writer, count } = await open();
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  await Promise.all(Array.from({ length: 20 }, () => writer.write(rowOf(entryWith()))));
  const caughtUp = writer.caughtUp();
  await sleep(50);
  expect(count()).toBe(0);
  other.exec('COMMIT');
  await caughtUp;
  expect(count()).toBe(20);
  // To wait for a lock inside of SQLite would hold up every call.
  expect(connection.prepare('PRAGMA busy_timeout').get()).toEqual({ timeout: 0 });
  other.close();
});

it('a lock that is held for long makes the journal longer, and not its files more', async () => {
  const { path, writer, count } = await open();
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  for (let row = 0; row < 120; row++) {
    await writer.write(rowOf(entryWith()));
    await sleep(5);
  }
  expect(journalsOf(path).length).toBeLessThanOrEqual(2);
  other.exec('COMMIT');
  await expect.poll(count).toBe(120);
  other.close();
});

it('rows wait for a change on the same connection, which they neither join nor undo', async () => {
  const { connection, writer, count } = await open();
  connection.exec("BEGIN; INSERT INTO settings VALUES ('a', 'b')");
  await writer.write(rowOf(entryWith()));
  const caughtUp = writer.caughtUp();
  await sleep(20);
  expect(count()).toBe(0);
  connection.exec('COMMIT');
  await caughtUp;
  expect(count()).toBe(1);
  expect(connection.prepare("SELECT value FROM settings WHERE name <> 'schema-version'").all()).toEqual([
    { value: 'b' },
  ]);
});

it('rows that nobody asks for are in the table a moment later, and the journal is gone', async () => {
  const { path, writer, count } = await open();
  for (let row = 0; row < 600; row++) void writer.write(rowOf(entryWith()));
  await expect.poll(count).toBe(600);
  await expect.poll(() => journalsOf(path)).toEqual([]);
});

it('what one process has written another finds at once, without a word between them', async () => {
  const one = await open();
  const database = await openDatabase(`sqlite:${one.path}`);
  const other = new RowWriter((database as SqliteDatabase).connection, { counts: true });
  await one.writer.write(rowOf(entryWith()));
  expect(one.count()).toBe(0);
  await other.caughtUp();
  expect(one.count()).toBe(1);
  // Its owner puts it in again, which changes nothing.
  await one.writer.caughtUp();
  expect(one.count()).toBe(1);
  expect(journalsOf(one.path)).toEqual([]);
  await database.close();
});

it('of a journal that was cut, by a kill or a full disk, every whole row is found', async () => {
  const { path, writer, count } = await open();
  const lines = (rows: number) => Array.from({ length: rows }, () => lineOf(rowOf(entryWith()))).join('');
  const cut = lines(1).slice(0, -40);
  writeFileSync(`${path}-rows-1-dead-1`, lines(3) + cut);
  writeFileSync(`${path}-rows-1-dead-2`, `${lines(2)}${cut}\n${lines(2)}`);
  await writer.caughtUp();
  expect(count()).toBe(7);
});

it('a journal without an owner is removed after an hour, and not before', async () => {
  const { path, writer, count } = await open();
  const [young, old] = [`${path}-rows-1-young-1`, `${path}-rows-1-old-1`];
  for (const file of [young, old]) writeFileSync(file, lineOf(rowOf(entryWith())));
  const anHourAgo = Date.now() / 1_000 - 3_700;
  utimesSync(old, anHourAgo, anHourAgo);
  await writer.caughtUp();
  expect(count()).toBe(2);
  expect(journalsOf(path)).toEqual([young]);
});

it('what is no file, or nobody else’s business, stops no report', async () => {
  const { path, writer, count } = await open();
  mkdirSync(`${path}-rows-1-folder-1`);
  symlinkSync(join(dirname(path), 'nowhere'), `${path}-rows-1-link-1`);
  symlinkSync(`${path}-rows-1-circle-1`, `${path}-rows-1-circle-1`);
  // Damaged lines for which there is no place.
  mkdirSync(`${path}-damaged-rows`);
  writeFileSync(`${path}-rows-1-damaged-1`, 'damage\n');
  await writer.write(rowOf(entryWith()));
  await writer.caughtUp();
  expect(count()).toBe(1);
});

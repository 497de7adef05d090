/** Rows that the disk does not take: here the journal's next files cannot be made, as there are folders in their places. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../src/accounts/database/database.ts';
import { RetryingWriter } from '../../src/accounts/ledger/retrying-writer.ts';
import { rowOf } from '../../src/accounts/ledger/row.ts';
import { RowWriter } from '../../src/accounts/ledger/row-writer.ts';
import { callRecord } from '../helpers/call-record.ts';
import { temporaryFolder } from '../helpers/databases.ts';
import { entryWith } from '../helpers/entries.ts';
import { eventually } from '../helpers/eventually.ts';

/** A process of its own, as far as files show. */
async function open(path = join(temporaryFolder(), 'ledger.db')) {
  const database = await openDatabase(`sqlite:${path}`);
  if (database.kind !== 'sqlite') throw new Error('not SQLite');
  onTestFinished(() => database.close());
  const warnings: string[] = [];
  const writer = new RowWriter(database.connection, { counts: true, warn: (text) => warnings.push(text) });
  const ids = () => database.connection.prepare('SELECT id FROM ledger').all();
  const files = (kind: string) => readdirSync(dirname(path)).filter((name) => name.includes(kind));
  const fill = () => {
    const [reserve] = files('-reserve-') as [string];
    const stem = join(dirname(path), reserve.replace('-reserve-', '-rows-'));
    const places = Array.from({ length: 100 }, (_, at) => `${stem}-${at + 2}`);
    for (const place of places) mkdirSync(place, { recursive: true });
    return { free: () => places.forEach((place) => void rmSync(place, { recursive: true, force: true })) };
  };
  return { path, writer, ids, warnings, files, fill, connection: database.connection };
}

const rows = (count: number) => Array.from({ length: count }, () => rowOf(entryWith()));

/** A first row, so that there is a journal, and space is kept. */
async function openAndWrite() {
  const opened = await open();
  await opened.writer.write(rowOf(entryWith()));
  await opened.writer.caughtUp();
  return opened;
}

it('rows that a full disk did not take are found when their process was killed', async () => {
  const { path, writer, fill } = await openAndWrite();
  fill();
  const untaken = rows(10);
  // As often as they are tried again, they take their space once.
  for (let tries = 0; tries < 5; tries++)
    for (const row of untaken) await expect(writer.write(row)).rejects.toThrow('EEXIST');

  const next = await open(path);
  await next.writer.caughtUp();
  expect(next.ids()).toHaveLength(11);
  expect(next.ids()).toEqual(expect.arrayContaining(untaken.map(({ id }) => ({ id }))));
  expect(next.warnings).toEqual([]);
});

it('so are those that come while others wait in memory already', async () => {
  const { path, writer, fill } = await openAndWrite();
  fill();
  const options = { logPrompts: false, warn() {}, tell() {} };
  const retrying = new RetryingWriter({ write: (entry) => writer.write(rowOf(entry)) }, options);
  const calls = Array.from({ length: 5 }, (_, at) => callRecord({}, { id: `call-${at}` }));
  for (const call of calls) await retrying.record(call);
  expect(retrying.backlog.rows).toBe(5);
  expect(retrying.isUnsafe).toBe(true);
  const next = await open(path);
  await next.writer.caughtUp();
  expect(next.ids()).toHaveLength(6);
});

it('the space is taken before, and rows are written into it', async () => {
  const { path, writer, files, fill } = await openAndWrite();
  const sizeOf = (name: string) => readFileSync(join(dirname(path), name)).length;
  const [reserve] = files('-reserve-') as [string];
  const size = sizeOf(reserve);
  fill();
  for (const row of rows(3)) await expect(writer.write(row)).rejects.toThrow('EEXIST');
  expect(files('-reserve-')).toEqual([]);
  const [used] = files('-rows-').filter((name) => name.endsWith('-reserve')) as [string];
  expect(sizeOf(used)).toBe(size);
});

it('where the disk takes rows again they are written as ever, once, and space is kept again', async () => {
  const { writer, ids, files, fill } = await openAndWrite();
  const full = fill();
  const untaken = rows(3);
  for (const row of untaken) await expect(writer.write(row)).rejects.toThrow('EEXIST');
  full.free();
  for (const row of untaken) await writer.write(row);
  await writer.caughtUp();
  expect(ids()).toHaveLength(4);
  await writer.write(untaken[0]!);
  await writer.caughtUp();
  expect(ids()).toHaveLength(4);
  expect(files('-rows-')).toEqual([]);
  expect(files('-reserve-')).toHaveLength(1);
  writer.close();
  expect(files('reserve')).toEqual([]);
});

it('a text that is too long for the space is given up before its row, and a refused request takes none', async () => {
  const { path, writer, fill } = await openAndWrite();
  fill();
  const long = { ...rowOf(entryWith()), prompt: 'a long one '.repeat(50_000) };
  await expect(writer.write(long)).rejects.toThrow('EEXIST');
  await expect(writer.write({ ...rowOf(entryWith()), refused_status: 429 })).rejects.toThrow('EEXIST');
  const next = await open(path);
  await next.writer.caughtUp();
  expect(next.ids()).toHaveLength(2);
  expect(next.ids()).toContainEqual({ id: long.id });
});

it('more rows than the space holds harm none of those that are in it', async () => {
  const { path, writer, fill } = await openAndWrite();
  fill();
  await expect(Promise.all(rows(2_000).map((row) => writer.write(row)))).rejects.toThrow('EEXIST');
  const next = await open(path);
  await next.writer.caughtUp();
  expect(next.ids().length).toBeGreaterThan(300);
  expect(next.warnings).toEqual([]);
});

it('space that a killed process had kept is given back', async () => {
  const { path, writer, files } = await open();
  const left = ['999999999-killed', `${process.pid}-before`].map((name) => `ledger.db-reserve-${name}`);
  for (const name of left) writeFileSync(join(dirname(path), name), '\n');
  await writer.write(rowOf(entryWith()));
  expect(files('-reserve-')).toHaveLength(1);
  expect(left).not.toContain(files('-reserve-')[0]);
});

it('that the database takes no rows is told once, however often they are tried, and again when it happens again', async () => {
  const { writer, connection, warnings } = await openAndWrite();
  const longRow = () => rowOf({ ...entryWith(), prompt: 'x'.repeat(1_000_000) });
  for (const times of [1, 2]) {
    // No page more than there are: for SQLite, a full disk.
    connection.exec('PRAGMA max_page_count = 1');
    await writer.write(longRow());
    await eventually(() => expect(warnings).toHaveLength(times));
    // Two more tries.
    await new Promise((resolve) => setTimeout(resolve, 2_200));
    expect(warnings).toHaveLength(times);
    expect(warnings.at(-1)).toContain('disk is full');
    connection.exec('PRAGMA max_page_count = 1000000');
    await writer.caughtUp();
  }
});

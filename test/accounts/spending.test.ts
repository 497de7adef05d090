/** What was spent is the sum of the rows, whoever wrote them and whenever they were counted: in SQLite, where counting comes later. */
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openDatabase, type SqliteDatabase } from '../../src/accounts/database/database.ts';
import { SqliteLedger } from '../../src/accounts/ledger/sqlite-ledger.ts';
import { temporaryFolder } from '../helpers/databases.ts';
import { type EntryFields, entryWith, NOON } from '../helpers/entries.ts';

const DAY = 86_400_000;
const MIDNIGHT = NOON - DAY / 2;

const newPath = () => join(temporaryFolder(), 'ledger.db');

/** One of several processes that share a file. */
async function processOn(path: string) {
  const database = (await openDatabase(`sqlite:${path}`)) as SqliteDatabase;
  onTestFinished(() => database.close());
  const ledger = new SqliteLedger(database);
  const one = (sql: string) => Object.values(database.connection.prepare(sql).get()!)[0];
  return {
    ledger,
    connection: database.connection,
    write: (count: number, fields: EntryFields = {}) =>
      Promise.all(Array.from({ length: count }, () => ledger.write(entryWith({ cost: 1, ...fields })))),
    spent: (since = 0) => ledger.spentSince('key:web', since),
    counted: () => one('SELECT coalesce(sum(spent_nano), 0) FROM spending'),
    uncounted: () =>
      one('SELECT count(*) FROM ledger WHERE row_id > (SELECT row_id FROM spending_watermark)'),
  };
}

it('is right before, while and after rows are counted', async () => {
  const { write, spent, counted, uncounted } = await processOn(newPath());
  let total = 0;
  for (const rows of [1, 1, 100, 148, 1, 1, 700, 3, 2]) {
    await write(rows);
    total += rows;
    expect(await spent()).toBe(total);
  }
  expect(counted()).toBe(total - 2);
  expect(uncounted()).toBe(2);
});

it('counts a row once, though it is written before and after it is counted', async () => {
  const { ledger, write, spent } = await processOn(newPath());
  const entry = entryWith({ cost: 1 });
  await ledger.write(entry);
  await Promise.all([ledger.write(entry), write(600), ledger.write(entry)]);
  await write(1);
  await ledger.write(entry);
  expect(await spent()).toBe(602);
});

it('is the same in each of two processes that write and count in turn', async () => {
  const path = newPath();
  const [one, other] = [await processOn(path), await processOn(path)];
  let total = 0;
  for (const rows of [1, 120, 140, 300, 2, 249, 251]) {
    await one.write(rows);
    await other.write(rows + 1);
    total += 2 * rows + 1;
    expect(await one.spent()).toBe(total);
    expect(await other.spent()).toBe(total);
  }
  expect(one.counted()).toBeGreaterThan(0);
});

it('outlives the rows, also those that were not counted yet', async () => {
  const { ledger, write, spent, uncounted } = await processOn(newPath());
  await write(20, { at: MIDNIGHT - 1 });
  await ledger.ready();
  await write(30, { at: NOON });
  await ledger.ready();
  expect(uncounted()).toBe(30);
  await ledger.prune(MIDNIGHT);
  expect([await spent(), await spent(MIDNIGHT)]).toEqual([50, 30]);
  await ledger.prune(NOON + DAY);
  expect([await spent(), await spent(MIDNIGHT)]).toEqual([50, 30]);
});

it('counts rows that come after all others were deleted, even by a clock that was turned back', async () => {
  const { ledger, write, spent, connection } = await processOn(newPath());
  await write(300);
  await ledger.prune(NOON + DAY);
  await write(10, { at: NOON - DAY });
  expect(await spent()).toBe(310);
  connection.exec('DELETE FROM ledger');
  await write(10);
  await write(300);
  // Ten of those that a person deleted had not been counted.
  expect(await spent()).toBe(610);
});

it('is the same after the file is written anew', async () => {
  const { ledger, write, spent, connection } = await processOn(newPath());
  await write(260, { at: NOON - DAY });
  await write(10, { at: NOON });
  await ledger.prune(NOON - DAY + 1);
  connection.exec('VACUUM');
  await write(5, { at: NOON });
  expect(await spent()).toBe(275);
  expect((await ledger.usage({ groupBy: [], filter: { from: NOON } })).total.requests).toBe(15);
});

it('usage from a time on has every row from then on, whatever order they came in', async () => {
  const { ledger, write } = await processOn(newPath());
  const times = Array.from({ length: 2_000 }, (_, at) => NOON + ((at * 7_919) % 2_000) - 1_000);
  for (const at of times) void write(1, { at });
  await write(1, { at: NOON + 100_000 });
  await write(1, { at: NOON });
  for (const from of [NOON - 1_000, NOON - 1, NOON, NOON + 1, NOON + 999, NOON + 1_000]) {
    const { total } = await ledger.usage({ groupBy: [], filter: { from } });
    const expected = [...times, NOON + 100_000, NOON].filter((at) => at >= from).length;
    expect(total.requests).toBe(expected);
  }
});

it('usage of many rows is read in parts, and is whole', async () => {
  const { ledger, write } = await processOn(newPath());
  for (let part = 0; part < 25; part++)
    await write(1_000, { at: NOON + part * DAY, receipt: { user: `u${part % 3}` } });
  const { data, total } = await ledger.usage({
    groupBy: ['user'],
    filter: { from: NOON + DAY, to: NOON + 24 * DAY },
  });
  expect(total.requests).toBe(23_000);
  expect(data.map(({ user, requests }) => [user, requests])).toEqual([
    ['u0', 7_000],
    ['u1', 8_000],
    ['u2', 8_000],
  ]);
});

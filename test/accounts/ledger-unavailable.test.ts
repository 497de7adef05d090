/** The ledger while PostgreSQL comes and goes. Runs where TEST_DATABASE_URL names one. */
import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { openDatabase, type SqliteDatabase } from '../../src/accounts/database/database.ts';
import { DatabaseUnavailable } from '../../src/accounts/database/database-unavailable.ts';
import type { Ledger } from '../../src/accounts/ledger/ledger.ts';
import { type EntryFields, entryWith, NOON } from '../helpers/entries.ts';
import { eventually } from '../helpers/eventually.ts';
import { engines, hasPostgres, newOutboxPath, openTestLedger } from '../helpers/ledgers.ts';
import { startTcpProxy } from '../helpers/tcp-proxy.ts';

const postgres = engines.find(({ name }) => name === 'PostgreSQL')!;
const ALL = { groupBy: [], bucket: 'day', filter: {} } as const;

/** A place behind a wire that can be cut; `direct` is the same without it. */
async function placeBehindWire() {
  const direct = await postgres.place();
  const proxy = await startTcpProxy(direct.url);
  return { direct, proxy, place: { ...direct, url: proxy.url } };
}

async function writeSome(ledger: Ledger, count: number, fields: EntryFields = {}): Promise<string[]> {
  const entries = Array.from({ length: count }, () => entryWith(fields));
  await Promise.all(entries.map((entry) => ledger.write(entry)));
  return entries.map(({ id }) => id);
}

/** Ids of the rows in PostgreSQL, past the ledger. */
async function rowsAt(url: string): Promise<string[]> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query<{ id: string }>('select id from ledger');
  await client.end();
  return rows.map(({ id }) => id).sort();
}

async function rowsInOutbox(path: string): Promise<number> {
  const { connection, close } = (await openDatabase(`sqlite:${path}`)) as SqliteDatabase;
  const { length } = connection.prepare('SELECT id FROM ledger').all();
  await close();
  return length;
}

/** Of the file and its write-ahead log: both only grow while it is open. */
function bytesOfOutbox(path: string): number {
  return [path, `${path}-wal`].reduce(
    (sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

describe.runIf(hasPostgres)('PostgreSQL', () => {
  it('there: rows go to it from the journal, and the outbox is not written', async () => {
    const { direct, place } = await placeBehindWire();
    const { ledger } = await openTestLedger(place);
    const first = await writeSome(ledger, 1);
    expect((await ledger.usage(ALL)).total.requests).toBe(1);
    const before = bytesOfOutbox(place.outboxPath);
    const written = await writeSome(ledger, 600);
    await eventually(async () => expect(await rowsAt(direct.url)).toHaveLength(601));
    expect(await rowsAt(direct.url)).toEqual([...first, ...written].sort());
    expect(bytesOfOutbox(place.outboxPath)).toBe(before);
  });

  it('away: rows are safe, receipts are found, sums say that they cannot be had; back: every row once', async () => {
    const { direct, proxy, place } = await placeBehindWire();
    const { ledger, warnings } = await openTestLedger(place);
    const before = await writeSome(ledger, 10);
    expect((await ledger.usage(ALL)).total.requests).toBe(10);
    proxy.cut();
    const during = await writeSome(ledger, 1_234);
    expect(await ledger.find(`request-${during[7]}`)).toMatchObject({ id: `request-${during[7]}` });
    expect(await ledger.outcomeOf(during[7]!)).toEqual({ tokens: 15, cost: 1_500 });
    await expect(ledger.usage(ALL)).rejects.toThrow(DatabaseUnavailable);
    await expect(ledger.spentSince('key:web', 0)).rejects.toThrow(DatabaseUnavailable);
    await expect(ledger.find('unknown')).rejects.toThrow(DatabaseUnavailable);
    expect(await rowsAt(direct.url)).toEqual(before.sort());
    proxy.mend();
    await eventually(async () => expect(await rowsInOutbox(place.outboxPath)).toBe(0));
    expect(await rowsAt(direct.url)).toEqual([...before, ...during].sort());
    expect(await ledger.spentSince('key:web', 0)).toBe(1_244 * 1_500);
    expect(warnings).toEqual([
      expect.stringMatching(/^PostgreSQL is unavailable/),
      expect.stringMatching(/^PostgreSQL is back/),
    ]);
  });

  it('cut again and again under load: every row once', async () => {
    const { direct, proxy, place } = await placeBehindWire();
    const { ledger } = await openTestLedger(place);
    const written: string[] = [];
    for (let cut = 0; cut < 15; cut++) {
      written.push(...(await writeSome(ledger, 700)));
      await sleep(Math.random() * 60);
      proxy.cut();
      proxy.mend();
    }
    await eventually(async () => expect(await rowsInOutbox(place.outboxPath)).toBe(0));
    expect(await rowsAt(direct.url)).toEqual(written.sort());
  });

  it('away at the start: the ledger opens, and PostgreSQL gets its tables when it comes', async () => {
    const { proxy, place } = await placeBehindWire();
    proxy.cut();
    const { ledger, warnings } = await openTestLedger(place);
    expect(warnings).toHaveLength(1);
    await expect(ledger.usage(ALL)).rejects.toThrow(DatabaseUnavailable);
    proxy.mend();
    // Without a single row to carry.
    await eventually(async () => expect((await ledger.usage(ALL)).total.requests).toBe(0));
  });

  it('away to the end: the next process carries the rows', async () => {
    const { direct, proxy, place } = await placeBehindWire();
    const first = await openTestLedger(place);
    proxy.cut();
    const ids = await writeSome(first.ledger, 20);
    await first.close();
    proxy.mend();
    await openTestLedger(place);
    expect(await rowsAt(direct.url)).toEqual(ids.sort());
  });

  it('silent: the connection is given up and rows go over a new one', async () => {
    const { direct, proxy, place } = await placeBehindWire();
    const { ledger } = await openTestLedger({ ...place, url: `${place.url}?query_timeout=3000` });
    const before = await writeSome(ledger, 5);
    await ledger.usage(ALL);
    proxy.silence();
    const during = await writeSome(ledger, 5);
    await eventually(async () => expect(await rowsAt(direct.url)).toEqual([...before, ...during].sort()));
  });

  it('that ends our connections is asked again', async () => {
    const place = await postgres.place();
    const { ledger } = await openTestLedger(place);
    await writeSome(ledger, 5);
    await ledger.usage(ALL);
    const client = new pg.Client(place.url);
    await client.connect();
    // Only those of this test's own database: others may be using the server.
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await client.end();
    await writeSome(ledger, 5);
    await eventually(async () => expect((await ledger.usage(ALL)).total.requests).toBe(10));
  });

  it('that refuses a row gets all others; the row stays in the outbox', async () => {
    const place = await postgres.place();
    const { ledger, warnings } = await openTestLedger(place);
    const bad = entryWith({ at: NOON + 0.5 });
    await Promise.all([writeSome(ledger, 30), ledger.write(bad), writeSome(ledger, 30)]);
    expect((await ledger.usage(ALL)).total.requests).toBe(60);
    await writeSome(ledger, 1);
    expect((await ledger.usage(ALL)).total.requests).toBe(61);
    expect(await rowsInOutbox(place.outboxPath)).toBe(1);
    expect(await ledger.find(bad.receipt.id)).toBeDefined();
    expect(warnings).toEqual([expect.stringContaining(bad.receipt.id)]);
  });

  it('shared by many that start at once, with an outbox of their own or a common one', async () => {
    const place = await postgres.place();
    const common = newOutboxPath();
    const outboxes = [newOutboxPath(), newOutboxPath(), common];
    const ledgers = await Promise.all(
      outboxes.map((outboxPath) => openTestLedger({ url: place.url, outboxPath })),
    );
    // Workers open a new file in turn, which two in one process cannot.
    ledgers.push(await openTestLedger({ url: place.url, outboxPath: common }));
    for (let turn = 0; turn < 5; turn++)
      await Promise.all(ledgers.map(({ ledger }) => writeSome(ledger, 300)));
    await eventually(async () => expect(await rowsAt(place.url)).toHaveLength(6_000));
    expect(new Set(await rowsAt(place.url)).size).toBe(6_000);
    expect(ledgers.flatMap(({ warnings }) => warnings)).toEqual([]);
  });

  it('pruned by several at once loses no spending', async () => {
    const place = await postgres.place();
    const ledgers = await Promise.all(
      [1, 2, 3].map(() => openTestLedger({ url: place.url, outboxPath: newOutboxPath() })),
    );
    const { ledger } = ledgers[0]!;
    await writeSome(ledger, 2_500, { cost: 3 });
    expect(await ledger.spentSince('key:web', 0)).toBe(7_500);
    await Promise.all(ledgers.map((one) => one.ledger.prune(Date.now() + 1e12)));
    expect(await rowsAt(place.url)).toEqual([]);
    expect(await ledger.spentSince('key:web', 0)).toBe(7_500);
  });
});

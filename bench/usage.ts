/**
 * What a report about usage takes over a large ledger: makes one of a million rows over thirty days, asks what the overview page
 * asks, and prints a table. `node bench/usage.ts [rows] [file or postgres://…]`; a file that is there is used as it is, at a
 * PostgreSQL a database is made and dropped in the end.
 */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import pg from 'pg';
import {
  createTables,
  openDatabase,
  type PostgresDatabase,
  type SqliteDatabase,
} from '../src/accounts/database/database.ts';
import { insertRows } from '../src/accounts/ledger/insert-rows.ts';
import type { Ledger } from '../src/accounts/ledger/ledger.ts';
import { openLedger } from '../src/accounts/ledger/open-ledger.ts';
import { RowTable } from '../src/accounts/ledger/row-table.ts';
import { sumSome } from '../src/accounts/ledger/usage/postgres-summer.ts';
import type { UsageQuery } from '../src/accounts/ledger/usage/usage-query.ts';
import { isPostgresUrl } from '../src/core/database-url.ts';
import { END as end, ledgerRow } from './usage-rows.ts';

const DAY = 86_400_000;
const BATCH = 5_000;
const rows = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(join(tmpdir(), 'usage-'));
const place = process.argv[3] ?? join(folder, 'ledger.db');
if (isPostgresUrl(place)) await measurePostgres(place);
else await measureSqlite(place);

function* batches() {
  for (let at = 0; at < rows; at += BATCH)
    yield Array.from({ length: Math.min(BATCH, rows - at) }, (_, index) => ledgerRow(at + index, rows));
}

async function measureSqlite(path: string): Promise<void> {
  const isThere = existsSync(path);
  const database = (await openDatabase(`sqlite:${path}`)) as SqliteDatabase;
  if (!isThere || !database.connection.prepare('SELECT 1 FROM ledger LIMIT 1').get()) {
    const table = new RowTable(database.connection, { counts: true });
    for (const batch of batches()) table.insert(batch);
  }
  const ledger = await openLedger(database, { outboxPath: '', warn: console.warn });
  const before = performance.now();
  const unsummed = database.connection.prepare(
    'SELECT 1 FROM ledger WHERE row_id > (SELECT row_id FROM usage_watermark) LIMIT 1',
  );
  do await ledger.usage({ groupBy: [], filter: last(0.1) });
  while (unsummed.get());
  console.log(`summed up after ${Math.round(performance.now() - before)} ms`);
  await askAll(ledger);
  await ledger.close(1_000);
  await database.close();
}

async function measurePostgres(server: string): Promise<void> {
  const name = `codellama_usage_${process.pid}`;
  const admin = new pg.Client({ connectionString: server });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  try {
    const database = (await openDatabase(url)) as PostgresDatabase;
    const queries = await database.queries();
    await createTables(queries);
    const before = performance.now();
    for (const batch of batches()) await insertRows(queries, batch);
    console.log(`${rows} rows after ${Math.round(performance.now() - before)} ms`);
    await sumUp(queries);
    // As its own autovacuum does, a minute later.
    const own = new pg.Client({ connectionString: url });
    await own.connect();
    await own.query('VACUUM ANALYZE');
    await own.end();
    const options = { outboxPath: join(folder, 'outbox.db'), warn: console.warn };
    const ledger = await openLedger(database, options);
    await askAll(ledger);
    await ledger.close(1_000);
    await database.close();
  } finally {
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await admin.end();
  }
}

/** As servers do in the background, without the pauses. */
async function sumUp(queries: Awaited<ReturnType<PostgresDatabase['queries']>>): Promise<void> {
  const before = performance.now();
  const cpuBefore = process.cpuUsage();
  while (await sumSome(queries));
  const cpu = process.cpuUsage(cpuBefore);
  const own = Math.round((cpu.user + cpu.system) / 1_000);
  console.log(`summed up after ${Math.round(performance.now() - before)} ms, ${own} ms of them this process`);
}

function last(days: number) {
  return { from: end - days * DAY, to: end };
}
/** The overview of so many days: totals now and before, the chart, the tables. */
function overview(days: number): UsageQuery[] {
  const bucket = days > 2 ? 'day' : 'hour';
  return [
    { groupBy: [], filter: last(days) },
    { groupBy: [], filter: { from: end - 2 * days * DAY, to: end - days * DAY } },
    { groupBy: [], bucket, filter: last(days) },
    { groupBy: ['model'], bucket, filter: last(days), largest: 'cost_usd', limit: 10 },
    ...(['model', 'key', 'project', 'user', 'agent', 'session'] as const).map((dimension) => ({
      groupBy: [dimension],
      filter: last(days),
      largest: 'cost_usd' as const,
      limit: 10,
    })),
  ];
}
async function askAll(ledger: Ledger): Promise<void> {
  const top = { largest: 'cost_usd', limit: 10 } as const;
  const berlin = { tz: 'Europe/Berlin', bucket: 'day', filter: last(30), ...top } as const;
  const questions: Record<string, UsageQuery[]> = {
    'overview, 24 h': overview(1),
    'overview, 7 d': overview(7),
    'overview, 30 d': overview(30),
    'users by day of Berlin, 30 d': [{ groupBy: ['user'], ...berlin }],
    'one key, 30 d': [{ groupBy: ['model'], bucket: 'day', filter: { ...last(30), keyId: ['key_3'] } }],
    'model and user, 30 d (from rows)': [{ groupBy: ['model', 'user'], filter: last(30), ...top }],
  };
  console.log('| question | first | again |\n|---|---|---|');
  for (const [name, queries] of Object.entries(questions)) {
    const times = [];
    for (let round = 0; round < 2; round++) {
      const before = performance.now();
      const lost = (await Promise.allSettled(queries.map((query) => ledger.usage(query)))).filter(
        ({ status }) => status === 'rejected',
      );
      const failed = lost.length > 0 ? `, ${lost.length} of ${queries.length} failed` : '';
      times.push(`${Math.round(performance.now() - before)} ms${failed}`);
    }
    console.log(`| ${name} | ${times.join(' | ')} |`);
  }
}

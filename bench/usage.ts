/**
 * What a report about usage takes over a large ledger: makes one of a million rows over thirty days, asks what the overview page
 * asks, and prints a table. `node bench/usage.ts [rows] [file]`; a file that is there is used as it is.
 */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { openDatabase, type SqliteDatabase } from '../src/accounts/database/database.ts';
import type { LedgerTable } from '../src/accounts/database/ledger-columns.ts';
import { openLedger } from '../src/accounts/ledger/open-ledger.ts';
import { RowTable } from '../src/accounts/ledger/row-table.ts';
import type { UsageQuery } from '../src/accounts/ledger/usage/usage-query.ts';

const DAY = 86_400_000;
const rows = Number(process.argv[2] ?? 1_000_000);
const path = process.argv[3] ?? join(mkdtempSync(join(tmpdir(), 'usage-')), 'ledger.db');
const end = Date.UTC(2026, 10, 26, 12, 34, 56);
const start = end - 30 * DAY;

/** The same numbers at every run (mulberry32). */
let seed = 7;
function random(): number {
  seed = (seed + 0x6d2b79f5) | 0;
  let value = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
  return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
}

/** Few are much used: the first half as often as the rest together. */
function oneOf(count: number): number {
  return Math.min(count - 1, Math.floor(count ** random()) - 1);
}

const MODELS = ['gpt-4', 'gpt-5', 'claude-opus', 'claude-sonnet', 'codellama', 'deepseek', 'qwen', 'mistral'];

function row(number: number): LedgerTable {
  const at = Math.floor(start + ((end - start) * number) / rows);
  const isAgent = random() < 0.6;
  // Some twenty requests each, of one user; ten sessions run at any time.
  const session = Math.floor(number / 350) * 10 + Math.floor(random() * 10);
  const user = isAgent ? session % 500 : oneOf(500);
  const key = user % 60;
  const isError = random() < 0.02;
  const isHit = random() < 0.15;
  const duration = Math.round(Math.exp(6 + 2 * random()) * 10) / 10;
  const input = Math.floor(200 + 8_000 * random());
  return {
    id: `row-${number}`,
    request_id: null,
    at,
    key_id: `key_${key}`,
    project_id: `proj_${key % 12}`,
    user: user < 400 ? `user-${user}` : null,
    door: isAgent ? 'messages' : 'chat',
    agent: isAgent ? ['claude-code', 'codex', 'opencode'][session % 3]! : null,
    session: isAgent ? `session-${session}` : null,
    chain: 'default',
    model: isError ? null : MODELS[oneOf(MODELS.length)]!,
    provider: isError ? null : 'openai',
    cache: isHit ? 'hit' : 'miss',
    input_tokens: isHit ? 0 : input,
    cached_input_tokens: isHit ? 0 : Math.floor(input * random()),
    cache_write_tokens: 0,
    output_tokens: isHit ? 0 : Math.floor(50 + 900 * random()),
    reasoning_tokens: 0,
    cost_nano: isHit ? 0 : Math.floor(1e7 * random()),
    hold_nano: 0,
    saved_nano: isHit ? Math.floor(1e7 * random()) : null,
    duration_ms: isHit ? 1.5 : duration,
    ttft_ms: isError ? null : Math.round(duration / 4),
    error: isError ? 'upstream_timeout' : null,
    refused_status: null,
    prompt_hash: '0'.repeat(64),
    prompt: null,
    receipt: JSON.stringify({
      attempts: [{ target: 'openai/gpt-4', kind: 'ok', status: 200, started_ms: 1.2, ended_ms: duration }],
    }),
  };
}

const database = (await openDatabase(`sqlite:${path}`)) as SqliteDatabase;
if (!existsSync(path) || !database.connection.prepare('SELECT 1 FROM ledger LIMIT 1').get()) {
  const table = new RowTable(database.connection, { counts: true });
  for (let at = 0; at < rows; at += 5_000)
    table.insert(Array.from({ length: Math.min(5_000, rows - at) }, (_, index) => row(at + index)));
}
const ledger = await openLedger(database, { outboxPath: '', warn: console.warn });

const last = (days: number) => ({ from: end - days * DAY, to: end });
const top = { largest: 'cost_usd', limit: 10 } as const;
/** The overview of so many days: totals now and before, the chart, the tables. */
function overview(days: number): UsageQuery[] {
  const bucket = days > 2 ? 'day' : 'hour';
  return [
    { groupBy: [], filter: last(days) },
    { groupBy: [], filter: { from: end - 2 * days * DAY, to: end - days * DAY } },
    { groupBy: [], bucket, filter: last(days) },
    { groupBy: ['model'], bucket, filter: last(days), ...top },
    ...(['model', 'key', 'project', 'user', 'agent', 'session'] as const).map((dimension) => ({
      groupBy: [dimension],
      filter: last(days),
      ...top,
    })),
  ];
}
const berlin = { tz: 'Europe/Berlin', bucket: 'day', filter: last(30), ...top } as const;
const questions: Record<string, UsageQuery[]> = {
  'overview, 24 h': overview(1),
  'overview, 7 d': overview(7),
  'overview, 30 d': overview(30),
  'users by day of Berlin, 30 d': [{ groupBy: ['user'], ...berlin }],
  'one key, 30 d': [{ groupBy: ['model'], bucket: 'day', filter: { ...last(30), keyId: ['key_3'] } }],
  'model and user, 30 d (from rows)': [{ groupBy: ['model', 'user'], filter: last(30), ...top }],
};

const before = performance.now();
const unsummed = database.connection.prepare(
  'SELECT 1 FROM ledger WHERE row_id > (SELECT row_id FROM usage_watermark) LIMIT 1',
);
do await ledger.usage({ groupBy: [], filter: last(0.1) });
while (unsummed.get());
console.log(`summed up after ${Math.round(performance.now() - before)} ms`);
console.log('| question | first | again |\n|---|---|---|');
for (const [name, queries] of Object.entries(questions)) {
  const times = [];
  for (let round = 0; round < 2; round++) {
    const before = performance.now();
    await Promise.all(queries.map((query) => ledger.usage(query)));
    times.push(`${Math.round(performance.now() - before)} ms`);
  }
  console.log(`| ${name} | ${times.join(' | ')} |`);
}
await ledger.close(1_000);
await database.close();

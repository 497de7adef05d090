/** What is asked of the ledger's table, the same for SQLite and PostgreSQL. */

import { type Kysely, type RawBuilder, sql } from 'kysely';
import { type NanoDollars, toDollars } from '../../core/money.ts';
import type { Receipt } from '../../events/receipt.ts';
import { TOKEN_COLUMNS } from '../database/ledger-columns.ts';
import type { Engine, Schema } from '../database/schema.ts';
import type { Outcome } from '../limits/limits.ts';
import { storable } from '../storable.ts';
import type { GroupBy, UsageQuery, UsageReport, UsageSums } from './ledger.ts';
import { decodeReceipt } from './receipt-codec.ts';
import { ownIdIn } from './request-id.ts';
import type { NumberedRow } from './request-list.ts';
import type { Slice } from './slices.ts';
import { UNCOUNTED_SPENDING } from './spending.ts';

/** Rows of usage before they are summed up: money is nano-dollars. */
export interface UsageRow {
  readonly group: string | null;
  readonly requests: number;
  readonly input_tokens: number;
  readonly cached_input_tokens: number;
  readonly output_tokens: number;
  readonly reasoning_tokens: number;
  readonly cost_nano: number;
  readonly unpriced_requests: number;
}

export async function findRow(
  db: Kysely<Schema>,
  requestId: string,
  keyId: string | undefined,
): Promise<NumberedRow | undefined> {
  const id = ownIdIn(requestId);
  let query = db
    .selectFrom('ledger')
    .selectAll()
    .where((is) =>
      is.or([
        is('request_id', '=', requestId),
        ...(id === undefined ? [] : [is.and([is('id', '=', id), is('request_id', 'is', null)])]),
      ]),
    );
  if (keyId !== undefined) query = query.where('key_id', '=', keyId);
  // An id may come again after it was refused: then the call counts.
  return query
    .orderBy('refused_status', (order) => order.asc().nullsFirst())
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** @returns nothing for a refused request */
export function receiptOf(row: NumberedRow | undefined): Receipt | undefined {
  return row && row.refused_status === null ? decodeReceipt(row) : undefined;
}

/**
 * @param subject `key:<id>`, `project:<id>` or `user:<key id>:<user>`
 * @param since the beginning of a day in UTC
 */
export async function sumSpent(
  db: Kysely<Schema>,
  engine: Engine,
  subject: string,
  since: number,
): Promise<NanoDollars> {
  const sumOf = (source: RawBuilder<unknown>) => sql<{ spent: number }>`
    select coalesce(sum(spent_nano), 0) as spent from ${source}
    where subject = ${storable(subject)} and day >= ${since}`;
  const counted = sumOf(sql`spending`);
  // In one statement: a row must not be counted between two of them.
  const { rows } =
    engine === 'postgres'
      ? await counted.execute(db)
      : await sql<{ spent: number }>`
          select (${counted}) + (${sumOf(sql`(${sql.raw(UNCOUNTED_SPENDING)})`)}) as spent`.execute(db);
  return Number(rows[0]?.spent ?? 0);
}

export async function findOutcome(db: Kysely<Schema>, id: string): Promise<Outcome | undefined> {
  const row = await db.selectFrom('ledger').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) return undefined;
  const tokens = TOKEN_COLUMNS.reduce((sum, column) => sum + row[column], 0);
  // Unknown cost is charged as what was held.
  return { tokens, cost: row.cost_nano ?? row.hold_nano };
}

/** @param slice in SQLite, some of the rows */
export async function usageRows(
  db: Kysely<Schema>,
  engine: Engine,
  { groupBy, from, to, keyId, where = {} }: UsageQuery,
  slice?: Slice,
): Promise<UsageRow[]> {
  const group = groupExpression(groupBy, engine);
  let query = db
    .selectFrom('ledger')
    .select(({ fn }) => [
      group.as('group'),
      fn.countAll<number>().as('requests'),
      // What is written to a provider's cache was read as input.
      sql<number>`sum(input_tokens + cache_write_tokens)`.as('input_tokens'),
      fn.sum<number>('cached_input_tokens').as('cached_input_tokens'),
      fn.sum<number>('output_tokens').as('output_tokens'),
      fn.sum<number>('reasoning_tokens').as('reasoning_tokens'),
      fn.coalesce(fn.sum<number>('cost_nano'), sql<number>`0`).as('cost_nano'),
      sql<number>`sum(case when cost_nano is null then 1 else 0 end)`.as('unpriced_requests'),
    ])
    .groupBy(group)
    .orderBy(group);
  query = query.where('refused_status', 'is', null);
  if (slice) query = query.where('row_id', '>=', slice.first).where('row_id', '<', slice.end);
  if (from !== undefined) query = query.where('at', '>=', from);
  if (to !== undefined) query = query.where('at', '<', to);
  if (keyId !== undefined) query = query.where('key_id', '=', keyId);
  for (const [column, value] of Object.entries(where)) query = query.where(sql.ref(column), '=', value);
  return query.execute();
}

function groupExpression(groupBy: GroupBy, engine: Engine) {
  switch (groupBy) {
    case 'day':
      return engine === 'sqlite'
        ? sql<string>`date(at / 1000, 'unixepoch')`
        : sql<string>`to_char(to_timestamp(at / 1000) at time zone 'UTC', 'YYYY-MM-DD')`;
    case 'model':
      return sql<string | null>`provider || '/' || model`;
    case 'key':
      return sql<string | null>`key_id`;
    case 'project':
      return sql<string | null>`project_id`;
    case 'user':
      return sql<string | null>`"user"`;
    case 'door':
    case 'agent':
    case 'session':
      return sql.ref<string | null>(groupBy);
  }
}

/** Groups of several slices put together, with their total. */
export function usageReport(groupBy: GroupBy, rows: readonly UsageRow[]): UsageReport {
  const groups = new Map<string | null, UsageRow>();
  for (const row of rows) {
    const known = groups.get(row.group);
    groups.set(row.group, known ? add(known, row) : add(NOTHING, row));
  }
  const sorted = [...groups.values()].sort((one, other) =>
    String(one.group ?? '') < String(other.group ?? '') ? -1 : 1,
  );
  return {
    data: sorted.map((row) => ({ [groupBy]: row.group, ...sumsOf(row) })),
    total: sumsOf(sorted.reduce(add, NOTHING)),
  };
}

const NOTHING: UsageRow = {
  group: null,
  requests: 0,
  input_tokens: 0,
  cached_input_tokens: 0,
  output_tokens: 0,
  reasoning_tokens: 0,
  cost_nano: 0,
  unpriced_requests: 0,
};

function add(left: UsageRow, right: UsageRow): UsageRow {
  return {
    group: right.group,
    requests: left.requests + Number(right.requests),
    input_tokens: left.input_tokens + Number(right.input_tokens),
    cached_input_tokens: left.cached_input_tokens + Number(right.cached_input_tokens),
    output_tokens: left.output_tokens + Number(right.output_tokens),
    reasoning_tokens: left.reasoning_tokens + Number(right.reasoning_tokens),
    cost_nano: left.cost_nano + Number(right.cost_nano),
    unpriced_requests: left.unpriced_requests + Number(right.unpriced_requests),
  };
}

function sumsOf({ group: _group, cost_nano: cost, ...sums }: UsageRow): UsageSums {
  const { requests, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, unpriced_requests } =
    sums;
  return {
    requests,
    input_tokens,
    cached_input_tokens,
    output_tokens,
    reasoning_tokens,
    cost_usd: toDollars(cost),
    unpriced_requests,
  };
}

import { type Kysely, sql } from 'kysely';
import { toDollars } from '../../../core/money.ts';
import type { Schema } from '../../database/schema.ts';
import { matches } from '../filter-conditions.ts';
import { COUNTED_ROWS, dimensionIn, latency } from './postgres-counts.ts';
import { bucketsBetween } from './time-buckets.ts';
import { Sums, usageReport } from './usage-groups.ts';
import {
  MAX_GROUPS,
  type UsageGroup,
  type UsageQuery,
  type UsageReport,
  type UsageSums,
} from './usage-query.ts';

type Row = Record<string, number | string | null> & {
  readonly is_total: number;
  readonly bucket: number | null;
  readonly durations: readonly number[] | null;
};

/** Usage from the rows of PostgreSQL's ledger, in one statement; percentiles are exact. */
export async function usageFromPostgres(db: Kysely<Schema>, query: UsageQuery): Promise<UsageReport> {
  const { groupBy, largest, limit } = query;
  const starts = query.bucket ? await bucketStarts(db, query) : undefined;
  const rows = await groupedRows(db, query, starts);
  const total = rows.find((row) => Number(row.is_total) === 1);
  const isWhole = groupBy.length === 0 && !starts;
  const groups: UsageGroup[] = isWhole
    ? []
    : rows
        .filter((row) => row !== total)
        .slice(0, MAX_GROUPS)
        .map((row) => ({
          ...(starts && { start: starts[Number(row.bucket) - 1]! }),
          ...(Object.fromEntries(groupBy.map((name, at) => [name, row[`g${at}`]])) as object),
          ...sumsOf(row),
        }));
  const sums = total && Number(total.requests) > 0 ? sumsOf(total) : new Sums().report();
  return usageReport(groups, sums, { dimensions: groupBy, largest, limit });
}

/** All periods there are rows in, and those between them. */
async function bucketStarts(
  db: Kysely<Schema>,
  { filter, bucket, tz = 'UTC' }: UsageQuery,
): Promise<number[]> {
  const { first, last } = await db
    .selectFrom('ledger')
    .select(({ fn }) => [fn.min('at').as('first'), fn.max('at').as('last')])
    .where('refused_status', 'is', null)
    .where(matches(filter, 'postgres'))
    .executeTakeFirstOrThrow();
  return first === null ? [0] : bucketsBetween(Number(first), Number(last) + 1, bucket!, tz);
}

async function groupedRows(
  db: Kysely<Schema>,
  { groupBy, filter }: UsageQuery,
  starts: readonly number[] | undefined,
): Promise<Row[]> {
  const groups = groupBy.map((dimension, at) => dimensionIn(dimension).as(`g${at}`));
  const bucket = starts ? [sql<number>`width_bucket(at, ${sql.val(starts)}::bigint[])`.as('bucket')] : [];
  const from = db
    .selectFrom('ledger')
    .selectAll()
    .select([...groups, ...bucket])
    .where('refused_status', 'is', null)
    .where(matches(filter, 'postgres'));
  const names = [...groupBy.map((_dimension, at) => `g${at}`), ...(starts ? ['bucket'] : [])];
  const list = names.map((name) => sql.ref(name));
  const isTotal = names.length > 0 ? sql`(grouping(${list[0]}) = 1)::int` : sql`1`;
  const groupings = names.length > 0 ? sql`group by grouping sets ((${sql.join(list)}), ())` : sql``;
  const { rows } = await sql<Row>`
    select ${names.length > 0 ? sql`${sql.join(list)},` : sql``} ${isTotal} as is_total,
      ${COUNTED_ROWS},
      percentile_disc(array[0.5, 0.95]) within group (order by ${latency('duration_ms')}) as durations,
      percentile_disc(0.5) within group (order by ${latency('ttft_ms')}) as first_token
    from (${from}) as rows ${groupings}
    order by is_total desc, requests desc limit ${MAX_GROUPS + 1}`.execute(db);
  return rows;
}

function sumsOf(row: Row): UsageSums {
  const count = (name: string) => Number(row[name]);
  const latencyOf = (value: unknown) => (value == null ? null : Number(value));
  return {
    requests: count('requests'),
    errors: count('errors'),
    cache_hits: count('cache_hits'),
    input_tokens: count('input_tokens'),
    cached_input_tokens: count('cached_input_tokens'),
    output_tokens: count('output_tokens'),
    reasoning_tokens: count('reasoning_tokens'),
    cost_usd: toDollars(count('cost_nano')),
    saved_usd: toDollars(count('saved_nano')),
    unpriced_requests: count('unpriced_requests'),
    p50_ms: latencyOf(row.durations?.[0]),
    p95_ms: latencyOf(row.durations?.[1]),
    ttft_p50_ms: latencyOf(row.first_token),
  };
}

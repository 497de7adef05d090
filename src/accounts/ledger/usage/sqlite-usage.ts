/** Usage from the rows of SQLite's ledger, in parts, so that calls go on meanwhile. */
import { type Kysely, sql } from 'kysely';
import type { LedgerTable, Schema } from '../../database/schema.ts';
import { matches } from '../filter-conditions.ts';
import type { LedgerFilter } from '../ledger-filter.ts';
import { type Slice, slicesFrom } from '../slices.ts';
import { bucketFinder } from './time-buckets.ts';
import { type CountedRow, UsageGroups } from './usage-groups.ts';
import { DIMENSIONS, type Dimension, type UsageQuery, type UsageReport } from './usage-query.ts';

/** Some milliseconds of reading and counting. */
const ROWS_AT_ONCE = 2_000;

/** Reads every row that is meant: for questions that no sum answers. */
export async function usageFromRows(db: Kysely<Schema>, query: UsageQuery): Promise<UsageReport> {
  const groups = new UsageGroups(query.groupBy);
  for await (const slice of slicesFrom(db, query.filter.from, ROWS_AT_ONCE))
    for (const row of await countedRows(db, query, slice)) addRow(groups, row, query);
  return groups.report(query.largest, query.limit);
}

type Row = CountedRow & Pick<LedgerTable, 'at'> & Partial<LedgerTable>;

const finders = new WeakMap<UsageQuery, (at: number) => number>();

/** Adds one row to its group and to the total. */
export function addRow(groups: UsageGroups, row: Row, query: UsageQuery): void {
  groups.total.addRow(row);
  if (query.groupBy.length === 0 && !query.bucket) return;
  const values = query.groupBy.map((dimension) => valueIn(row, dimension));
  groups.group(values, bucketOf(row.at, query))?.addRow(row);
}

function bucketOf(at: number, query: UsageQuery): number | undefined {
  if (!query.bucket) return undefined;
  let find = finders.get(query);
  if (!find) {
    find = bucketFinder(query.bucket, query.tz ?? 'UTC');
    finders.set(query, find);
  }
  return find(at);
}

/** By what a row is grouped; `null` is a group of its own. */
export function valueIn(row: Partial<LedgerTable>, dimension: Dimension): string | null {
  if (dimension === 'model') return row.model == null ? null : `${row.provider}/${row.model}`;
  return row[DIMENSIONS[dimension][0]] ?? null;
}

const COUNTED = [
  'at',
  'cache',
  'error',
  'input_tokens',
  'cached_input_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
  'cost_nano',
  'saved_nano',
] as const;

function countedRows(
  db: Kysely<Schema>,
  { groupBy, filter }: { groupBy: readonly Dimension[]; filter: LedgerFilter },
  slice: Slice,
): Promise<Row[]> {
  const columns = new Set([...COUNTED, ...groupBy.flatMap((dimension) => DIMENSIONS[dimension])]);
  return db
    .selectFrom('ledger')
    .select([...columns])
    .select([latency('duration_ms'), latency('ttft_ms')])
    .where('row_id', '>=', slice.first)
    .where('row_id', '<', slice.end)
    .where('refused_status', 'is', null)
    .where(matches(filter, 'sqlite'))
    .execute();
}

/** Rows of before there was a column have it in their receipt. */
function latency<Name extends 'duration_ms' | 'ttft_ms'>(name: Name) {
  const column = sql.ref(name);
  return sql<
    number | null
  >`case when duration_ms is null then json_extract(receipt, ${`$.${name}`}) else ${column} end`.as(name);
}

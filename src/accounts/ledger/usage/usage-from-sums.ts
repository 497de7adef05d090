/** Usage from the sums that are kept, and from the rows of the hours that a period has only a part of. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { HOUR } from '../../../core/durations.ts';
import { minRowId } from '../row-id.ts';
import { decodeHistogram } from './latency-histogram.ts';
import { COUNTED_COLUMNS, type LedgerRow, summedValue } from './sum-rows.ts';
import { type Piece, piecesOf, type SumsPlan, sumsPlan } from './sums-plan.ts';
import { shownValue, storedValue } from './sums-schema.ts';
import { bucketFinder } from './time-buckets.ts';
import { COUNT_NAMES, type Counts, UsageGroups } from './usage-groups.ts';
import { MAX_GROUPS, type UsageQuery, type UsageReport } from './usage-query.ts';

/** A row's number is this far from its time of arrival at most: no call takes longer. */
const MAX_DURATION = 2 * HOUR;

/** @returns nothing for a question that the sums do not answer, or while too many rows are not in them yet */
export function usageFromSums(connection: DatabaseSync, query: UsageQuery): UsageReport | undefined {
  const plan = sumsPlan(query);
  if (!plan || isFarBehind(connection)) return undefined;
  const groups = new UsageGroups(query.groupBy);
  const find = query.bucket ? bucketFinder(query.bucket, query.tz ?? 'UTC') : () => undefined;
  const { pieces, edges } = piecesOf(query, plan);
  const atEdges = new Set<string>();
  for (const row of rowsOf(connection, plan, edges)) {
    groups.total.addRow(row);
    const value = plan.group && summedValue(row, plan.group);
    if (value !== undefined) atEdges.add(storedValue(value));
    if (plan.group || query.bucket)
      groups.group(value === undefined ? [] : [value], find(row.at))?.addRow(row);
  }
  addTotal(connection, plan, pieces, groups);
  if (!plan.group && !query.bucket) return groups.report(query.largest, query.limit);
  const values = plan.group ? candidates(connection, plan, pieces, query, atEdges) : undefined;
  for (const line of linesOf(connection, plan, pieces, values, query.bucket !== undefined)) {
    const names = plan.group ? [shownValue(line.value)] : [];
    const sums = groups.group(names, query.bucket ? find(line.start) : undefined);
    sums?.addCounts(line);
    sums?.addLatencies(decodeHistogram(line.durations), decodeHistogram(line.first_tokens));
  }
  return groups.report(query.largest, query.limit);
}

/** Rows that are read beside the sums, in one go. */
const MAX_UNSUMMED = 5_000;

function isFarBehind(connection: DatabaseSync): boolean {
  const next = connection.prepare(
    'SELECT 1 FROM ledger WHERE row_id > (SELECT row_id FROM usage_watermark) ORDER BY row_id LIMIT 1 OFFSET ?',
  );
  return next.get(MAX_UNSUMMED) !== undefined;
}

interface Stored extends Counts {
  readonly value: string;
  readonly start: number;
  readonly durations: string;
  readonly first_tokens: string;
}

const SUMMED_COUNTS = COUNT_NAMES.map((name) => `sum(${name}) AS ${name}`).join(', ');

/** The values that may be among the largest: those of the sums, and all that are in the rows beside them. */
function candidates(
  connection: DatabaseSync,
  plan: SumsPlan,
  pieces: readonly Piece[],
  { largest = 'cost_usd', limit }: UsageQuery,
  atEdges: ReadonlySet<string>,
): string[] | undefined {
  const column = largest.replace('_usd', '_nano');
  // Percentiles cannot be compared before they are made.
  if (limit === undefined || !(COUNT_NAMES as readonly string[]).includes(column)) return undefined;
  const where = conditionOf(plan, pieces);
  const found = connection
    .prepare(
      `SELECT value FROM usage_sums WHERE ${where.sql} GROUP BY value ORDER BY sum(${column}) DESC, value LIMIT ?`,
    )
    .all(...where.values, limit) as { value: string }[];
  return [...new Set([...found.map(({ value }) => value), ...atEdges])];
}

/** @param values the only ones of interest @param isByTime a line for each span of time, else one for each piece of a value */
function linesOf(
  connection: DatabaseSync,
  plan: SumsPlan,
  pieces: readonly Piece[],
  values: readonly string[] | undefined,
  isByTime: boolean,
): Stored[] {
  const where = conditionOf(plan, pieces, values);
  const columns = isByTime
    ? `value, start, ${COUNT_NAMES.join(', ')}, durations, first_tokens`
    : `value, min(start) AS start, ${SUMMED_COUNTS}, group_concat(nullif(durations, '')) AS durations,
       group_concat(nullif(first_tokens, '')) AS first_tokens`;
  const end = isByTime ? '' : `GROUP BY value LIMIT ${MAX_GROUPS}`;
  const lines = connection
    .prepare(`SELECT ${columns} FROM usage_sums WHERE ${where.sql} ${end}`)
    .all(...where.values) as unknown as Stored[];
  return lines.map((line) => ({
    ...line,
    durations: line.durations ?? '',
    first_tokens: line.first_tokens ?? '',
  }));
}

function addTotal(
  connection: DatabaseSync,
  plan: SumsPlan,
  pieces: readonly Piece[],
  { total }: UsageGroups,
): void {
  for (const line of linesOf(connection, { ...plan, ...plan.whole }, pieces, undefined, false)) {
    total.addCounts(line);
    total.addLatencies(decodeHistogram(line.durations), decodeHistogram(line.first_tokens));
  }
}

function conditionOf(
  { view, scope, values: only }: Pick<SumsPlan, 'view' | 'scope' | 'values'>,
  pieces: readonly Piece[],
  values = only,
): { sql: string; values: SQLInputValue[] } {
  const spans = pieces.map(() => '(span = ? AND start >= ? AND start < ?)').join(' OR ') || 'false';
  const list = values ? ` AND value IN (${values.map(() => '?').join(', ')})` : '';
  return {
    sql: `view = ? AND scope = ? AND (${spans})${list}`,
    values: [view, scope, ...pieces.flatMap(({ span, from, to }) => [span, from, to]), ...(values ?? [])],
  };
}

/** Rows of the parts of hours at both ends, and those that are not in the sums yet. */
function* rowsOf(
  connection: DatabaseSync,
  plan: SumsPlan,
  edges: readonly { readonly from: number; readonly to: number }[],
): Generator<LedgerRow> {
  const { row_id: mark } = connection.prepare('SELECT row_id FROM usage_watermark').get() as {
    row_id: number;
  };
  const statement = connection.prepare(
    `SELECT ${COUNTED_COLUMNS} FROM ledger WHERE row_id > ? AND row_id <= ? AND at >= ? AND at < ?
     AND refused_status IS NULL AND ${plan.rows.sql}`,
  );
  const select = (after: number, until: number, from: number, to: number) =>
    statement.all(after, until, from, to, ...plan.rows.values) as unknown as LedgerRow[];
  for (const { from, to } of edges)
    yield* select(minRowId(from) - 1, Math.min(mark, minRowId(to + MAX_DURATION)), from, to);
  yield* select(mark, Number.MAX_SAFE_INTEGER, plan.from, plan.to);
}

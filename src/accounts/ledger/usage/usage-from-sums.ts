/** Usage from the sums that SQLite keeps, and from the rows of the hours that a period has only a part of. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { HOUR } from '../../../core/durations.ts';
import { minRowId } from '../row-id.ts';
import { summedValue } from './sum-lines.ts';
import { type NumberedLedgerRow, SUMMED_COLUMNS } from './sum-rows.ts';
import { type Piece, piecesOf, type SumsPlan, sumsPlan } from './sums-plan.ts';
import { type StoredSums, SumsReport } from './sums-report.ts';
import { COUNT_NAMES } from './usage-groups.ts';
import { MAX_GROUPS, type UsageQuery, type UsageReport } from './usage-query.ts';

/** A row's number is this far from its time of arrival at most: no call takes longer. */
const MAX_DURATION = 2 * HOUR;

/** @returns nothing for a question that the sums do not answer, or while too many rows are not in them yet */
export function usageFromSums(connection: DatabaseSync, query: UsageQuery): UsageReport | undefined {
  const plan = sumsPlan(query);
  // All of it at one moment: another process may add rows to the sums meanwhile. Who has a transaction open has a moment already.
  const opens = !connection.isTransaction;
  if (opens) connection.exec('BEGIN');
  try {
    return plan && !isFarBehind(connection) ? reportOf(connection, query, plan) : undefined;
  } finally {
    if (opens) connection.exec('COMMIT');
  }
}

function reportOf(connection: DatabaseSync, query: UsageQuery, plan: SumsPlan): UsageReport {
  const report = new SumsReport(query, plan);
  const { pieces, edges } = piecesOf(query, plan);
  for (const row of rowsOf(connection, plan, edges)) {
    const value = plan.group ? summedValue(row, plan.group) : null;
    report.addBeside(value, row.at, (sums) => sums.addRow(row));
  }
  const whole = conditionOf(plan.whole, pieces);
  for (const line of linesOf(connection, whole, false)) report.addToTotal(line);
  if (report.isSplit) {
    const where = conditionOf(plan, pieces, candidates(connection, plan, pieces, report));
    for (const line of linesOf(connection, where, query.bucket !== undefined)) report.add(line);
  }
  return report.report();
}

/** Rows that are read beside the sums, in one go. */
const MAX_UNSUMMED = 5_000;

function isFarBehind(connection: DatabaseSync): boolean {
  const next = connection.prepare(
    'SELECT 1 FROM ledger WHERE row_id > (SELECT row_id FROM usage_watermark) ORDER BY row_id LIMIT 1 OFFSET ?',
  );
  return next.get(MAX_UNSUMMED) !== undefined;
}

interface Condition {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

function candidates(
  connection: DatabaseSync,
  plan: SumsPlan,
  pieces: readonly Piece[],
  report: SumsReport,
): string[] | undefined {
  if (!report.largest) return undefined;
  const { column, limit } = report.largest;
  const where = conditionOf(plan, pieces);
  const found = connection
    .prepare(
      `SELECT value FROM usage_sums WHERE ${where.sql} GROUP BY value ORDER BY sum(${column}) DESC, value LIMIT ?`,
    )
    .all(...where.values, limit) as { value: string }[];
  return report.candidates(found.map(({ value }) => value));
}

const SUMMED_COUNTS = COUNT_NAMES.map((name) => `sum(${name}) AS ${name}`).join(', ');

/** @param isByTime a line for each span of time, else one for each value */
function linesOf(connection: DatabaseSync, where: Condition, isByTime: boolean): StoredSums[] {
  const columns = isByTime
    ? `value, start, ${COUNT_NAMES.join(', ')}, durations, first_tokens`
    : `value, min(start) AS start, ${SUMMED_COUNTS}, group_concat(nullif(durations, '')) AS durations,
       group_concat(nullif(first_tokens, '')) AS first_tokens`;
  const end = isByTime ? '' : `GROUP BY value LIMIT ${MAX_GROUPS}`;
  return connection
    .prepare(`SELECT ${columns} FROM usage_sums WHERE ${where.sql} ${end}`)
    .all(...where.values) as unknown as StoredSums[];
}

/** @param values the only ones of interest */
function conditionOf(
  { view, scope, values: only }: Pick<SumsPlan, 'view' | 'scope' | 'values'>,
  pieces: readonly Piece[],
  values = only,
): Condition {
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
): Generator<NumberedLedgerRow> {
  const { row_id: mark } = connection.prepare('SELECT row_id FROM usage_watermark').get() as {
    row_id: number;
  };
  const statement = connection.prepare(
    `SELECT ${SUMMED_COLUMNS} FROM ledger WHERE row_id > ? AND row_id <= ? AND at >= ? AND at < ?
     AND refused_status IS NULL AND ${plan.rows.sql}`,
  );
  const select = (after: number, until: number, from: number, to: number) =>
    statement.all(after, until, from, to, ...plan.rows.values) as unknown as NumberedLedgerRow[];
  for (const { from, to } of edges)
    yield* select(minRowId(from) - 1, Math.min(mark, minRowId(to + MAX_DURATION)), from, to);
  yield* select(mark, Number.MAX_SAFE_INTEGER, plan.from, plan.to);
}

/** Usage from the sums that PostgreSQL's ledger keeps, and from the rows that are not in them or in hours that are not whole. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { HOUR } from '../../../core/durations.ts';
import type { Schema } from '../../database/schema.ts';
import { matches } from '../filter-conditions.ts';
import type { LatencyHistogram } from './latency-histogram.ts';
import { COUNTED_ROWS, dimensionIn, latencySlot } from './postgres-counts.ts';
import { type Piece, piecesOf, type SumsPlan, sumsPlan } from './sums-plan.ts';
import { type StoredSums, SumsReport } from './sums-report.ts';
import { OLDER_UNSUMMED } from './sums-schema.ts';
import { COUNT_NAMES, type Counts } from './usage-groups.ts';
import { MAX_GROUPS, type UsageQuery, type UsageReport } from './usage-query.ts';

/** Rows that are read beside the sums: more of them take longer than all rows of a period. */
const MAX_UNSUMMED = 20_000;

/** @returns nothing for a question that the sums do not answer, or while too many rows are not in them yet */
export async function usageFromPostgresSums(
  db: Kysely<Schema>,
  query: UsageQuery,
): Promise<UsageReport | undefined> {
  const plan = sumsPlan(query);
  if (!plan) return undefined;
  // All of it at one moment: rows go into the sums meanwhile.
  const moment = db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only');
  return moment.execute(async (transaction) => {
    const unsummed = await unsummedRows(transaction);
    return unsummed && reportOf(transaction, query, plan, unsummed);
  });
}

/** Numbers of rows that are not in the sums. @returns nothing where they are too many */
async function unsummedRows(db: Kysely<Schema>): Promise<number[] | undefined> {
  const { rows } = await sql<{ row_id: number }>`
    select unnest(row_ids) as row_id from usage_unsummed
    union all
    select row_id from ledger where ${sql.raw(OLDER_UNSUMMED)}
    limit ${sql.lit(MAX_UNSUMMED + 1)}`.execute(db);
  return rows.length > MAX_UNSUMMED ? undefined : rows.map((row) => row.row_id);
}

async function reportOf(
  db: Kysely<Schema>,
  query: UsageQuery,
  plan: SumsPlan,
  unsummed: readonly number[],
): Promise<UsageReport> {
  const report = new SumsReport(query, plan);
  const { pieces, edges } = piecesOf(query, plan);
  for (const row of await rowsBeside(db, query, plan, { unsummed, edges }))
    report.addBeside(row.value, row.start, (sums) => {
      sums.addCounts(row);
      sums.addLatencies(alike(row.duration_slot, row), alike(row.first_token_slot, row));
    });
  for (const line of await linesOf(db, conditionOf(plan.whole, pieces), false)) report.addToTotal(line);
  if (report.isSplit) {
    const where = conditionOf(plan, pieces, await candidates(db, plan, pieces, report));
    for (const line of await linesOf(db, where, query.bucket !== undefined)) report.add(line);
  }
  return report.report();
}

/** Rows of one value and hour whose latencies are alike, counted together: a busy hour has millions. */
interface CountedRows extends Counts {
  readonly value: string | null;
  readonly start: number;
  readonly duration_slot: number | null;
  readonly first_token_slot: number | null;
}

function alike(slot: number | null, { requests }: Counts): LatencyHistogram {
  return new Map(slot === null ? [] : [[slot, requests]]);
}

interface Beside {
  /** Numbers of rows. */
  readonly unsummed: readonly number[];
  /** Parts of hours: from (inclusive), to (exclusive). */
  readonly edges: readonly { readonly from: number; readonly to: number }[];
}

/** Rows of the parts of hours at both ends, and those that are not in the sums yet. */
async function rowsBeside(
  db: Kysely<Schema>,
  { filter }: UsageQuery,
  { group }: SumsPlan,
  { unsummed, edges }: Beside,
): Promise<CountedRows[]> {
  const places = [
    ...(unsummed.length > 0 ? [sql`row_id = any(${unsummed}::bigint[])`] : []),
    ...edges.map(({ from, to }) => sql`(at >= ${from} and at < ${to})`),
  ];
  if (places.length === 0) return [];
  const from = db
    .selectFrom('ledger')
    .selectAll()
    .where('refused_status', 'is', null)
    .where(matches(filter, 'postgres'))
    .where(sql<boolean>`(${sql.join(places, sql` or `)})`);
  const { rows } = await sql<CountedRows>`
    select ${group ? dimensionIn(group) : sql`null::text`} as value, at - at % ${sql.lit(HOUR)} as start,
      ${latencySlot('duration_ms')} as duration_slot, ${latencySlot('ttft_ms')} as first_token_slot, ${COUNTED_ROWS}
    from (${from}) as rows group by 1, 2, 3, 4`.execute(db);
  return rows;
}

async function candidates(
  db: Kysely<Schema>,
  plan: SumsPlan,
  pieces: readonly Piece[],
  report: SumsReport,
): Promise<string[] | undefined> {
  if (!report.largest) return undefined;
  const { column, limit } = report.largest;
  const { rows } = await sql<{ value: string }>`
    select value from usage_sums where ${conditionOf(plan, pieces)}
    group by value order by sum(${sql.ref(column)}) desc, value limit ${limit}`.execute(db);
  return report.candidates(rows.map(({ value }) => value));
}

const COUNTS = sql.raw(COUNT_NAMES.join(', '));
const SUMMED_COUNTS = sql.raw(COUNT_NAMES.map((name) => `sum(${name}) as ${name}`).join(', '));

/** @param isByTime a line for each span of time, else one for each value */
async function linesOf(
  db: Kysely<Schema>,
  where: RawBuilder<unknown>,
  isByTime: boolean,
): Promise<StoredSums[]> {
  const query = isByTime
    ? sql<StoredSums>`select value, start, ${COUNTS}, durations, first_tokens from usage_sums where ${where}`
    : sql<StoredSums>`
        select value, min(start) as start, ${SUMMED_COUNTS}, string_agg(nullif(durations, ''), ',') as durations,
          string_agg(nullif(first_tokens, ''), ',') as first_tokens
        from usage_sums where ${where} group by value limit ${sql.lit(MAX_GROUPS)}`;
  return (await query.execute(db)).rows;
}

/** @param values the only ones of interest */
function conditionOf(
  { view, scope, values: only }: Pick<SumsPlan, 'view' | 'scope' | 'values'>,
  pieces: readonly Piece[],
  values = only,
): RawBuilder<unknown> {
  const spans = pieces.map(
    ({ span, from, to }) => sql`(span = ${span} and start >= ${from} and start < ${to})`,
  );
  const isInSpans = spans.length > 0 ? sql`(${sql.join(spans, sql` or `)})` : sql`false`;
  const isOfValues = values ? sql` and value = any(${values}::text[])` : sql``;
  return sql`view = ${view} and scope = ${scope} and ${isInSpans}${isOfValues}`;
}

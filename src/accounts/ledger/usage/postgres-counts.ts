/** How rows of PostgreSQL's ledger are counted, in SQL: the same as `Sums.addRow` does. */
import { sql } from 'kysely';
import { GROWTH, SHORTEST } from './latency-histogram.ts';
import type { Counts } from './usage-groups.ts';
import type { Dimension } from './usage-query.ts';

const COUNTED: Readonly<Record<keyof Counts, string>> = {
  requests: 'count(*)',
  errors: `count(*) filter (where error <> 'client_closed')`,
  cache_hits: `count(*) filter (where cache in ('hit', 'hit-semantic'))`,
  input_tokens: 'coalesce(sum(input_tokens + cache_write_tokens), 0)',
  cached_input_tokens: 'coalesce(sum(cached_input_tokens), 0)',
  output_tokens: 'coalesce(sum(output_tokens), 0)',
  reasoning_tokens: 'coalesce(sum(reasoning_tokens), 0)',
  cost_nano: 'coalesce(sum(cost_nano), 0)',
  saved_nano: 'coalesce(sum(saved_nano), 0)',
  unpriced_requests: 'count(*) filter (where cost_nano is null)',
};

/** Each count under its name, as columns of a query with groups. */
export const COUNTED_ROWS = sql.raw(
  Object.entries(COUNTED)
    .map(([name, count]) => `${count} as ${name}`)
    .join(', '),
);

/** Milliseconds; rows of before there was a column have it in their receipt. */
export function latency(name: 'duration_ms' | 'ttft_ms') {
  const inReceipt = sql`(receipt::json ->> ${sql.lit(name)})::double precision`;
  return sql<number | null>`case when duration_ms is null then ${inReceipt} else ${sql.ref(name)} end`;
}

/** The slot of the histogram it is in: the same as `slotOf` has; null where there is none, which `greatest` would not keep. */
export function latencySlot(name: 'duration_ms' | 'ttft_ms') {
  const milliseconds = latency(name);
  const shortest = sql.lit(SHORTEST);
  const bounded = sql`case when ${milliseconds} < ${shortest} then ${shortest} else ${milliseconds} end`;
  return sql<number | null>`round(ln(${bounded}) / ${sql.lit(GROWTH)})`;
}

/** The value of a dimension in a row. */
export function dimensionIn(dimension: Dimension) {
  switch (dimension) {
    case 'model':
      return sql<string | null>`provider || '/' || model`;
    case 'key':
      return sql<string | null>`key_id`;
    case 'project':
      return sql<string | null>`project_id`;
    default:
      return sql.ref<string | null>(dimension);
  }
}

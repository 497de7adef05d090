/** A question about usage, and its answer. */
import type { LedgerFilter } from '../ledger-filter.ts';

/** What requests are grouped by, and the columns of the ledger that say it. */
export const DIMENSIONS = {
  model: ['provider', 'model'],
  provider: ['provider'],
  key: ['key_id'],
  project: ['project_id'],
  user: ['user'],
  agent: ['agent'],
  session: ['session'],
  door: ['door'],
  chain: ['chain'],
  cache: ['cache'],
} as const;

/** By what requests can be grouped, beside time. */
export type Dimension = keyof typeof DIMENSIONS;

/** Periods of time by which requests can be grouped; a week begins on Monday. */
export const BUCKETS = ['hour', 'day', 'week', 'month'] as const;

/** See {@link BUCKETS}. */
export type Bucket = (typeof BUCKETS)[number];

/** Of one report; what is beyond is summed up as `other`. */
export const MAX_GROUPS = 10_000;

/** What is asked: which requests, and how they are grouped. */
export interface UsageQuery {
  readonly groupBy: readonly Dimension[];
  /** Periods of time, in the time zone. */
  readonly bucket?: Bucket | undefined;
  readonly tz?: string;
  readonly filter: LedgerFilter;
  /** The name of a sum, the largest first; without it groups are in the order of their names. */
  readonly largest?: keyof UsageSums | undefined;
  /** Groups, apart from periods of time. */
  readonly limit?: number | undefined;
}

/** What is told of each group, under the names of the API. */
export interface UsageSums {
  readonly requests: number;
  /** Requests that ended in an error; not those whose caller hung up. */
  readonly errors: number;
  /** Answers from a cache. */
  readonly cache_hits: number;
  readonly input_tokens: number;
  readonly cached_input_tokens: number;
  readonly output_tokens: number;
  readonly reasoning_tokens: number;
  /** Dollars, of the requests whose price is known. */
  readonly cost_usd: number;
  /** What answers from caches and shared calls would have cost, as far as that is known. */
  readonly saved_usd: number;
  /** Requests whose price is unknown. */
  readonly unpriced_requests: number;
  /** Milliseconds from arrival to the end, and to the first token; `null` where there was none. */
  readonly p50_ms: number | null;
  readonly p95_ms: number | null;
  readonly ttft_p50_ms: number | null;
}

/** Counts that reports show as they are summed up; money is converted first. */
export const PLAIN_COUNTS = [
  'requests',
  'errors',
  'cache_hits',
  'input_tokens',
  'cached_input_tokens',
  'output_tokens',
  'reasoning_tokens',
] as const satisfies readonly (keyof UsageSums)[];

/** In the order in which reports show them. */
export const SUM_NAMES = [
  ...PLAIN_COUNTS,
  'cost_usd',
  'saved_usd',
  'unpriced_requests',
  'p50_ms',
  'p95_ms',
  'ttft_p50_ms',
] as const satisfies readonly (keyof UsageSums)[];

/** The values by which a group was made, and its sums. */
export type UsageGroup = UsageSums & {
  readonly [Name in Dimension]?: string | null;
} & {
  /** The beginning of a period, in milliseconds since the epoch. */
  readonly start?: number;
};

/** All groups, and the total of every request that was meant, whether its group is shown or not. */
export interface UsageReport {
  readonly data: readonly UsageGroup[];
  /** What the groups have left out that are too many; its percentiles are not known. */
  readonly other: UsageSums | null;
  readonly total: UsageSums;
}

/** Sums of requests by group, as they are gathered from rows one by one or from sums that were kept. */
import { toDollars } from '../../../core/money.ts';
import { type FailureKind, failureTable } from '../../../failures/failure-table.ts';
import { addHistogram, addLatency, type LatencyHistogram, percentile } from './latency-histogram.ts';
import {
  type Dimension,
  MAX_GROUPS,
  PLAIN_COUNTS,
  SUM_NAMES,
  type UsageGroup,
  type UsageReport,
  type UsageSums,
} from './usage-query.ts';

/** Counts; money is nano-dollars. */
export interface Counts {
  requests: number;
  errors: number;
  cache_hits: number;
  input_tokens: number;
  cached_input_tokens: number;
  output_tokens: number;
  reasoning_tokens: number;
  cost_nano: number;
  saved_nano: number;
  unpriced_requests: number;
}

/** What is added up for each group, and kept in the table of sums under these names. */
export const COUNT_NAMES = [
  ...PLAIN_COUNTS,
  'cost_nano',
  'saved_nano',
  'unpriced_requests',
] as const satisfies readonly (keyof Counts)[];

/** What a row of the ledger says that is counted. */
export interface CountedRow {
  readonly input_tokens: number;
  readonly cached_input_tokens: number;
  readonly cache_write_tokens: number;
  readonly output_tokens: number;
  readonly reasoning_tokens: number;
  readonly cost_nano: number | null;
  readonly saved_nano: number | null;
  readonly cache: string;
  readonly error: string | null;
  readonly duration_ms: number | null;
  readonly ttft_ms: number | null;
}

/** Everything that is added up for one group. */
export class Sums {
  readonly counts: Counts = {
    requests: 0,
    errors: 0,
    cache_hits: 0,
    input_tokens: 0,
    cached_input_tokens: 0,
    output_tokens: 0,
    reasoning_tokens: 0,
    cost_nano: 0,
    saved_nano: 0,
    unpriced_requests: 0,
  };
  readonly durations: LatencyHistogram = new Map();
  readonly firstTokens: LatencyHistogram = new Map();

  addRow(row: CountedRow): void {
    const { counts } = this;
    counts.requests += 1;
    if (row.error !== null && !failureTable[row.error as FailureKind]?.isClosedByCaller) counts.errors += 1;
    if (row.cache === 'hit' || row.cache === 'hit-semantic') counts.cache_hits += 1;
    // What is written to a provider's cache was read as input.
    counts.input_tokens += row.input_tokens + row.cache_write_tokens;
    counts.cached_input_tokens += row.cached_input_tokens;
    counts.output_tokens += row.output_tokens;
    counts.reasoning_tokens += row.reasoning_tokens;
    counts.cost_nano += row.cost_nano ?? 0;
    counts.saved_nano += row.saved_nano ?? 0;
    if (row.cost_nano === null) counts.unpriced_requests += 1;
    addLatency(this.durations, row.duration_ms);
    addLatency(this.firstTokens, row.ttft_ms);
  }

  addCounts(counts: Counts): void {
    for (const name of COUNT_NAMES) this.counts[name] += Number(counts[name]);
  }

  addLatencies(durations: LatencyHistogram, firstTokens: LatencyHistogram): void {
    addHistogram(this.durations, durations);
    addHistogram(this.firstTokens, firstTokens);
  }

  copy(): Sums {
    const copy = new Sums();
    copy.add(this);
    return copy;
  }

  add(other: Sums): void {
    this.addCounts(other.counts);
    this.addLatencies(other.durations, other.firstTokens);
  }

  report(): UsageSums {
    return {
      ...countsReport(this.counts),
      p50_ms: percentile(this.durations, 0.5),
      p95_ms: percentile(this.durations, 0.95),
      ttft_p50_ms: percentile(this.firstTokens, 0.5),
    };
  }
}

function countsReport({ cost_nano: cost, saved_nano: saved, unpriced_requests, ...counts }: Counts) {
  return { ...counts, cost_usd: toDollars(cost), saved_usd: toDollars(saved), unpriced_requests };
}

interface Group {
  readonly values: readonly (string | null)[];
  readonly start: number | undefined;
  readonly sums: Sums;
}

/** Groups by the values of dimensions and the beginning of a period; those that are too many are only in the total. */
export class UsageGroups {
  readonly #dimensions: readonly Dimension[];
  readonly #groups = new Map<string, Group>();
  readonly total = new Sums();

  constructor(dimensions: readonly Dimension[]) {
    this.#dimensions = dimensions;
  }

  /** @returns the sums of a group, to which more may be added; `undefined` where there are too many groups */
  group(values: readonly (string | null)[], start: number | undefined): Sums | undefined {
    const key = `${start ?? ''}\0${values.map((value) => (value === null ? '' : `=${value}`)).join('\0')}`;
    let group = this.#groups.get(key);
    if (!group) {
      if (this.#groups.size >= MAX_GROUPS) return undefined;
      group = { values, start, sums: new Sums() };
      this.#groups.set(key, group);
    }
    return group.sums;
  }

  /** @param limit of groups, apart from their periods: the largest by `largest`, or by cost */
  report(largest: keyof UsageSums | undefined, limit: number | undefined): UsageReport {
    const groups: UsageGroup[] = [...this.#groups.values()].map(({ values, start, sums }) => ({
      ...(start !== undefined && { start }),
      ...(Object.fromEntries(this.#dimensions.map((name, at) => [name, values[at]])) as object),
      ...sums.report(),
    }));
    return usageReport(groups, this.total.report(), { dimensions: this.#dimensions, largest, limit });
  }
}

interface Shape {
  readonly dimensions: readonly Dimension[];
  readonly largest?: keyof UsageSums | undefined;
  readonly limit: number | undefined;
}

/** Groups in their order, the largest of them where there is a limit. */
export function usageReport(groups: readonly UsageGroup[], total: UsageSums, shape: Shape): UsageReport {
  const shown = largestOf(groups, shape);
  const sorted = [...shown].sort(
    shape.largest ? bySum(shape.largest, shape.dimensions) : byName(shape.dimensions),
  );
  return { data: sorted, other: otherThan(shown, total), total };
}

function largestOf(
  groups: readonly UsageGroup[],
  { dimensions, largest = 'cost_usd', limit }: Shape,
): readonly UsageGroup[] {
  if (limit === undefined || dimensions.length === 0) return groups;
  const named = Map.groupBy(groups, (group) => JSON.stringify(dimensions.map((name) => group[name])));
  if (named.size <= limit) return groups;
  const sizeOf = (ofName: readonly UsageGroup[]) =>
    ofName.reduce((sum, group) => sum + (group[largest] ?? 0), 0);
  const inOrder = byName(dimensions);
  return [...named.values()]
    .map((ofName) => ({ ofName, size: sizeOf(ofName) }))
    .sort((one, other) => other.size - one.size || inOrder(one.ofName[0]!, other.ofName[0]!))
    .slice(0, limit)
    .flatMap(({ ofName }) => ofName);
}

function bySum(name: keyof UsageSums, dimensions: readonly Dimension[]) {
  const inOrder = byName(dimensions);
  return (one: UsageGroup, other: UsageGroup) =>
    (other[name] ?? -1) - (one[name] ?? -1) || inOrder(one, other);
}

/** In the order of time, then of names; a group without one comes first. */
function byName(dimensions: readonly Dimension[]) {
  return (one: UsageGroup, other: UsageGroup): number => {
    if (one.start !== other.start) return (one.start ?? 0) - (other.start ?? 0);
    for (const name of dimensions) {
      const [left, right] = [String(one[name] ?? ''), String(other[name] ?? '')];
      if (left !== right) return left < right ? -1 : 1;
    }
    return 0;
  };
}

/** All but the latencies, which do not add up. */
type Added = Exclude<(typeof SUM_NAMES)[number], 'p50_ms' | 'p95_ms' | 'ttft_p50_ms'>;
const ADDED = SUM_NAMES.filter((name): name is Added => !name.endsWith('_ms'));

/** @returns nothing where the groups are all there is */
function otherThan(groups: readonly UsageGroup[], total: UsageSums): UsageSums | null {
  const left = Object.fromEntries(
    ADDED.map((name) => {
      const rest = groups.reduce((sum, group) => sum - group[name], total[name]);
      return [name, name.endsWith('_usd') ? Math.round(rest * 1e9) / 1e9 : rest];
    }),
  ) as Record<Added, number>;
  if (left.requests === 0 || groups.length === 0) return null;
  return { ...left, p50_ms: null, p95_ms: null, ttft_p50_ms: null };
}

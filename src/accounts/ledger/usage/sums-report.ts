import { decodeHistogram } from './latency-histogram.ts';
import type { SumsPlan } from './sums-plan.ts';
import { shownValue, storedValue } from './sums-schema.ts';
import { bucketFinder } from './time-buckets.ts';
import { COUNT_NAMES, type Counts, type Sums, UsageGroups } from './usage-groups.ts';
import type { UsageQuery, UsageReport } from './usage-query.ts';

/** Sums as a database returns them: of one value, in one span or in several that were added up; latencies as they are kept. */
export interface StoredSums extends Counts {
  readonly value: string;
  readonly start: number;
  readonly durations: string | null;
  readonly first_tokens: string | null;
}

/** A report made of the sums that are kept and of what is read beside them, the same from either database. */
export class SumsReport {
  readonly #query: UsageQuery;
  readonly #hasGroups: boolean;
  readonly #groups: UsageGroups;
  readonly #startOf: (at: number) => number | undefined;
  readonly #valuesBeside = new Set<string>();

  constructor(query: UsageQuery, { group }: SumsPlan) {
    this.#query = query;
    this.#hasGroups = group !== undefined;
    this.#groups = new UsageGroups(query.groupBy);
    this.#startOf = query.bucket ? bucketFinder(query.bucket, query.tz ?? 'UTC') : () => undefined;
  }

  /** Whether there is more to report than a total. */
  get isSplit(): boolean {
    return this.#hasGroups || this.#query.bucket !== undefined;
  }

  /**
   * Counts what is not in the sums, or in spans that are not whole.
   * @param value of the group, if there is one
   * @param add counts it in sums
   */
  addBeside(value: string | null, at: number, add: (sums: Sums) => void): void {
    add(this.#groups.total);
    if (!this.isSplit) return;
    if (this.#hasGroups) this.#valuesBeside.add(storedValue(value));
    const sums = this.#groups.group(this.#hasGroups ? [value] : [], this.#startOf(at));
    if (sums) add(sums);
  }

  addToTotal(stored: StoredSums): void {
    addStored(this.#groups.total, stored);
  }

  add(stored: StoredSums): void {
    const names = this.#hasGroups ? [shownValue(stored.value)] : [];
    const sums = this.#groups.group(names, this.#startOf(stored.start));
    if (sums) addStored(sums, stored);
  }

  /**
   * The column by which the largest values of the sums can be found, and how many of them are wanted; nothing where all values
   * are, or where they can only be compared in the end, as percentiles can.
   */
  get largest(): { readonly column: string; readonly limit: number } | undefined {
    const { largest = 'cost_usd', limit } = this.#query;
    const column = largest.replace('_usd', '_nano');
    const isCount = (COUNT_NAMES as readonly string[]).includes(column);
    return this.#hasGroups && limit !== undefined && isCount ? { column, limit } : undefined;
  }

  /** Values that may be among the largest: those of the sums, and all that were counted beside them. */
  candidates(ofSums: readonly string[]): string[] {
    return [...new Set([...ofSums, ...this.#valuesBeside])];
  }

  report(): UsageReport {
    return this.#groups.report(this.#query.largest, this.#query.limit);
  }
}

function addStored(sums: Sums, stored: StoredSums): void {
  sums.addCounts(stored);
  sums.addLatencies(decodeHistogram(stored.durations ?? ''), decodeHistogram(stored.first_tokens ?? ''));
}

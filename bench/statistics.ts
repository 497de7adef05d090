/** Minimum, median and maximum: on a shared machine the spread says as much as the middle. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
  return { min: sorted[0]!, median, max: sorted.at(-1)! };
}

/**
 * The median of a sample, and between which of its values that of the whole lies with 95 % certainty, whatever the
 * distribution: how many values are below it is a binomial count, for which the normal one stands in from some 20 values on.
 */
export function medianWithInterval(values: readonly number[]): Spread {
  const sorted = [...values].sort((left, right) => left - right);
  const half = 0.98 * Math.sqrt(sorted.length);
  const low = Math.max(0, Math.floor(sorted.length / 2 - half));
  const high = Math.min(sorted.length - 1, Math.ceil(sorted.length / 2 + half));
  return { min: sorted[low]!, median: spread(sorted).median, max: sorted[high]! };
}

/** Ratios pair by pair, each pair from one round, so that they hold when the machine's speed drifts. */
export function ratios(ours: readonly number[], theirs: readonly number[]): Spread {
  return spread(ours.map((value, round) => value / theirs[round]!));
}

/** @param share 0.5 for the median, 0.99 for the slowest hundredth, 1 for the largest */
export function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

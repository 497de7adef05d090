/**
 * Counters and histograms as plain numbers in memory, because they are counted inside every request. What they hold is
 * handed out in the form of prom-client's `getMetricsAsJSON`, which sums it over workers and writes it down.
 */

/** One metric with all its series, as prom-client has it. */
export interface Snapshot {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** How the values of several workers become one. */
  readonly aggregator: 'sum' | 'max' | 'min' | 'first' | 'average' | 'omit';
  readonly values: readonly SnapshotValue[];
}

/** One line of a metric. */
export interface SnapshotValue {
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Where it is not the metric's own: `…_bucket`, `…_sum`, `…_count`. */
  readonly metricName?: string;
}

/** Label values of a metric beyond this many combinations are counted together, as `other`. */
export const MAX_METRIC_SERIES = 2_000;
/** The value of every label of what is counted together. */
export const OTHER = 'other';

abstract class Family<Series> {
  readonly name: string;
  protected readonly help: string;
  readonly #labelNames: readonly string[];
  readonly #series = new Map<string, { labels: Record<string, string>; series: Series }>();

  constructor(name: string, help: string, labelNames: readonly string[]) {
    this.name = name;
    this.help = help;
    this.#labelNames = labelNames;
  }

  /** The series with these label values, in the order of the names. Keep it where it is used often. */
  with(...values: readonly string[]): Series {
    const key = values.join('\n');
    const known = this.#series.get(key);
    if (known) return known.series;
    if (this.#series.size >= MAX_METRIC_SERIES && values.some((value) => value !== OTHER))
      return this.with(...values.map(() => OTHER));
    const labels = Object.fromEntries(this.#labelNames.map((name, at) => [name, values[at] ?? '']));
    const series = this.make();
    this.#series.set(key, { labels, series });
    return series;
  }

  protected abstract make(): Series;
  protected abstract valuesOf(series: Series, labels: Record<string, string>): readonly SnapshotValue[];

  protected values(): SnapshotValue[] {
    return [...this.#series.values()].flatMap(({ series, labels }) => this.valuesOf(series, labels));
  }
}

/** A number that only grows; whoever counts often keeps it at hand. */
export interface CounterSeries {
  value: number;
}

/** A counter with labels. */
export class Counter extends Family<CounterSeries> {
  readonly #perUnit: number;

  /** @param perUnit what is counted for one of the unit that the name says: 1e9 where nano-dollars are given as dollars */
  constructor(name: string, help: string, labelNames: readonly string[], perUnit = 1) {
    super(name, help, labelNames);
    this.#perUnit = perUnit;
  }

  snapshot(): Snapshot {
    const { name, help } = this;
    return { name, help, type: 'counter', aggregator: 'sum', values: this.values() };
  }

  protected make(): CounterSeries {
    return { value: 0 };
  }

  protected valuesOf({ value }: CounterSeries, labels: Record<string, string>): readonly SnapshotValue[] {
    return [{ value: value / this.#perUnit, labels }];
  }
}

/** How often which values came, for one set of labels. */
export class HistogramSeries {
  readonly #bounds: readonly number[];
  /** By bucket, not cumulated; the last is everything above the last bound. */
  readonly counts: number[];
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.counts = new Array(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    let bucket = 0;
    while (bucket < this.#bounds.length && value > this.#bounds[bucket]!) bucket++;
    this.counts[bucket]! += 1;
    this.sum += value;
  }
}

/** A histogram with labels. */
export class Histogram extends Family<HistogramSeries> {
  readonly #bounds: readonly number[];

  /** @param bounds upper bounds of the buckets, ascending */
  constructor(name: string, help: string, labelNames: readonly string[], bounds: readonly number[]) {
    super(name, help, labelNames);
    this.#bounds = bounds;
  }

  snapshot(): Snapshot {
    const { name, help } = this;
    return { name, help, type: 'histogram', aggregator: 'sum', values: this.values() };
  }

  protected make(): HistogramSeries {
    return new HistogramSeries(this.#bounds);
  }

  protected valuesOf(series: HistogramSeries, labels: Record<string, string>): readonly SnapshotValue[] {
    // A family is made whole for each kind of call; what has not happened has no series.
    if (series.counts.every((inBucket) => inBucket === 0)) return [];
    let count = 0;
    const buckets = series.counts.map((inBucket, at): SnapshotValue => {
      count += inBucket;
      const le = at < this.#bounds.length ? String(this.#bounds[at]) : '+Inf';
      return { metricName: `${this.name}_bucket`, labels: { ...labels, le }, value: count };
    });
    return [
      ...buckets,
      { metricName: `${this.name}_sum`, labels, value: series.sum },
      { metricName: `${this.name}_count`, labels, value: count },
    ];
  }
}

/** A value of the moment, made when it is asked for. */
export function gauge(
  name: string,
  help: string,
  aggregator: Snapshot['aggregator'],
  values: readonly SnapshotValue[] | number,
): Snapshot {
  return {
    name,
    help,
    type: 'gauge',
    aggregator,
    values: typeof values === 'number' ? [{ value: values, labels: {} }] : values,
  };
}

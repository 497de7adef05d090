/**
 * Metrics as Prometheus reads them. prom-client writes them down, sums those of several workers, and adds what there is
 * to say of a Node process; it is loaded with the first request for them.
 */
import { AggregatorRegistry, collectDefaultMetrics, Registry } from 'prom-client';
import { MAX_METRIC_SERIES, OTHER, type Snapshot } from './instruments.ts';

/** The content type of the text format. */
export const PROMETHEUS_TEXT = Registry.PROMETHEUS_CONTENT_TYPE;

const ONLY_FOR_COUNTERS = /_total$/;

/** CPU, memory, garbage collection, event loop; they are watched from the first request for them on. */
let processMetrics: Registry | undefined;

/** What there is to say of the Node process itself, measured now: memory, event loop, garbage collection. */
export async function processSnapshots(): Promise<Snapshot[]> {
  if (!processMetrics) {
    processMetrics = new Registry();
    collectDefaultMetrics({ register: processMetrics, prefix: 'codellama_' });
  }
  const all = (await processMetrics.getMetricsAsJSON()) as unknown as Snapshot[];
  return all
    .filter(({ name, type }) => !(type === 'gauge' && ONLY_FOR_COUNTERS.test(name)))
    .map((metric) => ({ ...metric, values: metric.values.filter(({ value }) => isMeasured(value)) }));
}

/** Node's histogram of the event loop's lag has no mean, and an endless minimum, until something is in it. */
function isMeasured(value: number): boolean {
  return value < 1e18;
}

/** @param sources the snapshots of each process */
export function toPrometheusText(sources: readonly (readonly Snapshot[])[]): Promise<string> {
  return aggregate(sources).metrics();
}

/**
 * The counts of workers that have ended, as one source: without them a sum would fall when a worker is replaced, which
 * reads like a restart of everything. What was counted after a worker was last asked is lost. Each worker may have had other
 * models; those that are too many for one process are counted together here, too.
 */
export function sumOfEnded(sources: readonly (readonly Snapshot[])[]): readonly Snapshot[] {
  const counts = sources.map((source) => source.filter(({ type }) => type !== 'gauge'));
  return snapshotsOf(aggregate([snapshotsOf(aggregate(counts)).map(withBoundedSeries)]));
}

/** The series that come first stay. */
function withBoundedSeries(snapshot: Snapshot): Snapshot {
  const kept = new Set<string>();
  const values = snapshot.values.map((value) => {
    const { le, ...labels } = value.labels;
    const key = JSON.stringify(labels);
    if (kept.size < MAX_METRIC_SERIES) kept.add(key);
    if (kept.has(key)) return value;
    const others = Object.fromEntries(Object.keys(labels).map((name) => [name, OTHER]));
    return { ...value, labels: le === undefined ? others : { ...others, le } };
  });
  return { ...snapshot, values };
}

function snapshotsOf(registry: Registry): Snapshot[] {
  return registry.getMetricsAsArray() as unknown as Snapshot[];
}

function aggregate(sources: readonly (readonly Snapshot[])[]): Registry {
  return AggregatorRegistry.aggregate(
    sources as unknown as Parameters<typeof AggregatorRegistry.aggregate>[0],
  ) as Registry;
}

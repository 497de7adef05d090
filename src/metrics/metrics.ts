/** The metrics of a process, and of all its workers together. */
import cluster from 'node:cluster';
import { sumOfWorkers } from './all-workers.ts';
import type { Snapshot } from './instruments.ts';
import type { RequestMetrics } from './request-metrics.ts';
import { type ServerState, stateSnapshots } from './state-metrics.ts';

/** A reply for Prometheus. */
export interface MetricsText {
  readonly text: string;
  readonly contentType: string;
}

/** @param state read each time @returns what `GET /metrics` answers */
export function metricsOf(requests: RequestMetrics, state: () => ServerState): () => Promise<MetricsText> {
  const exposition = () => import('./exposition.ts');
  const own = async (): Promise<readonly Snapshot[]> => [
    ...requests.snapshots(),
    ...stateSnapshots(state()),
    ...(await (await exposition()).processSnapshots()),
  ];
  const text = cluster.isWorker
    ? sumOfWorkers(own)
    : async () => (await exposition()).toPrometheusText([await own()]);
  return async () => ({ text: await text(), contentType: (await exposition()).PROMETHEUS_TEXT });
}

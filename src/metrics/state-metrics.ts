/** What is measured of the moment: read when somebody asks for the metrics, and never before. */
import { gauge, type Snapshot, type SnapshotValue } from './instruments.ts';
import { type SimilarState, similarSnapshots } from './similar-metrics.ts';

/** What the metrics read of a running server. */
export interface ServerState {
  readonly version: string;
  readonly inFlight: number;
  readonly maxInFlight: number;
  /** Dollars. */
  readonly held: number;
  readonly targets: readonly {
    /** `provider/upstream-model`. */
    readonly target: string;
    readonly state: 'up' | 'failing' | 'cooling' | 'probing';
    readonly because?: string;
    /** Milliseconds since the epoch. */
    readonly until?: number;
  }[];
  readonly chains: readonly { readonly name: string; readonly targets: number; readonly usable: number }[];
  readonly sinks: Readonly<Record<string, SinkCounts>>;
  readonly cache: { readonly entries: number; readonly bytes: number; readonly maxBytes: number };
  /** Of the stores that compare questions. */
  readonly similar: SimilarState;
  readonly ledger: {
    /** Rows that are written down nowhere yet. */
    readonly unsafeRows: number;
    /** Rows on their way to PostgreSQL, or more than `MAX_COUNTED`; shared by all processes of a machine. */
    readonly outboxRows: number;
    /** Arrival of the oldest request whose row is not in the database, in milliseconds since the epoch. */
    readonly oldestAt: number | undefined;
  };
  /** Stores that are used, and whether they can be reached. */
  readonly stores: Readonly<Record<string, boolean>>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

interface SinkCounts {
  readonly written: number;
  readonly failed: number;
  readonly tooLarge: number;
  readonly dropped: number;
  readonly waiting: number;
}

/**
 * The figures of the moment. What each worker has of its own says how it is put together over all of them: sum, minimum or
 * maximum.
 */
export function stateSnapshots(state: ServerState): Snapshot[] {
  const { targets, chains, sinks, cache, ledger, stores, now } = state;
  const sinkValues = (read: (counts: SinkCounts) => number) =>
    Object.entries(sinks).map(([sink, counts]) => ({ labels: { sink }, value: read(counts) }));
  const lag = ledger.oldestAt === undefined ? 0 : Math.max(0, now - ledger.oldestAt) / 1000;
  return [
    gauge('codellama_build_info', 'Version of the server and of Node, always 1', 'max', [
      { labels: { version: state.version, node: process.versions.node }, value: 1 },
    ]),
    gauge('codellama_workers', 'Processes whose figures these are', 'sum', 1),
    gauge('codellama_requests_in_flight', 'Calls being answered', 'sum', state.inFlight),
    gauge(
      'codellama_requests_in_flight_limit',
      'Calls that may be answered at once',
      'sum',
      state.maxInFlight,
    ),
    gauge('codellama_held_usd', 'US dollars held of budgets for calls in flight', 'sum', state.held),
    // The worst of all workers: without Redis each has cooldowns of its own.
    gauge('codellama_target_up', '1 when a target may be called, 0 while it cools', 'min', targets.map(upOf)),
    gauge(
      'codellama_target_cooldown_remaining_seconds',
      'How long a target is still left out, by the kind of failure',
      'max',
      targets.flatMap((target) => remainingOf(target, now)),
    ),
    gauge('codellama_chain_targets', 'Targets of a chain', 'min', chains.map(countOf('targets'))),
    gauge(
      'codellama_chain_usable_targets',
      'Targets of a chain that may be called now',
      'min',
      chains.map(countOf('usable')),
    ),
    gauge('codellama_cache_entries', 'Answers in memory', 'sum', cache.entries),
    gauge('codellama_cache_bytes', 'What these answers take', 'sum', cache.bytes),
    gauge('codellama_cache_limit_bytes', 'What answers may take', 'sum', cache.maxBytes),
    ...similarSnapshots(state.similar),
    gauge(
      'codellama_ledger_unsafe_rows',
      'Ledger rows that wait in memory, as the disk takes none',
      'sum',
      ledger.unsafeRows,
    ),
    gauge(
      'codellama_ledger_outbox_rows',
      'Ledger rows that are safe on the local disk and not in PostgreSQL yet',
      'max',
      ledger.outboxRows,
    ),
    gauge('codellama_ledger_lag_seconds', 'Age of the oldest row that is not in the database', 'max', lag),
    gauge(
      'codellama_store_up',
      '1 while a store that the server uses can be reached',
      'min',
      Object.entries(stores).map(([store, isUp]) => ({ labels: { store }, value: isUp ? 1 : 0 })),
    ),
    gauge(
      'codellama_sink_queue_events',
      'Events that wait for a sink',
      'sum',
      sinkValues(({ waiting }) => waiting),
    ),
    {
      name: 'codellama_sink_events_total',
      help: 'Events that a sink has taken, failed to take, cannot take as they are too large, or lost as its queue was full',
      type: 'counter',
      aggregator: 'sum',
      values: Object.entries(sinks).flatMap(([sink, { written, failed, tooLarge, dropped }]) =>
        Object.entries({ written, failed, too_large: tooLarge, dropped }).map(([outcome, value]) => ({
          labels: { sink, outcome },
          value,
        })),
      ),
    },
  ];
}

type TargetState = ServerState['targets'][number];

function upOf(target: TargetState): SnapshotValue {
  return { labels: labelsOf(target), value: target.state === 'cooling' ? 0 : 1 };
}

function remainingOf(target: TargetState, now: number): SnapshotValue[] {
  if (target.state !== 'cooling' || target.until === undefined) return [];
  const labels = { ...labelsOf(target), kind: target.because ?? '' };
  return [{ labels, value: Math.max(0, target.until - now) / 1000 }];
}

function labelsOf({ target }: TargetState): Record<string, string> {
  const slash = target.indexOf('/');
  return { provider: target.slice(0, slash), model: target.slice(slash + 1) };
}

function countOf(field: 'targets' | 'usable') {
  return (chain: ServerState['chains'][number]): SnapshotValue => ({
    labels: { chain: chain.name },
    value: chain[field],
  });
}

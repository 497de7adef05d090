/**
 * What each observer does of a call in the thread that answers, by itself: the whole server's CPU time differs from one
 * minute to the next by more than this, so here the quickest of many short runs counts.
 */
import { Worker } from 'node:worker_threads';
import { parseSettings } from '../../src/config/environment.ts';
import { orderedId } from '../../src/core/ids.ts';
import { samplerOf } from '../../src/core/trace-ids.ts';
import type { EventOf } from '../../src/events/event.ts';
import type { CallRecord } from '../../src/events/receipt.ts';
import { RequestMetrics } from '../../src/metrics/request-metrics.ts';
import { traceHeadersOf } from '../../src/opentelemetry.ts';
import { AlertRules } from '../../src/sinks/alerts/alert-rules.ts';
import { traceRecordOf } from '../../src/sinks/opentelemetry/trace-record.ts';
import { PLAIN_RECEIPT } from '../../test/helpers/plain-receipt.ts';
import { LOAD_CORE, pin, SERVER_CORE } from '../processes.ts';
import type { Row } from '../report.ts';
import { spread } from '../statistics.ts';

const RUNS = 40;
const CALLS = 5_000;
/** Calls that are told to the thread of spans together; under load they are more. */
const BATCH = 50;

export async function measureObservers(): Promise<Row[]> {
  const events = Array.from({ length: CALLS }, () => settled(orderedId()));
  const metrics = new RequestMetrics(() => ['together/codellama']);
  const nothing = { chains: () => [], models: () => [], budgets: async () => [] };
  const alerts = new AlertRules({ watched: nothing, errorRate: 0.1 });
  const headersOf = traceHeadersOf(parseSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }))!;
  const options = { isSampled: samplerOf('always_on', 1), hasContent: false };
  // Read on the core that is idle here: on its own, the clock would count what the other thread does of it.
  pin([process.pid], `${SERVER_CORE},${LOAD_CORE}`);
  const reader = new Worker('require("node:worker_threads").parentPort.on("message", () => {})', {
    eval: true,
  });
  const observers: Record<string, () => void> = {
    metrics: () => {
      for (const event of events) metrics.onEach(event);
    },
    alerts: () => {
      for (const event of events) alerts.ofEvent(event);
    },
    traceparent: () => {
      for (const { record } of events) headersOf(record.id, undefined)!(1);
    },
    'telling the thread of spans': () => {
      for (let from = 0; from < CALLS; from += BATCH) {
        const records = events.slice(from, from + BATCH).map((event) => traceRecordOf(event, options));
        reader.postMessage(JSON.stringify(records));
      }
    },
  };
  const costs = new Map<string, number[]>();
  for (const [name, observe] of Object.entries(observers)) costs.set(name, await timesOf(observe));
  await reader.terminate();
  pin([process.pid], String(LOAD_CORE));
  const quickest = [...costs.values()].map((times) => Math.min(...times));
  const all = quickest.reduce((sum, time) => sum + time, 0);
  return [
    {
      what: 'observed, in the thread that answers: metrics, alerts and all traces',
      unit: 'µs a call (quickest runs)',
      value: { min: all, median: all, max: all },
      target: { limit: 5 },
    },
    ...[...costs].map(
      ([name, times]): Row => ({ what: `observed: ${name}`, unit: 'µs a call', value: spread(times) }),
    ),
  ];
}

/** Microseconds for each call, after some runs that do not count. */
async function timesOf(observe: () => void): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < 2 * RUNS; run++) {
    const from = performance.now();
    observe();
    if (run >= RUNS) times.push(((performance.now() - from) * 1_000) / CALLS);
    // The other thread reads what it was told.
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return times;
}

function settled(id: string): EventOf<'call_settled'> {
  const attempt = {
    kind: 'ok',
    status: 200,
    note: undefined,
    started_ms: 0.1,
    first_token_ms: 3,
    ended_ms: 9,
  } as const;
  const record: CallRecord = {
    id,
    trace: undefined,
    promptHash: '',
    at: Date.now(),
    cost: 42_000,
    hold: 0,
    excess: 0,
    saved: 0,
    request: { messages: [{ role: 'user', content: 'hello' }], stream: true },
    answer: undefined,
    fault: undefined,
    receipt: {
      ...PLAIN_RECEIPT,
      id: `req_${id}`,
      created_at: new Date().toISOString(),
      key_id: 'key',
      model: 'codellama',
      provider: 'together',
      stream: true,
      attempts: [{ target: 'together/codellama', ...attempt }],
      usage: { input: 44, cached_input: 0, cache_write: 0, output: 61, reasoning: 0, estimated: false },
      cost_usd: 0.000042,
      hold_usd: 0,
      ttft_ms: 3,
      duration_ms: 9,
      prompt_cache: { read: 0, written: 0, fresh: 44, broke_at: null },
    },
  };
  return { type: 'call_settled', at: Date.now(), record };
}

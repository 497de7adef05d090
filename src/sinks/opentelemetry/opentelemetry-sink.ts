import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Sampler } from '../../core/trace-ids.ts';
import type { Subscriber } from '../../events/event.ts';
import { contentSize } from '../content-size.ts';
import { traceRecordOf } from './trace-record.ts';

/** Milliseconds that requests gather: a message to a thread costs as much as several of them. */
const GATHER = 100;
const MAX_BATCH = 2_000;
const MAX_QUEUE = 10_000;
/** Milliseconds in which the thread makes spans of a batch; sending them is its own matter, and bounded by the SDK. */
const BATCH_TIMEOUT = 10_000;
/** Milliseconds to send what is left at the end. */
const FLUSH_TIMEOUT = 3_000;

/** Which requests are traced, what is told of them, and where that goes. */
export interface OpenTelemetryOptions {
  readonly isSampled: Sampler;
  readonly hasContent: boolean;
  readonly thread: ThreadOptions;
  /** Told why the collector does not take what is sent, now and then while that lasts. */
  readonly warn: (reason: string) => void;
}

/** What the thread is given at its start. */
export interface ThreadOptions {
  readonly traces: boolean;
  readonly metrics: boolean;
  readonly protocol: 'http/protobuf' | 'http/json';
  readonly serviceName: string;
  readonly version: string;
  /** Milliseconds. */
  readonly metricInterval: number;
  /** The `OTEL_…` variables, which the SDK reads by itself. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What the thread says: that it is done with a batch, or why sending failed. */
export type ThreadMessage =
  | { readonly type: 'done' }
  | { readonly type: 'not-sent'; readonly reason: string };

/**
 * OpenTelemetry traces and metrics, by its official SDK. Making and sending spans costs many times what it costs to say
 * what happened, and the SDK takes memory and time to load, so it lives in a thread of its own.
 */
export function openTelemetrySink({ isSampled, hasContent, thread, warn }: OpenTelemetryOptions): Subscriber {
  let worker: Worker | undefined;
  let settle: ((error: Error | undefined) => void) | undefined;

  const lost = (ended: Worker, error: Error) => {
    if (worker !== ended) return;
    worker = undefined;
    settle?.(error);
  };
  const start = () => {
    const started = new Worker(new URL('./opentelemetry-worker.ts', import.meta.url), {
      workerData: thread,
      env: { ...process.env, ...thread.environment },
    });
    started.unref();
    started.on('message', (message: ThreadMessage) => {
      if (message.type === 'done') settle?.(undefined);
      else warn(message.reason);
    });
    started.on('error', (error) => lost(started, error instanceof Error ? error : new Error(String(error))));
    started.on('exit', () => lost(started, new Error('the thread ended')));
    return started;
  };
  const ask = (message: string, milliseconds: number) =>
    new Promise<void>((resolve, reject) => {
      worker ??= start();
      const asked = worker;
      const timer = setTimeout(() => {
        lost(asked, new Error(`the thread did not answer within ${milliseconds / 1000} s`));
        void asked.terminate();
      }, milliseconds);
      settle = (error) => {
        clearTimeout(timer);
        settle = undefined;
        if (error) reject(error);
        else resolve();
      };
      asked.postMessage(message);
    });

  return {
    name: 'opentelemetry',
    listensTo: ['call_settled', 'request_refused'],
    maxBatch: MAX_BATCH,
    maxQueue: MAX_QUEUE,
    // What waits holds the conversation, whether or not it is passed on.
    sizeOf: contentSize,
    async on(events) {
      const records = events.flatMap((event) => traceRecordOf(event, { isSampled, hasContent }) ?? []);
      await ask(JSON.stringify(records), BATCH_TIMEOUT);
      await sleep(GATHER);
    },
    async close() {
      if (worker) await ask('flush', FLUSH_TIMEOUT).catch(() => {});
      const last = worker;
      worker = undefined;
      await last?.terminate();
    },
  };
}

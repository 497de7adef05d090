/** The thread that OpenTelemetry's SDK lives in: it makes spans and measurements of what it is told, and sends them. */
import { hostname } from 'node:os';
import { format } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { OTLPMetricExporter as JsonMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { AlwaysOnSampler, BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { genAiMeasurements } from './genai-metrics.ts';
import type { ThreadMessage, ThreadOptions } from './opentelemetry-sink.ts';
import { GivenIds, recordSpans } from './spans.ts';
import type { TraceRecord } from './trace-record.ts';

const { traces, metrics, protocol, serviceName, version, metricInterval } = workerData as ThreadOptions;
const isJson = protocol === 'http/json';
const SCOPE = 'codellama-server';
/** Spans that wait to be sent. */
const MAX_SPANS = 16_384;
/** Milliseconds between two times that trouble with the collector is told. */
const TELL_EVERY = 60_000;
/** Characters of it. */
const MAX_REASON = 300;

// The SDK tells what it could not send to its log alone, which is nowhere unless somebody listens.
const unheard = () => {};
let toldAt = Number.NEGATIVE_INFINITY;
const onError = (text: string, ...values: unknown[]) => {
  if (performance.now() - toldAt < TELL_EVERY) return;
  toldAt = performance.now();
  tell({ type: 'not-sent', reason: reasonIn(format(text, ...values)).slice(0, MAX_REASON) });
};
diag.setLogger(
  { error: onError, warn: unheard, info: unheard, debug: unheard, verbose: unheard },
  DiagLogLevel.ERROR,
);

const resource = resourceFromAttributes({
  'service.name': serviceName,
  'service.version': version,
  'service.instance.id': `${hostname()}:${process.pid}`,
  'host.name': hostname(),
}).merge(detectResources({ detectors: [envDetector] }));

const ids = new GivenIds();
const tracerProvider = traces
  ? new BasicTracerProvider({
      resource,
      idGenerator: ids,
      // What is not to be recorded does not get here (core/trace-ids.ts).
      sampler: new AlwaysOnSampler(),
      spanProcessors: [
        new BatchSpanProcessor(
          isJson ? new JsonTraceExporter() : new ProtobufTraceExporter(),
          // What comes at once must find room.
          process.env.OTEL_BSP_MAX_QUEUE_SIZE ? {} : { maxQueueSize: MAX_SPANS },
        ),
      ],
    })
  : undefined;
const tracer = tracerProvider?.getTracer(SCOPE, version);

const meterProvider = metrics
  ? new MeterProvider({
      resource,
      readers: [
        new PeriodicExportingMetricReader({
          exporter: isJson ? new JsonMetricExporter() : new ProtobufMetricExporter(),
          exportIntervalMillis: metricInterval,
        }),
      ],
    })
  : undefined;
const measure = meterProvider && genAiMeasurements(meterProvider.getMeter(SCOPE, version));

parentPort?.on('message', async (message: string) => {
  if (message === 'flush')
    await Promise.allSettled([tracerProvider?.forceFlush(), meterProvider?.forceFlush()]);
  else {
    for (const record of JSON.parse(message) as readonly TraceRecord[]) {
      if (tracer && record.trace.isSampled) recordSpans(tracer, ids, record);
      measure?.(record);
    }
  }
  tell({ type: 'done' });
});

function tell(message: ThreadMessage): void {
  parentPort?.postMessage(message);
}

/** The SDK writes errors down as JSON, with their stack. */
function reasonIn(text: string): string {
  try {
    const { message, code } = JSON.parse(text) as { message?: string; code?: string };
    return message || code || text;
  } catch {
    return text;
  }
}

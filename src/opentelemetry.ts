/** What the configuration says of OpenTelemetry: whether it is on, the sink, and what providers are told of a trace. */
import type { Logger } from 'pino';
import packageFile from '../package.json' with { type: 'json' };
import type { ChatDependencies } from './chat/incoming.ts';
import type { Settings } from './config/environment.ts';
import { callTrace, samplerOf, spanIdOf, traceparentOf } from './core/trace-ids.ts';
import type { Subscriber } from './events/event.ts';
import { openTelemetrySink } from './sinks/opentelemetry/opentelemetry-sink.ts';

/** @returns nothing where no address to send to is set */
export function openTelemetryOf(settings: Settings, log: Logger): Subscriber | undefined {
  const { traces, metrics } = signalsOf(settings);
  if (!traces && !metrics) return undefined;
  return openTelemetrySink({
    isSampled: traces ? sampler(settings) : () => false,
    hasContent: settings.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT,
    warn: (reason) => log.warn({ sink: 'opentelemetry', reason }, 'the collector did not take what was sent'),
    thread: {
      traces,
      metrics,
      protocol: settings.OTEL_EXPORTER_OTLP_PROTOCOL,
      serviceName: settings.OTEL_SERVICE_NAME,
      version: packageFile.version,
      metricInterval: settings.OTEL_METRIC_EXPORT_INTERVAL,
      environment: Object.fromEntries(
        Object.entries(settings).flatMap(([name, value]) =>
          name.startsWith('OTEL_') && value !== undefined ? [[name, String(value)]] : [],
        ),
      ),
    },
  });
}

/** Providers get a `traceparent` of their own for each attempt, where traces are on. */
export function traceHeadersOf(settings: Settings): ChatDependencies['traceHeaders'] {
  const isPropagated = settings.OTEL_PROPAGATORS.split(',').some((name) => name.trim() === 'tracecontext');
  if (!signalsOf(settings).traces || !isPropagated) return undefined;
  const isSampled = sampler(settings);
  return (callId, parent) => {
    const trace = callTrace(callId, parent, isSampled);
    return (number) => ({
      traceparent: traceparentOf(trace, spanIdOf(callId, number)),
      ...(trace.tracestate !== undefined && { tracestate: trace.tracestate }),
    });
  };
}

function signalsOf(settings: Settings): { traces: boolean; metrics: boolean } {
  const {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: forTraces = endpoint,
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: forMetrics = endpoint,
    OTEL_SDK_DISABLED: isDisabled,
  } = settings;
  return {
    traces: !isDisabled && forTraces !== undefined && settings.OTEL_TRACES_EXPORTER === 'otlp',
    metrics: !isDisabled && forMetrics !== undefined && settings.OTEL_METRICS_EXPORTER === 'otlp',
  };
}

function sampler({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: ratio }: Settings) {
  return samplerOf(name, ratio);
}

import type { Logger } from 'pino';
import type { Config } from './config/config.ts';
import { proxySettings } from './config/environment.ts';
import type { Random } from './core/clock.ts';
import type { Subscriber } from './events/event.ts';
import { logFormat } from './log.ts';
import { openTelemetryOf } from './opentelemetry.ts';
import { consoleSink } from './sinks/console-sink.ts';
import { langfuseSink } from './sinks/langfuse-sink.ts';
import { promptLayerSinks } from './sinks/promptlayer-sink.ts';

/** Who is told of what happens; docs/architecture.md says how to add one. */
export function makeSinks({ settings }: Config, log: Logger, random: Random = Math.random): Subscriber[] {
  const sinks: Subscriber[] = [
    consoleSink(log, { format: logFormat(settings), sample: settings.LOG_SAMPLE, random }),
  ];
  if (settings.PROMPTLAYER_API_KEY) {
    sinks.push(
      ...promptLayerSinks({ apiKey: settings.PROMPTLAYER_API_KEY, baseUrl: settings.PROMPTLAYER_BASE_URL }),
    );
  }
  if (settings.LANGFUSE_PUBLIC_KEY && settings.LANGFUSE_SECRET_KEY) {
    sinks.push(
      langfuseSink({
        publicKey: settings.LANGFUSE_PUBLIC_KEY,
        secretKey: settings.LANGFUSE_SECRET_KEY,
        baseUrl: settings.LANGFUSE_BASE_URL,
        hasContent: settings.LANGFUSE_CONTENT,
        proxies: proxySettings(settings),
      }),
    );
  }
  const openTelemetry = openTelemetryOf(settings);
  if (openTelemetry) sinks.push(openTelemetry);
  return sinks;
}

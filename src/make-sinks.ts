import type { Logger } from 'pino';
import type { Config } from './config/config.ts';
import { proxySettings } from './config/environment.ts';
import type { Random } from './core/clock.ts';
import type { Subscriber } from './events/event.ts';
import { logFormat } from './log.ts';
import { openTelemetryOf } from './opentelemetry.ts';
import { consoleSink } from './sinks/console-sink.ts';
import { langfuseSink } from './sinks/langfuse/langfuse-sink.ts';
import type { SharedIds } from './sinks/promptlayer-ids.ts';
import { promptLayerSinks } from './sinks/promptlayer-sink.ts';

/** Who is told of what happens; docs/architecture.md says how to add one. */
export function makeSinks({ settings }: Config, log: Logger, random: Random = Math.random): Subscriber[] {
  const sinks: Subscriber[] = [
    consoleSink(log, { format: logFormat(settings), sample: settings.LOG_SAMPLE, random }),
  ];
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
  const openTelemetry = openTelemetryOf(settings, log);
  if (openTelemetry) sinks.push(openTelemetry);
  return sinks;
}

/** PromptLayer's, where it is switched on: they come after the accounts, whose Redis they share with other processes. */
export function promptLayerOf({ settings }: Config, shared: SharedIds | undefined): Subscriber[] {
  const { PROMPTLAYER_API_KEY: apiKey, PROMPTLAYER_BASE_URL: baseUrl } = settings;
  return apiKey ? promptLayerSinks({ apiKey, baseUrl }, shared) : [];
}

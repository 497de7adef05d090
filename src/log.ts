/** The log: one JSON object a line, or something for people on a terminal. Keys never reach it. */
import { type Logger, pino } from 'pino';
import type { Config } from './config/config.ts';

export function makeLog({ settings, unusable }: Config): Logger {
  const format = settings.LOG_FORMAT ?? (process.stdout.isTTY ? 'pretty' : 'json');
  const log = pino({
    level: settings.LOG_LEVEL,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    // A safety net: nothing that carries headers or keys is logged on purpose.
    redact: { paths: ['*.authorization', '*["x-api-key"]', '*.apiKey', '*.api_key'], censor: '[redacted]' },
    ...(format === 'pretty' && { transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname' } } }),
  });
  for (const [model, keys] of unusable)
    log.info({ model, set: keys }, 'model left out: its provider has no key');
  return log;
}

/** The log: one JSON object a line, or something for people on a terminal. Keys never reach it. */
import { type Logger, pino } from 'pino';
import type { Config } from './config/config.ts';

export function makeLog({ settings, unusable }: Config): Logger {
  const format = settings.LOG_FORMAT ?? (process.stdout.isTTY ? 'pretty' : 'json');
  const options = {
    level: settings.LOG_LEVEL,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: withoutProperties },
  };
  const log =
    format === 'pretty'
      ? pino({ ...options, transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname' } } })
      : // Lines that come while one is being written leave together.
        pino(options, pino.destination({ sync: false }));
  for (const [model, keys] of unusable)
    log.info({ model, set: keys }, 'model left out: its provider has no key');
  return log;
}

/** An error's own words and no more: what else hangs on it (a request with its headers) may hold a key. */
function withoutProperties(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, cause } = error;
  return { type: name, message, stack, ...(cause !== undefined && { cause: withoutProperties(cause) }) };
}

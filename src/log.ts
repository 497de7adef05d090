/** The log: one JSON object a line, or something for people on a terminal. Keys never reach it. */
import { type Logger, pino } from 'pino';
import type { Config } from './config/config.ts';
import { isoTime } from './core/iso-time.ts';

/** Under load lines leave together, in characters; a write for each costs as much as a tenth of a call. */
const LINES_TOGETHER = 8_192;
/** Milliseconds a line may wait; at exit all are written. */
const FLUSH_EVERY = 100;

export function makeLog({ settings, unusable }: Config): Logger {
  const format = settings.LOG_FORMAT ?? (process.stdout.isTTY ? 'pretty' : 'json');
  const options = {
    level: settings.LOG_LEVEL,
    base: undefined,
    timestamp: () => `,"time":"${isoTime(Date.now())}"`,
    serializers: { err: withoutProperties },
  };
  const log =
    format === 'pretty'
      ? pino({ ...options, transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname' } } })
      : pino(
          options,
          pino.destination({ sync: true, minLength: LINES_TOGETHER, periodicFlush: FLUSH_EVERY }),
        );
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

import cluster from 'node:cluster';
import { hostname } from 'node:os';
import { type LogFn, type Logger, pino, stdTimeFunctions } from 'pino';
import type { Config } from './config/config.ts';
import { Redactor } from './core/redactor.ts';

/** Under load lines leave together, in characters; a write for each costs as much as a tenth of a call. */
const LINES_TOGETHER = 8_192;
/** Milliseconds a line may wait; at exit all are written. */
const FLUSH_EVERY = 100;

/** An error may be its own cause. */
const MAX_CAUSES = 5;

/** The log: one JSON object a line, or something for people on a terminal. Keys never reach it. */
export function makeLog({ settings, secrets }: Pick<Config, 'settings' | 'secrets'>): Logger {
  const redactor = new Redactor(secrets);
  const options = {
    level: settings.LOG_LEVEL,
    // Which of several instances, and of several workers in one, wrote a line.
    base: { host: hostname(), ...(cluster.worker && { worker: cluster.worker.id }) },
    formatters: { level: (level: string) => ({ level }) },
    timestamp: stdTimeFunctions.isoTime,
    serializers: {
      err: (error: unknown) => ownWords(error, redactor),
      reason: (reason: unknown) => redactor.redact(String(reason)),
    },
    hooks: {
      // What goes wrong is told in the words of databases and clients, which may quote an address with its password.
      logMethod(this: Logger, values: Parameters<LogFn>, write: LogFn, level: number) {
        const clean = values.map((value) =>
          level >= this.levels.values.warn! && typeof value === 'string' ? redactor.redact(value) : value,
        );
        write.apply(this, clean as Parameters<LogFn>);
      },
    },
  };
  return logFormat(settings) === 'pretty'
    ? pino({ ...options, transport: { target: 'pino-pretty', options: { ignore: 'pid,host' } } })
    : pino(options, stdout());
}

/** People read terminals, machines everything else. */
export function logFormat({ LOG_FORMAT: format }: Pick<Config['settings'], 'LOG_FORMAT'>): 'pretty' | 'json' {
  return format ?? (process.stdout.isTTY ? 'pretty' : 'json');
}

/** Pino empties only asynchronous destinations at exit by itself; what says how a process ended would be lost. */
function stdout() {
  const destination = pino.destination({ sync: true, minLength: LINES_TOGETHER, periodicFlush: FLUSH_EVERY });
  process.once('exit', () => destination.flushSync());
  return destination;
}

/** An error's own words and no more, without our secrets: what hangs on it (a request with its headers) may hold a key. */
function ownWords(error: unknown, redactor: Redactor, depth = 0): object {
  if (!(error instanceof Error)) return { message: redactor.redact(String(error)) };
  const { name, message, stack, cause } = error;
  return {
    type: name,
    message: redactor.redact(message),
    stack: stack && redactor.redact(stack),
    ...(cause !== undefined && depth < MAX_CAUSES && { cause: ownWords(cause, redactor, depth + 1) }),
  };
}

/** One structured log line for each request: the receipt, without prompt text and without keys. */
import type { Logger } from 'pino';
import type { CallRecord } from '../events/receipt.ts';
import type { Sink } from './sink.ts';

export function consoleSink(log: Logger): Sink {
  return {
    name: 'console',
    write({ receipt, fault }: CallRecord) {
      if (receipt.error?.kind === 'internal') log.error({ receipt, err: fault }, 'request');
      else if (receipt.error) log.warn({ receipt }, 'request');
      else log.info({ receipt }, 'request');
    },
  };
}

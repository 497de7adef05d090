/** One structured log line for each request: the receipt, without prompt text and without keys. */
import type { Logger } from 'pino';
import type { Event, Subscriber } from '../events/event.ts';

export function consoleSink(log: Logger): Subscriber {
  return {
    name: 'console',
    listensTo: ['call_settled', 'request_refused'],
    on(events) {
      for (const event of events) write(event, log);
    },
  };
}

function write(event: Event, log: Logger): void {
  if (event.type === 'request_refused') {
    const { id, path, kind, status, fault } = event;
    if (fault) log.error({ id, path, err: fault.cause }, 'internal fault');
    else log.info({ id, path, kind, status }, 'refused');
    return;
  }
  const { receipt, fault } = event.record;
  if (receipt.error?.kind === 'internal') log.error({ receipt, err: fault }, 'request');
  else if (receipt.error) log.warn({ receipt }, 'request');
  else log.info({ receipt }, 'request');
}

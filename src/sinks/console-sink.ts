import type { Logger } from 'pino';
import type { Random } from '../core/clock.ts';
import { toDollars } from '../core/money.ts';
import type { Event, EventOf, Subscriber } from '../events/event.ts';
import { statusOf } from '../events/outcome.ts';
import { failureTable } from '../failures/failure-table.ts';
import { readableLine, readableRefusal, refusalFields, requestFields } from './log-lines.ts';

/** The form of the lines, and how many there are. */
export interface ConsoleOptions {
  readonly format: 'pretty' | 'json';
  /** The share of requests without a failure that get a line, from 0 to 1; every other request always gets one. */
  readonly sample: number;
  readonly random: Random;
}

/**
 * The log's subscriber: one line for each request, flat JSON for machines or readable for people, and what becomes of the
 * configuration. Neither prompts nor keys.
 */
export function consoleSink(log: Logger, options: ConsoleOptions): Subscriber {
  const write = options.format === 'pretty' ? writeReadable : writeFields;
  return {
    name: 'console',
    listensTo: ['call_settled', 'request_refused', 'config_changed', 'config_rejected'],
    on(events) {
      for (const event of events) {
        if (event.type === 'call_settled') warnOfExcess(event, log);
        if (event.type === 'config_changed' || event.type === 'config_rejected') writeConfig(event, log);
        else if (isOfRequest(event) && isShown(event, options)) write(event, log, options.sample);
      }
    },
  };
}

type OfRequest = EventOf<'call_settled' | 'request_refused'>;

function isOfRequest(event: Event): event is OfRequest {
  return event.type === 'call_settled' || event.type === 'request_refused';
}

function writeConfig(event: EventOf<'config_changed' | 'config_rejected'>, log: Logger): void {
  if (event.type === 'config_changed') log.info({ changes: event.changes }, 'the configuration has changed');
  else log.error({ problems: event.problems }, 'the configuration is not valid: the old one stays');
}

/** A provider that does not keep to its cap, or whose count is wrong: its bill is the owner's. */
function warnOfExcess({ record }: EventOf<'call_settled'>, log: Logger): void {
  const { excess, receipt } = record;
  if (excess <= 0) return;
  const fields = { request_id: receipt.id, provider: receipt.provider, model: receipt.model };
  log.warn(
    { ...fields, excess_usd: toDollars(excess) },
    'a call cost more than was reserved; its caller is charged what was reserved',
  );
}

function isShown(event: OfRequest, { sample, random }: ConsoleOptions): boolean {
  if (sample >= 1 || event.type === 'request_refused') return true;
  const { error, attempts } = event.record.receipt;
  return error !== null || attempts.length > 1 || random() < sample;
}

function writeFields(event: OfRequest, log: Logger, sample: number): void {
  if (event.type === 'request_refused') {
    const fields = refusalFields(event);
    if (event.fault) log.error({ ...fields, err: event.fault.cause }, 'internal fault');
    else log.info(fields, 'refused');
    return;
  }
  const { receipt, fault } = event.record;
  const fields = { ...requestFields(receipt, statusOf(receipt)), ...(sample < 1 && { sample }) };
  if (receipt.error && failureTable[receipt.error.kind].isOurFault)
    log.error({ ...fields, err: fault }, 'request');
  else if (receipt.error) log.warn(fields, 'request');
  else log.info(fields, 'request');
}

function writeReadable(event: OfRequest, log: Logger): void {
  if (event.type === 'request_refused') {
    const line = readableRefusal(event);
    if (event.fault) log.error({ err: event.fault.cause }, line);
    else log.info(line);
    return;
  }
  const { receipt, fault } = event.record;
  const line = readableLine(receipt, statusOf(receipt));
  if (receipt.error && failureTable[receipt.error.kind].isOurFault) log.error({ err: fault }, line);
  else if (receipt.error) log.warn(line);
  else log.info(line);
}

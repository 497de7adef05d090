/** One structured log line for each request: the receipt, without prompt text and without keys. */
import { type Logger, symbols } from 'pino';
import type { CallRecord } from '../chat/receipt.ts';
import type { Sink } from './sink.ts';

export function consoleSink(log: Logger): Sink {
  return {
    name: 'console',
    write({ receipt, receiptJson, fault }: CallRecord) {
      if (receipt.error?.kind === 'internal') log.error({ receipt, err: fault }, 'request');
      else if (receipt.error) log.warn({ receipt }, 'request');
      else if (log.isLevelEnabled('info')) writeLine(log, receiptJson);
    },
  };
}

/** What a logger keeps under pino's symbols. */
interface Inside {
  readonly [symbols.streamSym]: { write(line: string): void };
  /** @returns the time as the logger was told to write it, with its comma */
  readonly [symbols.timeSym]: () => string;
  /** What every line of this logger has, with its comma. */
  readonly [symbols.chindingsSym]: string;
}

/** The line pino would make, around JSON that is there already: making it again costs more than all else a line costs. */
function writeLine(log: Logger, receipt: string): void {
  const inside = log as unknown as Inside;
  const start = `{"level":${log.levels.values.info}${inside[symbols.timeSym]()}${inside[symbols.chindingsSym]}`;
  inside[symbols.streamSym].write(`${start},"receipt":${receipt},"msg":"request"}\n`);
}

/** A place where finished calls are told. It runs after the caller has its answer and can never hold one up. */
import type { CallRecord } from '../events/receipt.ts';

export interface Sink {
  readonly name: string;
  /** A rejection is counted and logged, nothing else. */
  write(record: CallRecord): Promise<void> | void;
  /**
   * Bytes that a waiting record keeps alive, about; only for sinks that may take long. Records that together need more
   * than the queue may hold are dropped.
   */
  sizeOf?(record: CallRecord): number;
  close?(): Promise<void>;
}

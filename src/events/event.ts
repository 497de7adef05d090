/** What happens in the server, for whoever wants to know: one union, fed at the places where it happens. */
import type { FailureKind } from '../failures/failure-table.ts';
import type { CallRecord } from './receipt.ts';

export type Event =
  /** A request that was not admitted, and so has no receipt. */
  | {
      readonly type: 'request_refused';
      readonly id: string;
      readonly path: string;
      readonly kind: FailureKind;
      readonly status: number;
      /** What lies behind a fault of ours, for the log alone. */
      readonly fault: { readonly cause: unknown } | undefined;
    }
  /** A call that is over: its row is in the ledger. */
  | { readonly type: 'call_settled'; readonly record: CallRecord };

export type EventType = Event['type'];

/** Learns of events after they happened: it can never hold a caller up. */
export interface Subscriber {
  readonly name: string;
  readonly listensTo: readonly EventType[];
  /** Events at a time; 100 without it. */
  readonly maxBatch?: number;
  /**
   * Gets what happened since it was last asked, one batch after the other. A rejection is counted and logged, nothing
   * else; an `AggregateError` counts for as many events as it has errors.
   */
  on(events: readonly Event[]): Promise<void> | void;
  /** Bytes that a waiting event keeps alive, about; only for subscribers that may take long. */
  sizeOf?(event: Event): number;
  close?(): Promise<void>;
}

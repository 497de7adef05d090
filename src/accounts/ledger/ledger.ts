/** The ledger: one row for each request, with its whole receipt, that no crash takes away. */

import type { NanoDollars } from '../../core/money.ts';
import type { Receipt } from '../../events/receipt.ts';
import type { LedgerTable } from '../database/ledger-columns.ts';
import type { Outcome } from '../limits/limits.ts';
import type { LedgerFilter } from './ledger-filter.ts';
import type { News, NumberedRow, PageQuery, RequestPage } from './request-list.ts';
import type { UsageQuery, UsageReport } from './usage/usage-query.ts';

/** A request that has ended. */
export interface Entry {
  /** Unique: that of the call's admission. */
  readonly id: string;
  readonly receipt: Receipt;
  readonly at: number;
  readonly keyId: string | null;
  readonly projectId: string | null;
  readonly cost: NanoDollars | null;
  readonly hold: NanoDollars;
  /** What the answer had cost that came from a cache or a shared call. */
  readonly saved?: NanoDollars | null;
  /** SHA-256 of the messages. */
  readonly promptHash: string;
  /** The text itself, with LOG_PROMPTS=true. */
  readonly prompt: string | null;
}

/** Rows that are not where they are going yet. */
export interface Backlog {
  /** Counted up to a bound. */
  readonly rows: number;
  /** Arrival of the oldest one's request, in milliseconds since the epoch. */
  readonly oldestAt: number | undefined;
}

/** Where receipts are kept, whichever database there is. Reads see every row whose `write` has resolved before. */
export interface Ledger {
  /** Resolves when the row survives a killed process. Never rejects for an outage elsewhere. */
  write(entry: Entry): Promise<void>;
  /** The same for a row that no call has made. */
  writeRow(row: LedgerTable): Promise<void>;
  /** The newest receipt with this id; of this key when one is named. */
  find(requestId: string, keyId?: string): Promise<Receipt | undefined>;
  /** The newest row with this id, that of a refused request last; of this key when one is named. */
  findRow(requestId: string, keyId?: string): Promise<NumberedRow | undefined>;
  /** Requests and refused ones, the newest first. */
  list(query: PageQuery): Promise<RequestPage>;
  /** The number of the newest row; 0 without one. */
  newest(): Promise<number>;
  /** Rows that came after another. */
  news(after: number, filter: LedgerFilter, limit: number): Promise<News>;
  usage(query: UsageQuery): Promise<UsageReport>;
  /**
   * What a subject (`key:<id>`, `project:<id>`, `user:<key id>:<user>`) has spent since then, the beginning of a day in UTC,
   * in milliseconds since the epoch.
   */
  spentSince(subject: string, since: number): Promise<NanoDollars>;
  /** What each of some subjects has spent in all; who has spent nothing is not there. */
  spentInAll(subjects: readonly string[]): Promise<ReadonlyMap<string, NanoDollars>>;
  /** What a call took and cost, by the id of its entry. */
  outcomeOf(id: string): Promise<Outcome | undefined>;
  /** Rows that are safe on the local disk, on their way to the database; absent where there is no such way. */
  backlog?(): Backlog;
  /** Deletes rows from before then, in milliseconds since the epoch; what they cost still counts as spent. */
  prune(before: number): Promise<void>;
  /** The same for rows of refused requests alone. */
  pruneRefused(before: number): Promise<void>;
  /** Writes what waits, for at most `milliseconds`. */
  close(milliseconds: number): Promise<void>;
}

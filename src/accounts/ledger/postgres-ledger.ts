/**
 * The ledger in PostgreSQL. A row is first written to a local journal, which is what makes it durable, and carried from
 * there; while PostgreSQL is unavailable rows wait in the outbox. So a killed process has lost nothing, and a row is written twice.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { Turns } from '../../core/turns.ts';
import type { Tell } from '../../events/event.ts';
import type { Receipt } from '../../events/receipt.ts';
import type { PostgresDatabase } from '../database/database.ts';
import type { LedgerTable } from '../database/ledger-columns.ts';
import type { Outcome } from '../limits/limits.ts';
import type { Backlog, Entry, Ledger } from './ledger.ts';
import type { LedgerFilter } from './ledger-filter.ts';
import type { Outbox } from './outbox.ts';
import { OutboxRelay } from './outbox-relay.ts';
import { pruneRefused, pruneRows } from './prune.ts';
import { findOutcome, findRow, receiptOf, sumSpent, sumSpentInAll } from './queries.ts';
import {
  listRows,
  type News,
  type NumberedRow,
  newestRowId,
  newsAfter,
  type PageQuery,
  type RequestPage,
} from './request-list.ts';
import { rowOf } from './row.ts';
import { PostgresSummer } from './usage/postgres-summer.ts';
import { usageFromPostgres } from './usage/postgres-usage.ts';
import { usageFromPostgresSums } from './usage/postgres-usage-from-sums.ts';
import type { UsageQuery, UsageReport } from './usage/usage-query.ts';

/**
 * What the sums do not answer takes seconds of a processor: a page of ten such reports at once would take all connections from
 * keys and ledger rows meanwhile, and all of them too long.
 */
const REPORTS_AT_ONCE = 2;
/** Milliseconds that summing up is waited for at the end. */
const SUMMING_END = 500;

/** Whatever reads PostgreSQL throws `DatabaseUnavailable` while it is unavailable. */
export class PostgresLedger implements Ledger {
  readonly #database: PostgresDatabase;
  readonly #outbox: Outbox;
  readonly #relay: OutboxRelay;
  readonly #summer: PostgresSummer;
  readonly #reports = new Turns(REPORTS_AT_ONCE);

  constructor(database: PostgresDatabase, outbox: Outbox, warn: (message: string) => void, tell?: Tell) {
    this.#database = database;
    this.#outbox = outbox;
    this.#relay = new OutboxRelay(outbox, database, warn, tell);
    this.#summer = new PostgresSummer(database, warn);
  }

  /** Resolves when the tables, and the rows an earlier process left in the outbox, are there. @throws {DatabaseUnavailable} */
  ready(milliseconds: number): Promise<void> {
    return this.#relay.caughtUp(milliseconds);
  }

  write(entry: Entry): Promise<void> {
    return this.writeRow(rowOf(entry));
  }

  async writeRow(row: LedgerTable): Promise<void> {
    await this.#outbox.write(row);
    this.#relay.notify();
  }

  /** The outbox comes first: a row is in one of the two at any time, and goes from there to PostgreSQL only. */
  async find(requestId: string, keyId?: string): Promise<Receipt | undefined> {
    return receiptOf(await this.findRow(requestId, keyId));
  }

  async findRow(requestId: string, keyId?: string): Promise<NumberedRow | undefined> {
    const waiting = await findRow(await this.#outbox.queries(), requestId, keyId);
    return waiting ?? findRow(await this.#database.queries(), requestId, keyId);
  }

  async list(query: PageQuery): Promise<RequestPage> {
    await this.#relay.caughtUp();
    return listRows(await this.#database.queries(), 'postgres', query);
  }

  async newest(): Promise<number> {
    await this.#relay.caughtUp();
    return newestRowId(await this.#database.queries());
  }

  async news(after: number, filter: LedgerFilter, limit: number): Promise<News> {
    await this.#relay.caughtUp();
    return newsAfter(await this.#database.queries(), 'postgres', after, filter, limit);
  }

  async outcomeOf(id: string): Promise<Outcome | undefined> {
    const waiting = await findOutcome(await this.#outbox.queries(), id);
    return waiting ?? findOutcome(await this.#database.queries(), id);
  }

  /** Sums are asked of PostgreSQL alone, so that no row counts twice: what waits is shipped first. */
  async usage(query: UsageQuery): Promise<UsageReport> {
    await this.#relay.caughtUp();
    const queries = await this.#database.queries();
    return this.#reports.run(
      async () => (await usageFromPostgresSums(queries, query)) ?? usageFromPostgres(queries, query),
    );
  }

  async spentSince(subject: string, since: number): Promise<number> {
    await this.#relay.caughtUp();
    return sumSpent(await this.#database.queries(), 'postgres', subject, since);
  }

  backlog(): Backlog {
    return this.#outbox.backlog();
  }

  async spentInAll(subjects: readonly string[]): Promise<ReadonlyMap<string, number>> {
    await this.#relay.caughtUp();
    return sumSpentInAll(await this.#database.queries(), 'postgres', subjects);
  }

  async prune(before: number): Promise<void> {
    await pruneRows(await this.#database.queries(), 'postgres', before);
  }

  async pruneRefused(before: number): Promise<void> {
    await pruneRefused(await this.#database.queries(), before);
  }

  async close(milliseconds: number): Promise<void> {
    this.#outbox.flush();
    const summed = this.#summer.close();
    await this.#relay.close(milliseconds);
    await this.#outbox.close();
    // It has its own time limit, as each query has, and what it leaves is for others.
    await Promise.race([summed, sleep(SUMMING_END)]);
  }
}

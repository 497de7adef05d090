import type { SqliteDatabase } from '../database/database.ts';
import { DatabaseUnavailable } from '../database/database-unavailable.ts';
import type { LedgerTable } from '../database/ledger-columns.ts';
import { cannotServe } from '../database/node-sqlite.ts';
import type { Entry, Ledger } from './ledger.ts';
import type { LedgerFilter } from './ledger-filter.ts';
import type { PageQuery } from './request-list.ts';
import { rowOf } from './row.ts';
import { RowWriter } from './row-writer.ts';
import type { UsageQuery } from './usage/usage-query.ts';
import { UsageSummer } from './usage/usage-summer.ts';

/** Questions are rare beside rows: the query builder, 250 modules, is loaded with the first of them. */
const questions = () => import('./queries.ts');
const lists = () => import('./request-list.ts');

/** The ledger in a local SQLite file: nothing to run beside the server. */
export class SqliteLedger implements Ledger {
  readonly #database: SqliteDatabase;
  readonly #writer: RowWriter;
  readonly #summer: UsageSummer;

  /** @param warn told of rows that SQLite refuses */
  constructor(database: SqliteDatabase, warn: (message: string) => void = () => {}) {
    this.#database = database;
    const onFirst = () => database.checkpointApart();
    this.#writer = new RowWriter(database.connection, { counts: true, onFirst, warn });
    this.#summer = new UsageSummer(database.connection, database.path, warn);
  }

  /** Takes in what killed processes have left. */
  ready(): Promise<void> {
    return this.#writer.caughtUp();
  }

  write(entry: Entry): Promise<void> {
    return this.#writer.write(rowOf(entry));
  }

  writeRow(row: LedgerTable): Promise<void> {
    return this.#writer.write(row);
  }

  async find(requestId: string, keyId?: string) {
    const { receiptOf } = await questions();
    return receiptOf(await this.findRow(requestId, keyId));
  }

  async findRow(requestId: string, keyId?: string) {
    const { findRow } = await questions();
    return findRow(await this.#table(), requestId, keyId);
  }

  async list(query: PageQuery) {
    const { listRows } = await lists();
    return listRows(await this.#table(), 'sqlite', query);
  }

  async newest() {
    const { newestRowId } = await lists();
    return newestRowId(await this.#table());
  }

  async news(after: number, filter: LedgerFilter, limit: number) {
    const { newsAfter } = await lists();
    return newsAfter(await this.#table(), 'sqlite', after, filter, limit);
  }

  async usage(query: UsageQuery) {
    const { sumsPlan } = await import('./usage/sums-plan.ts');
    const db = await this.#table();
    if (sumsPlan(query)) {
      const { usageFromSums } = await import('./usage/usage-from-sums.ts');
      // What is not summed up now is counted from its rows.
      await this.#summer.caughtUp().catch(() => {});
      const report = usageFromSums(this.#database.connection, query);
      if (report) return report;
    }
    const { usageFromRows } = await import('./usage/sqlite-usage.ts');
    return usageFromRows(db, query);
  }

  async spentSince(subject: string, since: number) {
    const { sumSpent } = await questions();
    return sumSpent(await this.#table(), 'sqlite', subject, since);
  }

  async spentInAll(subjects: readonly string[]) {
    const { sumSpentInAll } = await questions();
    return sumSpentInAll(await this.#table(), 'sqlite', subjects);
  }

  async outcomeOf(id: string) {
    const { findOutcome } = await questions();
    return findOutcome(await this.#table(), id);
  }

  async prune(before: number): Promise<void> {
    const { pruneRows } = await import('./prune.ts');
    await pruneRows(await this.#table(), 'sqlite', before);
  }

  async pruneRefused(before: number): Promise<void> {
    const { pruneRefused } = await import('./prune.ts');
    await pruneRefused(await this.#table(), before);
  }

  async close(): Promise<void> {
    await this.#summer.close();
    this.#writer.close();
  }

  /** With every row that was safe before the question. */
  async #table() {
    await this.#writer.caughtUp().catch((error: unknown) => {
      throw cannotServe(error) ? new DatabaseUnavailable(error) : error;
    });
    return this.#database.queries();
  }
}

/** The ledger in a local SQLite file: nothing to run beside the server. */
import type { SqliteDatabase } from '../database/database.ts';
import type { Entry, Ledger, UsageQuery } from './ledger.ts';
import { pruneRows } from './prune.ts';
import { findOutcome, findReceipt, sumSpent, usageReport, usageRows } from './queries.ts';
import { rowOf } from './row.ts';
import { RowWriter } from './row-writer.ts';

export class SqliteLedger implements Ledger {
  readonly #database: SqliteDatabase;
  readonly #writer: RowWriter;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#writer = new RowWriter(database.connection, () => database.checkpointApart());
  }

  write(entry: Entry): Promise<void> {
    return this.#writer.write(rowOf(entry));
  }

  async find(requestId: string, keyId?: string) {
    return findReceipt(await this.#database.queries(), requestId, keyId);
  }

  async usage(query: UsageQuery) {
    return usageReport(query.groupBy, await usageRows(await this.#database.queries(), 'sqlite', query));
  }

  async spentSince(subject: string, since: number) {
    return sumSpent(await this.#database.queries(), subject, since);
  }

  async outcomeOf(id: string) {
    return findOutcome(await this.#database.queries(), id);
  }

  async prune(before: number): Promise<void> {
    await pruneRows(await this.#database.queries(), before);
  }

  async close(): Promise<void> {
    this.#writer.flush();
  }
}

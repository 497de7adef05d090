/** The ledger in a local SQLite file: nothing to run beside the server. */
import type { SqliteDatabase } from '../database/database.ts';
import type { Entry, Ledger, UsageQuery } from './ledger.ts';
import { rowOf } from './row.ts';
import { RowWriter } from './row-writer.ts';

/** Questions are rare beside rows: the query builder, 250 modules, is loaded with the first of them. */
const questions = () => import('./queries.ts');

export class SqliteLedger implements Ledger {
  readonly #database: SqliteDatabase;
  readonly #writer: RowWriter;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#writer = new RowWriter(database.connection, true, () => database.checkpointApart());
  }

  write(entry: Entry): Promise<void> {
    return this.#writer.write(rowOf(entry));
  }

  async find(requestId: string, keyId?: string) {
    const { findReceipt } = await questions();
    return findReceipt(await this.#database.queries(), requestId, keyId);
  }

  async usage(query: UsageQuery) {
    const [{ usageReport, usageRows }, { slicesFrom }] = await Promise.all([
      questions(),
      import('./slices.ts'),
    ]);
    const db = await this.#database.queries();
    const rows = [];
    for await (const slice of slicesFrom(db, query.from))
      rows.push(...(await usageRows(db, 'sqlite', query, slice)));
    return usageReport(query.groupBy, rows);
  }

  async spentSince(subject: string, since: number) {
    const { sumSpent } = await questions();
    return sumSpent(await this.#database.queries(), 'sqlite', subject, since);
  }

  async outcomeOf(id: string) {
    const { findOutcome } = await questions();
    return findOutcome(await this.#database.queries(), id);
  }

  async prune(before: number): Promise<void> {
    const { pruneRows } = await import('./prune.ts');
    await pruneRows(await this.#database.queries(), 'sqlite', before);
  }

  async close(): Promise<void> {
    this.#writer.flush();
  }
}

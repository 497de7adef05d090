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

  /** @param warn told of rows that SQLite refuses */
  constructor(database: SqliteDatabase, warn: (message: string) => void = () => {}) {
    this.#database = database;
    const onFirst = () => database.checkpointApart();
    this.#writer = new RowWriter(database.connection, { counts: true, onFirst, warn });
  }

  /** Takes in what killed processes have left. */
  ready(): Promise<void> {
    return this.#writer.caughtUp();
  }

  write(entry: Entry): Promise<void> {
    return this.#writer.write(rowOf(entry));
  }

  async find(requestId: string, keyId?: string) {
    const { findReceipt } = await questions();
    return findReceipt(await this.#table(), requestId, keyId);
  }

  async usage(query: UsageQuery) {
    const [{ usageReport, usageRows }, { slicesFrom }] = await Promise.all([
      questions(),
      import('./slices.ts'),
    ]);
    const db = await this.#table();
    const rows = [];
    for await (const slice of slicesFrom(db, query.from))
      rows.push(...(await usageRows(db, 'sqlite', query, slice)));
    return usageReport(query.groupBy, rows);
  }

  async spentSince(subject: string, since: number) {
    const { sumSpent } = await questions();
    return sumSpent(await this.#table(), 'sqlite', subject, since);
  }

  async outcomeOf(id: string) {
    const { findOutcome } = await questions();
    return findOutcome(await this.#table(), id);
  }

  async prune(before: number): Promise<void> {
    const { pruneRows } = await import('./prune.ts');
    await pruneRows(await this.#table(), 'sqlite', before);
  }

  async close(): Promise<void> {
    this.#writer.close();
  }

  /** With every row that was safe before the question. */
  async #table() {
    await this.#writer.caughtUp();
    return this.#database.queries();
  }
}

/** Rows on their way to PostgreSQL: a local SQLite file that several processes may share, and that outlives them. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { SqliteDatabase } from '../database/database.ts';
import type { LedgerTable } from '../database/schema.ts';
import { COLUMNS } from './row.ts';
import { RowWriter } from './row-writer.ts';

export class Outbox {
  readonly #database: SqliteDatabase;
  readonly #writer: RowWriter;
  readonly #oldest: StatementSync;
  readonly #remove: StatementSync;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#writer = new RowWriter(database.connection, false, () => database.checkpointApart());
    // In the order they were written, the same for every process: two that ship the same rows cannot block each other.
    this.#oldest = database.connection.prepare(
      `SELECT ${COLUMNS.map((column) => `"${column}"`).join(', ')} FROM ledger
       WHERE id NOT IN (SELECT value FROM json_each(?)) ORDER BY number LIMIT ?`,
    );
    this.#remove = database.connection.prepare(
      'DELETE FROM ledger WHERE id IN (SELECT value FROM json_each(?))',
    );
  }

  /** Resolves when the row survives a killed process. @throws what SQLite says (a full disk) */
  write(row: LedgerTable): Promise<void> {
    return this.#writer.write(row);
  }

  /** Commits what waits, now. */
  flush(): void {
    this.#writer.flush();
  }

  queries(): ReturnType<SqliteDatabase['queries']> {
    return this.#database.queries();
  }

  /** @param besides ids of rows to leave out */
  oldest(limit: number, besides: Iterable<string>): LedgerTable[] {
    return this.#oldest.all(JSON.stringify([...besides]), limit) as unknown as LedgerTable[];
  }

  remove(ids: readonly string[]): void {
    if (this.connection.isOpen) this.#remove.run(JSON.stringify(ids));
  }

  get connection(): DatabaseSync {
    return this.#database.connection;
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}

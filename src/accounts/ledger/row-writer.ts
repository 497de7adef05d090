/**
 * Writes rows to a local SQLite file. Rows of one turn of the event loop are committed together: a commit costs far
 * more than a row.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LedgerTable } from '../database/schema.ts';
import { INSERT, valuesOf } from './row.ts';

interface Waiting {
  readonly row: LedgerTable;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class RowWriter {
  readonly #connection: DatabaseSync;
  readonly #insert: StatementSync;
  #waiting: Waiting[] = [];

  /** @param connection a database that has the ledger's table */
  constructor(connection: DatabaseSync) {
    this.#connection = connection;
    this.#insert = connection.prepare(INSERT);
  }

  /** Resolves when the row survives a killed process. @throws what SQLite says (a full disk) */
  write(row: LedgerTable): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.flush());
      this.#waiting.push({ row, resolve, reject });
    });
  }

  /** Commits what waits, now. */
  flush(): void {
    const batch = this.#waiting;
    if (batch.length === 0) return;
    this.#waiting = [];
    try {
      this.#connection.exec('BEGIN IMMEDIATE');
      for (const { row } of batch) this.#insert.run(...valuesOf(row));
      this.#connection.exec('COMMIT');
    } catch (error) {
      if (this.#connection.isOpen && this.#connection.isTransaction) this.#connection.exec('ROLLBACK');
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const { resolve } of batch) resolve();
  }
}

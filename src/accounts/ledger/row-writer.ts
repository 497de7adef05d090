/**
 * Writes rows to a local SQLite file. Rows of one turn of the event loop are committed together, and under load those
 * of a few milliseconds: a commit costs far more than a row. No more rows can wait than calls end meanwhile.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LedgerTable } from '../database/schema.ts';
import { INSERT, valuesOf } from './row.ts';

/** Milliseconds between commits under load. A row that comes alone is written at once. */
const GATHER = 2;

interface Waiting {
  readonly row: LedgerTable;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class RowWriter {
  readonly #connection: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #begin: StatementSync;
  readonly #end: StatementSync;
  readonly #onFirst: () => void;
  #hasWritten = false;
  #lastFlush = { at: 0, rows: 0 };
  #waiting: Waiting[] = [];

  /**
   * @param connection a database that has the ledger's table
   * @param onFirst called when the first row has been written
   */
  constructor(connection: DatabaseSync, onFirst = () => {}) {
    this.#onFirst = onFirst;
    this.#connection = connection;
    this.#insert = connection.prepare(INSERT);
    this.#begin = connection.prepare('BEGIN IMMEDIATE');
    this.#end = connection.prepare('COMMIT');
  }

  /** Resolves when the row survives a killed process. @throws what SQLite says (a full disk) */
  write(row: LedgerTable): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) this.#schedule();
      this.#waiting.push({ row, resolve, reject });
    });
  }

  #schedule(): void {
    const { at, rows } = this.#lastFlush;
    const isBusy = rows > 1 && performance.now() - at < GATHER;
    if (isBusy) setTimeout(() => this.flush(), GATHER);
    else setImmediate(() => this.flush());
  }

  /** Commits what waits, now. */
  flush(): void {
    // Somebody else's change on the same connection is not finished; it must not get our rows, nor our rollback.
    if (this.#connection.isOpen && this.#connection.isTransaction)
      return void setTimeout(() => this.flush(), 1);
    const batch = this.#waiting;
    this.#waiting = [];
    this.#lastFlush = { at: performance.now(), rows: batch.length };
    if (batch.length === 0 || this.#commit(batch) === undefined) return;
    // One row that cannot be written must not take the others with it.
    for (const waiting of batch) {
      const error = this.#commit([waiting]);
      if (error !== undefined) waiting.reject(error);
    }
  }

  /** All or none. @returns why it is none */
  #commit(batch: readonly Waiting[]): unknown {
    try {
      this.#begin.run();
      for (const { row } of batch) this.#insert.run(...valuesOf(row));
      this.#end.run();
    } catch (error) {
      if (this.#connection.isOpen && this.#connection.isTransaction) this.#connection.exec('ROLLBACK');
      return error;
    }
    for (const { resolve } of batch) resolve();
    if (!this.#hasWritten) this.#onFirst();
    this.#hasWritten = true;
    return undefined;
  }
}

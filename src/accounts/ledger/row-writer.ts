/**
 * Writes rows to a local SQLite file. Rows of one turn of the event loop are committed together, and under load those
 * of a few milliseconds: a commit costs far more than a row. No more rows can wait than calls end meanwhile.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { LedgerTable } from '../database/schema.ts';
import { RowStatements } from './row-statements.ts';

/** Milliseconds between commits under load. A row that comes alone is written at once. */
const GATHER = 2;

/** SQLite's result code for a lock that another connection holds. */
const SQLITE_BUSY = 5;
/** Milliseconds between tries for the lock, and how many there are; each waits SQLite's own time besides. */
const PAUSE = 10;
const MOST_TRIES = 100;

interface Waiting {
  readonly row: LedgerTable;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class RowWriter {
  readonly #connection: DatabaseSync;
  readonly #statements: RowStatements;
  readonly #onFirst: () => void;
  #hasWritten = false;
  #tries = 0;
  #lastFlush = { at: 0, rows: 0 };
  #waiting: Waiting[] = [];

  /**
   * @param connection a database that has the ledger's tables
   * @param counts whether what the rows cost is added up, too
   * @param onFirst called when the first row has been written
   */
  constructor(connection: DatabaseSync, counts: boolean, onFirst = () => {}) {
    this.#onFirst = onFirst;
    this.#connection = connection;
    this.#statements = new RowStatements(connection, counts);
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
    if (batch.length === 0) return;
    const error = this.#commit(batch);
    if (error === undefined) return;
    if (isBusy(error) && this.#tries < MOST_TRIES) return this.#again(batch);
    // One row that cannot be written must not take the others with it.
    for (const waiting of batch) {
      const own = this.#commit([waiting]);
      if (own !== undefined) waiting.reject(own);
    }
  }

  /** Another connection holds the lock: the rows wait for it, and those that come meanwhile with them. */
  #again(batch: Waiting[]): void {
    this.#tries += 1;
    this.#waiting = [...batch, ...this.#waiting];
    setTimeout(() => this.flush(), PAUSE);
  }

  /** All or none. @returns why it is none */
  #commit(batch: readonly Waiting[]): unknown {
    try {
      this.#statements.write(batch.map(({ row }) => row));
    } catch (error) {
      if (this.#connection.isOpen && this.#connection.isTransaction) this.#connection.exec('ROLLBACK');
      return error;
    }
    this.#tries = 0;
    for (const { resolve } of batch) resolve();
    if (!this.#hasWritten) this.#onFirst();
    this.#hasWritten = true;
    return undefined;
  }
}

function isBusy(error: unknown): boolean {
  return ((error as { errcode?: number }).errcode ?? 0) % 256 === SQLITE_BUSY;
}

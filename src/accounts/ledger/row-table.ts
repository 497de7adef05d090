import type { DatabaseSync } from 'node:sqlite';
import type { LedgerTable } from '../database/schema.ts';
import { RowStatements } from './row-statements.ts';

/** Whether rows are counted here, and who is told what. */
export interface RowTableOptions {
  /** Whether what the rows cost is added up, too. */
  readonly counts: boolean;
  /** Called when the first rows are in the table. */
  readonly onFirst?: () => void;
  /** Told of rows that SQLite refuses. */
  readonly warn?: (message: string) => void;
}

/** Puts rows into the ledger's table of a SQLite file. */
export class RowTable {
  readonly #connection: DatabaseSync;
  readonly #statements: RowStatements;
  readonly #onFirst: () => void;
  readonly #warn: (message: string) => void;
  #hasWritten = false;

  /** @param connection a database that has the ledger's tables */
  constructor(connection: DatabaseSync, { counts, onFirst = () => {}, warn = () => {} }: RowTableOptions) {
    this.#connection = connection;
    this.#onFirst = onFirst;
    this.#warn = warn;
    this.#statements = new RowStatements(connection, counts);
  }

  get isOpen(): boolean {
    return this.#connection.isOpen;
  }

  /** Another transaction is open on the same connection: rows must not become part of it, nor roll it back. */
  get isInUse(): boolean {
    return this.#connection.isOpen && this.#connection.isTransaction;
  }

  /** All that SQLite takes; a row that is there already changes nothing. @throws when it takes nothing now */
  insert(rows: readonly LedgerTable[]): void {
    if (rows.length === 0) return;
    try {
      this.#commit(rows);
    } catch (error) {
      if (!isOfARow(error)) throw error;
      // One that it refuses must not take the others with it.
      for (const row of rows) this.#insertAlone(row);
    }
    if (!this.#hasWritten) this.#onFirst();
    this.#hasWritten = true;
  }

  #insertAlone(row: LedgerTable): void {
    try {
      this.#commit([row]);
    } catch (error) {
      if (!isOfARow(error)) throw error;
      this.#warn(`The ledger did not take a row (${row.id}): ${(error as Error).message}`);
    }
  }

  /** All or none. @throws what SQLite says */
  #commit(rows: readonly LedgerTable[]): void {
    if (this.isInUse) throw new InUse();
    try {
      this.#statements.write(rows);
    } catch (error) {
      if (this.isInUse) this.#connection.exec('ROLLBACK');
      throw error;
    }
  }
}

class InUse extends Error {}

/** SQLite's result codes: a lock that another connection holds; values and rows it does not take. */
const BUSY = 5;
const OF_A_ROW = [18, 19, 20, 25];

/** It is worth trying again in a moment. */
export function isBusy(error: unknown): boolean {
  return error instanceof InUse || codeOf(error) === BUSY;
}

/** What cannot be bound to a statement is a TypeError of Node's. */
function isOfARow(error: unknown): boolean {
  return error instanceof TypeError || OF_A_ROW.includes(codeOf(error) ?? 0);
}

function codeOf(error: unknown): number | undefined {
  const code = (error as { errcode?: number }).errcode;
  return code === undefined ? undefined : code % 256;
}

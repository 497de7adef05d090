import type { DatabaseSync } from 'node:sqlite';
import type { LedgerTable } from '../database/schema.ts';
import { JournalCompactor } from './journal-compactor.ts';
import { RowJournal } from './row-journal.ts';
import { RowTable, type RowTableOptions } from './row-table.ts';

interface Waiting {
  readonly row: LedgerTable;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes rows for a SQLite file. Those of one turn of the event loop are appended to a journal together, and safe then;
 * they go into the table later, many at a time, as a commit costs far more than a row.
 */
export class RowWriter {
  readonly #table: RowTable;
  /** Absent for a database in memory, which survives nothing: rows go into the table at once. */
  readonly #journal: RowJournal | undefined;
  readonly #compactor: JournalCompactor | undefined;
  #waiting: Waiting[] = [];
  #isHeldBack = false;

  /** @param connection a database that has the ledger's tables */
  constructor(connection: DatabaseSync, options: RowTableOptions) {
    this.#table = new RowTable(connection, options);
    const path = connection.location();
    this.#journal = path === null ? undefined : new RowJournal(path);
    this.#compactor =
      this.#journal && new JournalCompactor(this.#journal, this.#table, options.warn ?? (() => {}));
  }

  /** Resolves when the row survives a killed process. @throws what the file system says (a full disk) */
  write(row: LedgerTable): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.flush());
      this.#waiting.push({ row, resolve, reject });
    });
  }

  /** Makes safe what waits, now. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    if (!this.#journal && this.#table.isInUse) return void setTimeout(() => this.flush(), 1);
    const batch = this.#waiting;
    this.#waiting = [];
    try {
      const rows = batch.map(({ row }) => row);
      if (this.#journal) this.#journal.append(rows);
      else this.#table.insert(rows);
    } catch (error) {
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const { resolve } of batch) resolve();
    if (!this.#isHeldBack) this.#compactor?.notify();
  }

  /**
   * While rows are held back they stay in the journal, for somebody who carries them elsewhere from there (`ownFiles`); they
   * go into the table only when that is read.
   */
  holdBack(isHeldBack: boolean): void {
    this.#isHeldBack = isHeldBack;
    if (!isHeldBack && this.#journal?.hasRows) this.#compactor?.notify();
  }

  /** Files of the journal with all rows that are safe and not in the table; what is written later goes into others. */
  ownFiles(): readonly string[] {
    return this.#journal?.own() ?? [];
  }

  /** Removes a file whose rows are safe elsewhere. */
  done(file: string): void {
    this.#journal?.done(file);
  }

  /** Resolves when rows that other processes have left, or have just written, are in the table. @throws as `caughtUp` */
  async takeOthers(): Promise<void> {
    await this.#compactor?.caughtUp([]);
  }

  /**
   * Resolves when all rows that were safe before are in the table, those of other processes, too.
   * @throws what SQLite says, for as long as another connection holds its lock
   */
  async caughtUp(): Promise<void> {
    await this.#compactor?.caughtUp();
  }

  /** What cannot be put into the table now stays in the journal, for the next start. */
  close(): void {
    this.flush();
    this.#compactor?.close();
  }
}

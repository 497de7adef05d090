/**
 * Writes rows for a SQLite file. Those of one turn of the event loop are appended to the journal together, and safe then;
 * a few hundred of them at a time go into the table, as a commit costs far more than a row.
 */
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { withoutWaiting } from '../database/node-sqlite.ts';
import type { LedgerTable } from '../database/schema.ts';
import { RowJournal, rowsIn, stateOf } from './row-journal.ts';
import { RowStatements } from './row-statements.ts';

/** Milliseconds until rows are in the table, however few they are. */
const MOVE_WITHIN = 250;
/** Milliseconds between tries while another connection holds SQLite's lock, and how often somebody waits for them. */
const PAUSE = 10;
const MOST_TRIES = 500;
/** The same where SQLite cannot write at all. */
const LONG_PAUSE = 1_000;

interface Waiting {
  readonly row: LedgerTable;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export interface RowWriterOptions {
  /** Whether what the rows cost is added up, too. */
  readonly counts: boolean;
  /** Called when the first rows are in the table. */
  readonly onFirst?: () => void;
  /** Told of rows that SQLite refuses. */
  readonly warn?: (message: string) => void;
}

export class RowWriter {
  readonly #connection: DatabaseSync;
  readonly #statements: RowStatements;
  readonly #onFirst: () => void;
  readonly #warn: (message: string) => void;
  /** Absent for a database in memory, which survives nothing. */
  readonly #journal: RowJournal | undefined;
  #waiting: Waiting[] = [];
  #hasWritten = false;
  /** Rows will be put into the table: within a quarter of a second, in the next turn, or when a lock may be free again. */
  #moves: 'no' | 'later' | 'soon' | 'again' = 'no';
  #timer: NodeJS.Timeout | undefined;

  /** @param connection a database that has the ledger's tables */
  constructor(connection: DatabaseSync, { counts, onFirst = () => {}, warn = () => {} }: RowWriterOptions) {
    this.#connection = connection;
    this.#onFirst = onFirst;
    this.#warn = warn;
    this.#statements = new RowStatements(connection, counts);
    const path = connection.location();
    this.#journal = path === null ? undefined : new RowJournal(path);
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
    // In memory a row goes into the table at once, but not into somebody else's change.
    if (!this.#journal && this.#connection.isOpen && this.#connection.isTransaction)
      return void setTimeout(() => this.flush(), 1);
    const batch = this.#waiting;
    this.#waiting = [];
    try {
      const rows = batch.map(({ row }) => row);
      if (this.#journal) this.#journal.append(rows);
      else this.#insert(rows);
    } catch (error) {
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const { resolve } of batch) resolve();
    if (this.#journal?.hasFullFiles) this.#moveSoon();
    else if (this.#journal) this.#moveLater();
  }

  /**
   * Resolves when all rows that were safe before are in the table, those of other processes, too.
   * @throws what SQLite says, for as long as another connection holds its lock
   */
  async caughtUp(): Promise<void> {
    if (!this.#journal) return;
    for (let tries = 1; ; tries++) {
      try {
        await this.#moveAll(this.#journal);
        return;
      } catch (error) {
        if (!isBusy(error) || tries === MOST_TRIES) throw error;
        await sleep(PAUSE);
      }
    }
  }

  /** What cannot be put into the table now stays where it is, for the next start. */
  close(): void {
    this.flush();
    clearTimeout(this.#timer);
    try {
      for (const file of this.#journal?.own() ?? []) this.#move(file);
    } catch (error) {
      this.#warn(`Ledger rows stay in the journal until the next start: ${(error as Error).message}`);
    }
  }

  #moveLater(): void {
    if (this.#moves !== 'no') return;
    this.#moves = 'later';
    this.#timer = setTimeout(() => this.#moveOldest(), MOVE_WITHIN).unref();
  }

  /** After the replies that wait for these rows. */
  #moveSoon(): void {
    if (this.#moves === 'soon' || this.#moves === 'again') return;
    this.#moves = 'soon';
    setImmediate(() => this.#moveOldest());
  }

  #moveAgain(pause: number): void {
    this.#moves = 'again';
    this.#timer = setTimeout(() => this.#moveOldest(), pause).unref();
  }

  /** A file a turn, so that calls go on. */
  #moveOldest(): void {
    clearTimeout(this.#timer);
    this.#moves = 'no';
    const [oldest, ...more] = this.#connection.isOpen ? this.#journal!.own() : [];
    if (!oldest) return;
    try {
      this.#move(oldest);
      if (more.length > 0) this.#moveSoon();
    } catch (error) {
      if (isBusy(error)) return this.#moveAgain(PAUSE);
      this.#warn(`Ledger rows wait in the journal: ${(error as Error).message}`);
      this.#moveAgain(LONG_PAUSE);
    }
  }

  async #moveAll(journal: RowJournal): Promise<void> {
    for (const file of journal.own()) {
      this.#move(file);
      await nextTurn();
    }
    for (const file of journal.others()) {
      const state = stateOf(file);
      this.#insert(rowsIn(file));
      journal.seen(file, state);
    }
  }

  #move(file: string): void {
    this.#insert(rowsIn(file));
    this.#journal!.done(file);
  }

  /** All that SQLite takes. @throws when it takes nothing now */
  #insert(rows: readonly LedgerTable[]): void {
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
    // Somebody else's change on the same connection is not finished; it must not get our rows, nor our rollback.
    if (this.#connection.isTransaction) throw new UnfinishedChange();
    try {
      withoutWaiting(this.#connection, () => this.#statements.write(rows));
    } catch (error) {
      if (this.#connection.isOpen && this.#connection.isTransaction) this.#connection.exec('ROLLBACK');
      throw error;
    }
  }
}

class UnfinishedChange extends Error {}

/** SQLite's result codes: a lock that another connection holds; values and rows it does not take. */
const BUSY = 5;
const OF_A_ROW = [18, 19, 20, 25];

function isBusy(error: unknown): boolean {
  return error instanceof UnfinishedChange || codeOf(error) === BUSY;
}

/** What cannot be bound to a statement is a TypeError of Node's. */
function isOfARow(error: unknown): boolean {
  return error instanceof TypeError || OF_A_ROW.includes(codeOf(error) ?? 0);
}

function codeOf(error: unknown): number | undefined {
  const code = (error as { errcode?: number }).errcode;
  return code === undefined ? undefined : code % 256;
}

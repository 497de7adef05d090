import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SqliteDatabase } from '../database/database.ts';
import { LEDGER_COLUMN_LIST, type LedgerTable } from '../database/ledger-columns.ts';
import { isLocked } from '../database/node-sqlite.ts';
import type { Backlog } from './ledger.ts';
import { readJournal } from './row-journal.ts';
import { RowWriter } from './row-writer.ts';

/** Milliseconds between tries while another process holds SQLite's lock. */
const PAUSE = 10;
const MAX_TRIES = 500;
/** Counting more of them takes time and tells nothing new. */
const MAX_COUNTED = 10_000;

/**
 * Rows on their way to PostgreSQL. They are safe in a journal, and go from there at once while PostgreSQL takes them; else
 * they wait in a local SQLite file that several processes may share, and that outlives them.
 */
export class Outbox {
  readonly #database: SqliteDatabase;
  readonly #writer: RowWriter;
  readonly #oldest: StatementSync;
  readonly #remove: StatementSync;
  readonly #count: StatementSync;

  /** @param warn told of rows that SQLite refuses */
  constructor(database: SqliteDatabase, warn: (message: string) => void) {
    this.#database = database;
    const onFirst = () => database.checkpointApart();
    this.#writer = new RowWriter(database.connection, { counts: false, onFirst, warn });
    // In the order they were written, the same for every process: two that ship the same rows cannot block each other.
    this.#oldest = database.connection.prepare(
      `SELECT ${LEDGER_COLUMN_LIST} FROM ledger
       WHERE id NOT IN (SELECT value FROM json_each(?)) ORDER BY row_id LIMIT ?`,
    );
    this.#count = database.connection.prepare(
      `SELECT count(*) AS rows, min(at) AS oldestAt FROM (SELECT at FROM ledger ORDER BY row_id LIMIT ${MAX_COUNTED})`,
    );
    this.#remove = database.connection.prepare(
      'DELETE FROM ledger WHERE id IN (SELECT value FROM json_each(?))',
    );
  }

  /** Resolves when the row survives a killed process. @throws what the file system says (a full disk) */
  write(row: LedgerTable): Promise<void> {
    return this.#writer.write(row);
  }

  /** Makes safe what waits, now. */
  flush(): void {
    this.#writer.flush();
  }

  /** PostgreSQL takes rows: they are carried from the journal, and are not written into the local file. */
  set isDirect(value: boolean) {
    this.#writer.holdBack(value);
  }

  /**
   * Carries all rows of this process that are in the journal.
   * @param carry resolves when the rows are safe elsewhere: to false where some of them have to wait in the local file
   * @throws what `carry` throws; the rows stay where they are
   */
  async carryJournal(carry: (rows: readonly LedgerTable[]) => Promise<boolean>): Promise<void> {
    for (const file of this.#writer.ownFiles()) {
      const { rows, damaged } = readJournal(file);
      if (damaged.length === 0 && (rows.length === 0 || (await carry(rows)))) this.#writer.done(file);
      else return this.#writer.caughtUp();
    }
  }

  /** Takes in what other processes have left, or have just written. */
  takeOthers(): Promise<void> {
    return this.#writer.takeOthers();
  }

  /** With every row that was safe before. */
  async queries(): ReturnType<SqliteDatabase['queries']> {
    await this.#writer.caughtUp();
    return this.#database.queries();
  }

  /** Of the rows in the local file. @param besides ids of rows to leave out */
  oldest(limit: number, besides: Iterable<string>): LedgerTable[] {
    return this.#oldest.all(JSON.stringify([...besides]), limit) as unknown as LedgerTable[];
  }

  /** Rows that have reached the file; up to a bound. */
  backlog(): Backlog {
    const { rows, oldestAt } = this.#count.get() as { rows: number; oldestAt: number | null };
    return { rows, oldestAt: oldestAt ?? undefined };
  }

  /** Waits for the lock of another process; rows that stay are carried twice and are there once. */
  async remove(ids: readonly string[]): Promise<void> {
    for (let tries = 1; this.connection.isOpen; tries++) {
      try {
        this.#remove.run(JSON.stringify(ids));
        return;
      } catch (error) {
        if (!isLocked(error) || tries === MAX_TRIES) throw error;
        await sleep(PAUSE);
      }
    }
  }

  get connection(): DatabaseSync {
    return this.#database.connection;
  }

  close(): Promise<void> {
    this.#writer.close();
    return this.#database.close();
  }
}

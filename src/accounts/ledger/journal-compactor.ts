import { accessSync, constants } from 'node:fs';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { type RowJournal, readJournal } from './row-journal.ts';
import { isBusy, type RowTable } from './row-table.ts';

/** Milliseconds until rows are in the table, however few they are. */
const MOVE_WITHIN = 250;
/** Milliseconds between tries while another connection holds SQLite's lock, and how many of them `caughtUp` makes. */
const PAUSE = 10;
const MAX_TRIES = 500;
/** Milliseconds until the next try after an error other than a lock (SQLITE_BUSY). */
const LONG_PAUSE = 1_000;

/** Moves rows from the journal into the table: by the hundred and soon, or at once when somebody is about to read it. */
export class JournalCompactor {
  readonly #journal: RowJournal;
  readonly #table: RowTable;
  readonly #warn: (message: string) => void;
  /** Rows will be moved: within a quarter of a second, in the next turn, or when a lock may be free again. */
  #moves: 'no' | 'later' | 'soon' | 'again' = 'no';
  #timer: NodeJS.Timeout | undefined;
  /** Why rows wait, as it was told: once, until they move again. */
  #toldReason: string | undefined;
  /** Lines that were set aside: a file of another process may be read again. */
  readonly #damaged = new Set<string>();
  readonly #unreadable = new Set<string>();

  constructor(journal: RowJournal, table: RowTable, warn: (message: string) => void) {
    this.#journal = journal;
    this.#table = table;
    this.#warn = warn;
  }

  /** Says that there are rows to move. */
  notify(): void {
    if (this.#journal.hasFullFiles) this.#moveSoon();
    else if (this.#moves === 'no') {
      this.#moves = 'later';
      this.#timer = setTimeout(() => this.#moveOldest(), MOVE_WITHIN).unref();
    }
  }

  /**
   * Resolves when all rows that were in a journal before are in the table, those of other processes, too.
   * @throws what SQLite says, for as long as another connection holds its lock
   */
  async caughtUp(own = this.#journal.own()): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#moveAll(own);
      } catch (error) {
        if (!isBusy(error) || tries === MAX_TRIES) throw error;
        await sleep(PAUSE);
      }
    }
  }

  /** What cannot be moved now stays where it is, for the next start. */
  close(): void {
    clearTimeout(this.#timer);
    try {
      for (const file of this.#journal.own()) this.#move(file);
    } catch (error) {
      this.#warn(`Ledger rows stay in the journal until the next start: ${(error as Error).message}`);
    }
    this.#journal.close();
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
    const oldest = this.#table.isOpen ? this.#journal.oldest() : undefined;
    if (oldest === undefined) return;
    try {
      this.#move(oldest);
      if (this.#journal.hasRows) this.notify();
    } catch (error) {
      if (isBusy(error)) return this.#moveAgain(PAUSE);
      this.#tellOnce((error as Error).message);
      this.#moveAgain(LONG_PAUSE);
    }
  }

  #tellOnce(reason: string): void {
    if (reason !== this.#toldReason) this.#warn(`Ledger rows wait in the journal: ${reason}`);
    this.#toldReason = reason;
  }

  async #moveAll(own: readonly string[]): Promise<void> {
    for (const file of own) {
      this.#move(file);
      await nextTurn();
    }
    for (const other of this.#journal.others()) {
      if (!this.#canRead(other.file)) continue;
      this.#insertFrom(other.file);
      this.#journal.seen(other);
    }
  }

  /** Another user's file is told, once, and looked at again each time: it may be given to this one. */
  #canRead(file: string): boolean {
    try {
      accessSync(file, constants.R_OK);
      return true;
    } catch (error) {
      if (!this.#unreadable.has(file))
        this.#warn(`The ledger rows in ${file} are not counted: ${(error as Error).message}`);
      this.#unreadable.add(file);
      return false;
    }
  }

  #move(file: string): void {
    this.#insertFrom(file);
    this.#journal.done(file);
    this.#toldReason = undefined;
  }

  /** A line that is damaged is set aside and told, once, and takes no other with it. */
  #insertFrom(file: string): void {
    const { rows, damaged } = readJournal(file);
    this.#table.insert(rows);
    const unknown = damaged.filter((line) => !this.#damaged.has(line));
    if (unknown.length === 0) return;
    for (const line of unknown) this.#damaged.add(line);
    this.#warn(`${unknown.length} damaged lines of ${file} ${this.#setAside(unknown)}`);
  }

  /** @returns what has become of the lines */
  #setAside(lines: readonly string[]): string {
    try {
      return `were set aside: they are in ${this.#journal.setAside(lines)}.`;
    } catch (error) {
      return `are left out, and cannot be set aside: ${(error as Error).message}`;
    }
  }
}

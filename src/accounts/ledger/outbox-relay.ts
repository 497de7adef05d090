import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Tell } from '../../events/event.ts';
import { createTables, type PostgresDatabase } from '../database/database.ts';
import { DatabaseUnavailable } from '../database/database-unavailable.ts';
import type { Schema } from '../database/schema.ts';
import { insertRows } from './insert-rows.ts';
import type { Outbox } from './outbox.ts';

const ROWS_AT_ONCE = 500;
/** Milliseconds that rows gather before they are carried together, unless somebody waits for them. */
const GATHER = 20;
/** Milliseconds between tries while PostgreSQL is unavailable. */
const FIRST_PAUSE = 100;
const MAX_PAUSE = 5_000;
/** Milliseconds a question about the table waits for the rows before it. */
const READ_TIMEOUT = 5_000;
/** Milliseconds that the end of a transfer is waited for. */
const CLOSING_TIME = 100;

interface Reader {
  readonly resolve: () => void;
  readonly reject: (error: DatabaseUnavailable) => void;
}

/**
 * Carries rows to PostgreSQL for as long as the process runs: from the journal and at once while PostgreSQL is there, from
 * the outbox and ever less often while it was unavailable. A row leaves them only after PostgreSQL has committed it; one
 * that is carried twice, because the process was killed between the two, is there once by its id.
 */
export class OutboxRelay {
  readonly #outbox: Outbox;
  readonly #database: PostgresDatabase;
  readonly #warn: (message: string) => void;
  readonly #tell: Tell;
  readonly #stopped: Promise<void>;
  /** Rows PostgreSQL refuses: they stay in the outbox, for a person to look at, and are tried again at the next start. */
  readonly #refused = new Set<string>();
  #readers: Reader[] = [];
  #isMigrated = false;
  /** What killed processes have left is taken in once; later only where somebody reads. */
  #hasTakenOthers = false;
  #hasMore = false;
  #isIdle = false;
  #isStopping = false;
  #wake = () => {};
  #unavailable: DatabaseUnavailable | undefined;

  constructor(
    outbox: Outbox,
    database: PostgresDatabase,
    warn: (message: string) => void,
    tell: Tell = () => {},
  ) {
    this.#tell = tell;
    this.#outbox = outbox;
    this.#database = database;
    this.#warn = warn;
    this.#stopped = this.#run();
  }

  /** Says that there is a row to carry. */
  notify(): void {
    this.#hasMore = true;
    if (this.#isIdle) this.#wake();
  }

  /** Resolves when the tables, and all rows that are in the outbox now, are there. @throws {DatabaseUnavailable} */
  async caughtUp(milliseconds = READ_TIMEOUT): Promise<void> {
    if (this.#unavailable) throw this.#unavailable;
    await new Promise<void>((resolve, reject) => {
      const tooSlow = () => reject(new DatabaseUnavailable(new Error('too slow')));
      const timer = setTimeout(tooSlow, milliseconds);
      this.#readers.push({
        resolve: () => {
          clearTimeout(timer);
          resolve();
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      this.#hasMore = true;
      this.#wake();
    });
  }

  /** Carries what waits, for at most `milliseconds`; what is left stays for the next start. */
  async close(milliseconds: number): Promise<void> {
    await this.caughtUp(milliseconds).catch(() => {});
    this.#isStopping = true;
    this.#wake();
    // A query without an answer ends by its own time limit, and finds the outbox closed.
    await Promise.race([this.#stopped, sleep(CLOSING_TIME)]);
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    let pause = FIRST_PAUSE;
    while (!this.#isStopping) {
      try {
        this.#hasMore = false;
        await this.#relay(await this.#database.queries());
        this.#reportRecovery();
        pause = FIRST_PAUSE;
        await this.#untilThereIsMore();
      } catch (error) {
        if (this.#isStopping) return;
        this.#reportOutage(error);
        await this.#rest(pause);
        pause = Math.min(pause * 2, MAX_PAUSE);
      }
    }
  }

  async #untilThereIsMore(): Promise<void> {
    if (!this.#hasMore && !this.#isStopping) {
      this.#isIdle = true;
      await this.#rest(undefined);
      this.#isIdle = false;
    }
    if (this.#readers.length === 0 && !this.#isStopping) await this.#rest(GATHER);
  }

  /** Until somebody wakes us up, at most so many milliseconds. */
  #rest(milliseconds: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds).unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #relay(target: Kysely<Schema>): Promise<void> {
    if (!this.#isMigrated) await createTables(target);
    this.#isMigrated = true;
    for (;;) {
      // Those who wait now want the rows that are there now, those of other processes, too.
      const readers = this.#readers.length;
      if (readers > 0 || !this.#hasTakenOthers) await this.#outbox.takeOthers();
      this.#hasTakenOthers = true;
      await this.#outbox.carryJournal(async (rows) => (await insertRows(target, rows)).length === 0);
      const rows = this.#outbox.oldest(ROWS_AT_ONCE, this.#refused);
      if (rows.length > 0) await this.#relaySome(target, rows);
      if (rows.length < ROWS_AT_ONCE) {
        for (const { resolve } of this.#readers.splice(0, readers)) resolve();
        return;
      }
    }
  }

  async #relaySome(target: Kysely<Schema>, rows: ReturnType<Outbox['oldest']>): Promise<void> {
    for (const { row, error } of await insertRows(target, rows)) {
      this.#refused.add(row.id);
      this.#warn(
        `PostgreSQL refuses the ledger row of ${row.request_id}, which stays in the outbox: ${error}`,
      );
    }
    await this.#outbox.remove(rows.map(({ id }) => id).filter((id) => !this.#refused.has(id)));
  }

  #reportRecovery(): void {
    this.#outbox.isDirect = true;
    if (!this.#unavailable) return;
    this.#unavailable = undefined;
    this.#warn('PostgreSQL is back; the ledger rows that waited are there.');
    this.#tell({ type: 'store_available', store: 'postgresql' });
  }

  /** Logged once for each outage. */
  #reportOutage(error: unknown): void {
    const unavailable = error instanceof DatabaseUnavailable ? error : new DatabaseUnavailable(error);
    if (!this.#unavailable) {
      const { reason } = unavailable;
      this.#warn(`PostgreSQL is unavailable (${reason}). Ledger rows wait on the local disk.`);
      this.#tell({ type: 'store_unavailable', store: 'postgresql', reason });
    }
    this.#unavailable = unavailable;
    this.#outbox.isDirect = false;
    for (const { reject } of this.#readers.splice(0)) reject(unavailable);
  }
}

/**
 * Carries rows from the outbox to PostgreSQL for as long as the process runs: at once while PostgreSQL is there, ever
 * less often while it is away. A row leaves the outbox only after PostgreSQL has committed it; one that is carried
 * twice, because the process was killed between the two, is there once by its id.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { migrate, type PostgresDatabase } from '../database/database.ts';
import { DatabaseAway } from '../database/database-away.ts';
import type { Schema } from '../database/schema.ts';
import type { Outbox } from './outbox.ts';
import { shipRows } from './ship-rows.ts';

const ROWS_AT_ONCE = 500;
/** Milliseconds between tries while PostgreSQL is away. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5_000;
/** Milliseconds a question about the table waits for the rows before it. */
const PATIENCE = 5_000;

interface Reader {
  readonly resolve: () => void;
  readonly reject: (error: DatabaseAway) => void;
}

export class Shipper {
  readonly #outbox: Outbox;
  readonly #database: PostgresDatabase;
  readonly #warn: (message: string) => void;
  readonly #stop = new AbortController();
  readonly #stopped: Promise<void>;
  /** Rows PostgreSQL refuses: they stay in the outbox, for a person to look at, and are tried again at the next start. */
  readonly #refused = new Set<string>();
  #readers: Reader[] = [];
  #isMigrated = false;
  #hasMore = false;
  #wake = () => {};
  #away: DatabaseAway | undefined;

  constructor(outbox: Outbox, database: PostgresDatabase, warn: (message: string) => void) {
    this.#outbox = outbox;
    this.#database = database;
    this.#warn = warn;
    this.#stopped = this.#run();
  }

  /** Says that there is a row to carry. */
  notify(): void {
    this.#hasMore = true;
    this.#wake();
  }

  /** Resolves when the tables, and all rows that are in the outbox now, are there. @throws {DatabaseAway} */
  async caughtUp(milliseconds = PATIENCE): Promise<void> {
    if (this.#away) throw this.#away;
    if (this.#isMigrated && this.#outbox.oldest(1, this.#refused).length === 0) return;
    const arrived = new Promise<void>((resolve, reject) => this.#readers.push({ resolve, reject }));
    this.notify();
    const late = new AbortController();
    try {
      await Promise.race([arrived, this.#giveUp(milliseconds, late.signal)]);
    } finally {
      late.abort();
    }
  }

  /** Carries what waits, for at most `milliseconds`; what is left stays for the next start. */
  async close(milliseconds: number): Promise<void> {
    await this.caughtUp(milliseconds).catch(() => {});
    this.#stop.abort();
    this.#wake();
    // A query without an answer ends by its own time limit, and finds the outbox closed.
    if (!this.#away) await Promise.race([this.#stopped, sleep(100)]);
  }

  async #giveUp(milliseconds: number, signal: AbortSignal): Promise<never> {
    await sleep(milliseconds, undefined, { signal }).catch(() => {});
    throw new DatabaseAway(new Error('too slow'));
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    let pause = FIRST_PAUSE;
    while (!this.#stop.signal.aborted) {
      try {
        this.#hasMore = false;
        await this.#carry(await this.#database.queries());
        this.#isBack();
        pause = FIRST_PAUSE;
        if (!this.#hasMore) await this.#somethingToDo();
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#isGone(error);
        await sleep(pause, undefined, { signal: this.#stop.signal, ref: false }).catch(() => {});
        pause = Math.min(pause * 2, LONGEST_PAUSE);
      }
    }
  }

  #somethingToDo(): Promise<void> {
    return new Promise((wake) => {
      this.#wake = wake;
    });
  }

  async #carry(target: Kysely<Schema>): Promise<void> {
    if (!this.#isMigrated) await migrate(target);
    this.#isMigrated = true;
    for (;;) {
      // Those who wait now want the rows that are there now.
      const readers = this.#readers.length;
      const rows = this.#outbox.oldest(ROWS_AT_ONCE, this.#refused);
      if (rows.length > 0) await this.#carrySome(target, rows);
      if (rows.length < ROWS_AT_ONCE) {
        for (const { resolve } of this.#readers.splice(0, readers)) resolve();
        return;
      }
    }
  }

  async #carrySome(target: Kysely<Schema>, rows: ReturnType<Outbox['oldest']>): Promise<void> {
    for (const { row, error } of await shipRows(target, rows)) {
      this.#refused.add(row.id);
      this.#warn(
        `PostgreSQL refuses the ledger row of ${row.request_id}, which stays in the outbox: ${error}`,
      );
    }
    this.#outbox.remove(rows.map(({ id }) => id).filter((id) => !this.#refused.has(id)));
  }

  #isBack(): void {
    if (this.#away) this.#warn('PostgreSQL is back; the ledger rows that waited are there.');
    this.#away = undefined;
  }

  /** Logged once for each outage. */
  #isGone(error: unknown): void {
    const away = error instanceof DatabaseAway ? error : new DatabaseAway(error);
    if (!this.#away) this.#warn(`${away.message} Ledger rows wait on the local disk.`);
    this.#away = away;
    for (const { reject } of this.#readers.splice(0)) reject(away);
  }
}

import { performance } from 'node:perf_hooks';
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { isBusy } from '../row-table.ts';
import { RowSummer } from './sum-rows.ts';

/** Rows summed up in one go, some milliseconds; of more than a few of these a thread does it. */
const ROWS_AT_ONCE = 200;
const MAX_HERE = 1_000;
/** Milliseconds between two looks for rows, when there are enough of them, and while somebody reads reports. */
const LOOK_EVERY = 10_000;
const ENOUGH = 1_000;
const READ_LATELY = 300_000;
/** Share of its time that a process may be busy with calls, for sums to be made beside them when nobody reads. */
const MAX_BUSY = 0.1;
/** Milliseconds somebody who reads waits: from the rows alone each report would take as long as all sums together. */
const MAX_WAIT = 30_000;
/** Milliseconds between tries while another connection holds SQLite's lock. */
const PAUSE = 10;
const MAX_TRIES = 500;

/** Keeps the sums of usage up to date: a few rows here and there, many in a thread of their own, so that calls go on. */
export class UsageSummer {
  readonly #connection: DatabaseSync;
  readonly #path: string | undefined;
  readonly #warn: (message: string) => void;
  #summer: RowSummer | undefined;
  #running: Promise<void> | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  readonly #timer: NodeJS.Timeout;
  #worker: Worker | undefined;

  /** @param path of the file; absent for a database in memory */
  constructor(connection: DatabaseSync, path: string | undefined, warn: (message: string) => void) {
    this.#connection = connection;
    this.#path = path;
    this.#warn = warn;
    let before = performance.eventLoopUtilization();
    this.#timer = setInterval(() => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, before);
      before = now;
      const isRead = performance.now() - this.#readAt < READ_LATELY;
      if (utilization > MAX_BUSY && !isRead) return;
      if (this.#hasMoreThan(isRead ? 0 : ENOUGH))
        this.#catchUp().catch((error: Error) => this.#warn(`Usage was not summed up: ${error.message}`));
    }, LOOK_EVERY).unref();
  }

  /**
   * Somebody is about to read the sums. Resolves when all rows that are in the table now are in them, or when that takes too
   * long, as once for a large ledger that never had any.
   */
  async caughtUp(): Promise<void> {
    this.#readAt = performance.now();
    const before = this.#running;
    const caughtUp = async () => {
      await before?.catch(() => {});
      await this.#catchUp();
    };
    await Promise.race([caughtUp(), sleep(MAX_WAIT, undefined, { ref: false })]);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    // What it has not summed up yet is for the next process.
    await this.#worker?.terminate();
    await this.#running?.catch(() => {});
  }

  #catchUp(): Promise<void> {
    this.#running ??= this.#sumAll().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #sumAll(): Promise<void> {
    if (!this.#hasMoreThan(0)) return;
    if (this.#path !== undefined && this.#hasMoreThan(MAX_HERE)) await this.#inThread(this.#path);
    this.#summer ??= new RowSummer(this.#connection);
    for (let tries = 0; this.#connection.isOpen; ) {
      try {
        // Another transaction is open on the same connection.
        if (!this.#connection.isTransaction && !this.#summer.sum(ROWS_AT_ONCE)) return;
        await nextTurn();
      } catch (error) {
        tries += 1;
        if (!isBusy(error) || tries === MAX_TRIES) throw error;
        await sleep(PAUSE);
      }
    }
  }

  #inThread(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./summing-worker.js', import.meta.url), { workerData: path });
      this.#worker = worker;
      worker.on('error', reject);
      worker.on('exit', () => resolve());
    });
  }

  /** Whether more than so many rows are not in the sums. */
  #hasMoreThan(count: number): boolean {
    if (!this.#connection.isOpen) return false;
    const next = this.#connection.prepare(
      'SELECT 1 FROM ledger WHERE row_id > (SELECT row_id FROM usage_watermark) ORDER BY row_id LIMIT 1 OFFSET ?',
    );
    return next.get(count) !== undefined;
  }
}

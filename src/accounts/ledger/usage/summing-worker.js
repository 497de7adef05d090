/** The thread that sums up usage where there are many rows to sum; it ends when there are none left. */
import { DatabaseSync } from 'node:sqlite';
import { workerData } from 'node:worker_threads';
import { RowSummer } from './sum-rows.ts';

/** More at once are summed up faster, and keep others from writing for longer. */
const ROWS_AT_ONCE = 10_000;
/** Milliseconds in which others may write. */
const PAUSE = 5;

const database = new DatabaseSync(workerData, { timeout: 5_000 });
database.exec('PRAGMA synchronous = NORMAL');
const summer = new RowSummer(database);
const wait = new Int32Array(new SharedArrayBuffer(4));
while (summer.sum(ROWS_AT_ONCE)) Atomics.wait(wait, 0, 0, PAUSE);
database.close();

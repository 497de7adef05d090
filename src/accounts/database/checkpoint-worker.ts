/** The thread that moves what is in a SQLite file's write-ahead log into the file: that waits for the disk, and callers must not. */
import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { workerData } from 'node:worker_threads';

/** Milliseconds. */
const EVERY = 1_000;

const path = workerData as string;
const database = new DatabaseSync(path, { timeout: 1_000 });
let last = 0;

setInterval(() => {
  const size = sizeOf(`${path}-wal`);
  if (size === last) return;
  try {
    // Never in the way of a writer: what it cannot do now, the next round does.
    database.exec('PRAGMA wal_checkpoint(PASSIVE)');
    last = size;
  } catch {
    // Another connection does the same at this moment.
  }
}, EVERY);

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

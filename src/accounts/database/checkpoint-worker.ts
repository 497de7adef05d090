/** The thread that moves what is in a SQLite file's write-ahead log into the file: that waits for the disk, and callers must not. */
import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { workerData } from 'node:worker_threads';

/** Milliseconds. */
const EVERY = 1_000;
/** Bytes of log from which writers are kept waiting, for some milliseconds, so that it can begin anew. */
const TOO_LARGE = 64 * 1024 * 1024;

const path = workerData as string;
const database = new DatabaseSync(path, { timeout: 1_000 });
let last = 0;

setInterval(() => {
  const size = sizeOf(`${path}-wal`);
  if (size === last && size < TOO_LARGE) return;
  try {
    database.exec(`PRAGMA wal_checkpoint(${size >= TOO_LARGE ? 'TRUNCATE' : 'PASSIVE'})`);
    last = size;
  } catch {
    // Somebody reads or writes: the next round does it.
  }
}, EVERY);

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

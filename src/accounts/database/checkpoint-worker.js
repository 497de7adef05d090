/**
 * The thread that moves what is in a SQLite file's write-ahead log into the file: that waits for the disk, and callers must
 * not. Plain JavaScript, as a thread strips types without the compile cache: 19 MB for these lines.
 */
import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { workerData } from 'node:worker_threads';

/** Milliseconds. */
const EVERY = 1_000;
/**
 * Pages of log, 4 MB. A longer one is moved until nothing came meanwhile: only then does it begin anew, and callers never
 * have to move it themselves. Each try has only what was written during the one before it.
 */
const LONG = 1_000;
const MAX_TRIES = 10;

/** @type {string} */
const path = workerData;
const database = new DatabaseSync(path, { timeout: 1_000 });
// Never in the way of a writer: what it cannot do now, the next try does.
const move = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');
let last = 0;

setInterval(() => {
  const changed = lastChangeOf(`${path}-wal`);
  if (changed === last) return;
  last = changed;
  let moved = 0;
  try {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const { log } = move.get();
      if (log <= moved || log < LONG) return;
      moved = log;
    }
  } catch {
    // Another connection does the same at this moment.
  }
}, EVERY);

/** Not the size: a log that begins anew keeps it. @param {string} file */
function lastChangeOf(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

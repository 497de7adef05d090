/** Leaves a SQLite file's checkpoints to a thread of their own, so that no call waits for the disk. */
import type { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';

/** Pages of log after which SQLite moves them itself, in the middle of somebody's commit; its own default. */
const BY_ITSELF = 1_000;
/**
 * The same beside the thread, 64 MB. There is little left to move by then, and only a writer can tell that all is moved,
 * so that the log begins anew instead of growing.
 */
const BESIDE_THE_THREAD = 16_000;

/** @returns ends the thread; closing the last connection does the rest */
export function checkpointApart(connection: DatabaseSync, path: string): () => Promise<unknown> {
  connection.exec(`PRAGMA wal_autocheckpoint = ${BESIDE_THE_THREAD}`);
  const worker = new Worker(new URL('./checkpoint-worker.js', import.meta.url), { workerData: path });
  worker.unref();
  worker.on('error', () => {
    if (connection.isOpen) connection.exec(`PRAGMA wal_autocheckpoint = ${BY_ITSELF}`);
  });
  return () => worker.terminate();
}

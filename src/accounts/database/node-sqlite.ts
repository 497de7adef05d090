/** Node's own SQLite in the form Kysely's SQLite dialect wants (that of better-sqlite3): nothing to install or compile. */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { SqliteDatabase, SqliteStatement } from 'kysely';

/** Milliseconds that another process may hold a lock while a file is opened. */
const LOCK_TIMEOUT = 5_000;
const LOCK_PAUSE = 10;
/** SQLite's result code for a lock that another connection holds. */
const SQLITE_BUSY = 5;
/** The same for a lock, a file that is read-only, a disk that fails, one that is full, a file that cannot be opened. */
const FAULTS_OF_SQLITE = new Set([SQLITE_BUSY, 8, 10, 13, 14]);
const FAULTS_OF_FILES = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE']);

/**
 * @param path a file, or `:memory:`
 * @throws what SQLite says when the file cannot be opened or is no database
 */
export function openSqlite(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: LOCK_TIMEOUT });
  useWriteAheadLog(database);
  // A write-ahead log is on disk when a commit returns; NORMAL leaves out the fsync, so that a power cut (not a killed
  // process) may take the last commits.
  database.exec('PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON');
  return database;
}

/**
 * From now on SQLite says at once that another connection holds the lock: to wait for it inside of SQLite would hold up
 * every call of this process. Who can wait does so between tries.
 */
export function neverBlock(database: DatabaseSync): void {
  database.exec('PRAGMA busy_timeout = 0');
}

/** Another connection holds the lock. */
export function isLocked(error: unknown): boolean {
  return ((error as { errcode?: number } | null)?.errcode ?? 0) % 256 === SQLITE_BUSY;
}

/** SQLite, or the file system below it, cannot serve now, whatever was asked: a lock, a full disk, one that fails or is read-only. */
export function cannotServe(error: unknown): boolean {
  const { errcode, code } = (error ?? {}) as { errcode?: number; code?: string };
  return errcode === undefined ? FAULTS_OF_FILES.has(code ?? '') : FAULTS_OF_SQLITE.has(errcode % 256);
}

/** SQLite does not wait for a lock when the kind of journal changes: a new file that several processes open at once. */
function useWriteAheadLog(database: DatabaseSync): void {
  const deadline = Date.now() + LOCK_TIMEOUT;
  for (;;) {
    try {
      database.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (!isLocked(error) || Date.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_PAUSE);
    }
  }
}

/** A connection of Node's in the form that Kysely's dialect calls; each query prepares its statement anew. */
export function forKysely(database: DatabaseSync): SqliteDatabase {
  return {
    close: () => database.close(),
    prepare(sql): SqliteStatement {
      const statement = database.prepare(sql);
      const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...values(parameters)),
        run: (parameters) => statement.run(...values(parameters)),
        iterate: (parameters) => statement.iterate(...values(parameters)) as IterableIterator<unknown>,
      };
    },
  };
}

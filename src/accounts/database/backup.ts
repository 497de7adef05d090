/** Copies of the SQLite database that hold while the server runs, and putting one back. */
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SCHEMA_VERSION } from './initial-schema.ts';
import { stepsSince } from './upgrade.ts';

/**
 * Writes a whole copy of the database, as it is at one moment, while other processes read and write. VACUUM INTO reads
 * one snapshot of a write-ahead log, so writers neither wait for it nor make it begin again, which SQLite's backup
 * interface does at every commit of another process (https://www.sqlite.org/backup.html).
 *
 * @param connection to the database, with every ledger row of the journals in its table
 * @param file that does not exist; it appears whole or not at all, readable by its owner alone
 * @throws {Error} when it exists, cannot be written, or is not sound
 */
export function backUp(connection: DatabaseSync, file: string): void {
  if (existsSync(file)) throw new Error(`${file} exists already: name another file, or move it away.`);
  mkdirSync(dirname(resolve(file)), { recursive: true, mode: 0o700 });
  const unfinished = `${file}.unfinished`;
  rmSync(unfinished, { force: true });
  try {
    connection.prepare('VACUUM INTO ?').run(unfinished);
    chmodSync(unfinished, 0o600);
    checkBackup(unfinished);
    giveName(unfinished, file);
  } catch (error) {
    throw new Error(`${file} was not written: ${(error as Error).message}`, { cause: error });
  } finally {
    // SQLite leaves a journal of its own beside a copy that it could not finish.
    for (const left of [unfinished, `${unfinished}-journal`]) rmSync(left, { force: true });
  }
}

/** A file that is whole, on the disk before it has its name: SQLite does not wait for the disk after VACUUM INTO. */
function giveName(unfinished: string, file: string): void {
  waitForDisk(unfinished);
  renameSync(unfinished, file);
  waitForDisk(dirname(resolve(file)));
}

function waitForDisk(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** What a backup holds. */
export interface BackupContents {
  readonly keys: number;
  readonly ledgerRows: number;
}

/** @throws {Error} saying why this file is no sound backup of this server's */
export function checkBackup(file: string): BackupContents {
  if (!existsSync(file)) throw new Error(`There is no file ${file}.`);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true });
    const verdict = database.prepare('PRAGMA integrity_check').get()?.integrity_check;
    if (verdict !== 'ok') throw new Error(String(verdict));
    const version = database.prepare("SELECT value FROM settings WHERE name = 'schema-version'").get()?.value;
    if (!stepsSince(String(version), 'sqlite'))
      throw new Error(
        `its tables are of version ${version}, and this server knows version ${SCHEMA_VERSION}`,
      );
    const count = (table: string) => Number(database?.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);
    return { keys: count('keys'), ledgerRows: count('ledger') };
  } catch (error) {
    throw new Error(`${file} is no sound backup of this server: ${(error as Error).message}.`, {
      cause: error,
    });
  } finally {
    database?.close();
  }
}

/**
 * Puts a backup in the place of the database. What was there, and the ledger rows that waited beside it, is moved into a
 * folder and not deleted.
 *
 * @param path of the database
 * @param now for the folder's name
 * @returns the folder with what was there before; nothing when nothing was
 * @throws {Error} for a backup that is not sound, and while another process has the database open
 */
export function restore(file: string, path: string, now: Date): string | undefined {
  checkBackup(file);
  assertUnused(path);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const unfinished = `${path}.unfinished`;
  try {
    // The copy is whole before what was there moves: a full disk leaves everything as it was.
    copyFileSync(file, unfinished);
    chmodSync(unfinished, 0o600);
    const before = moveAway(path, now);
    giveName(unfinished, path);
    return before;
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB (https://www.sqlite.org/rescode.html). */
const DAMAGED = new Set([11, 26]);

/** SQLite leaves the write-ahead log, which every process of ours uses, only when no other connection is open. */
function assertUnused(path: string): void {
  if (!existsSync(path)) return;
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA journal_mode = DELETE');
  } catch (error) {
    // What is damaged is why one restores: it is moved away like any other.
    if (DAMAGED.has(Number((error as { errcode?: number }).errcode) & 0xff)) return;
    throw new Error(`${path} is in use: stop the server first (${(error as Error).message}).`, {
      cause: error,
    });
  } finally {
    database.close();
  }
}

function moveAway(path: string, now: Date): string | undefined {
  const folder = dirname(path);
  const name = basename(path);
  const files = existsSync(folder)
    ? readdirSync(folder).filter((one) => one === name || one.startsWith(`${name}-`))
    : [];
  if (files.length === 0) return undefined;
  const before = join(folder, `before-restore-${now.toISOString().replaceAll(/[:.]/g, '-')}`);
  mkdirSync(before, { mode: 0o700 });
  for (const one of files) renameSync(join(folder, one), join(before, one));
  return before;
}

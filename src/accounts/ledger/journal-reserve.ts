import { closeSync, existsSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { LedgerTable } from '../database/ledger-columns.ts';
import { isOtherProcess } from '../database/running-process.ts';

/** Bytes: the rows of some six hundred calls. */
const SIZE = 256 * 1024;

/** Where the reserve lies, and how a row is written. */
export interface ReserveOptions {
  /** Of the SQLite file. */
  readonly path: string;
  /** Of this process among all that have the file: `<pid>-<something>`. */
  readonly name: string;
  readonly lineOf: (row: LedgerTable) => string;
}

/**
 * Space on the disk that is taken while there is some, for rows of calls that are under way when it takes no more: they are
 * written over the line feeds of a file that has its full length, so that a killed process has not lost them. As nothing but
 * an empty line is in it, the file is one of the journal as soon as it has a name of one, which it gets with its first row.
 *
 * Rows that are here wait in memory, too, and are written again: the file is gone when all of them are safe elsewhere. On
 * file systems that never write in place (Btrfs, ZFS) it may be of no use.
 */
export class JournalReserve {
  readonly #options: ReserveOptions;
  readonly #unused: string;
  readonly #used: string;
  #hasLookedForOthers = false;
  /** Once it is used. */
  #descriptor: number | undefined;
  #bytes = 0;
  #ids = new Set<string>();

  constructor(options: ReserveOptions) {
    this.#options = options;
    this.#unused = `${options.path}${UNUSED}${options.name}`;
    this.#used = `${options.path}-rows-${options.name}-reserve`;
  }

  /** Takes the space, unless it is taken; or none, where there is none. */
  prepare(): void {
    if (this.#descriptor !== undefined || existsSync(this.#unused)) return;
    try {
      if (!this.#hasLookedForOthers) this.#removeLeft();
      this.#hasLookedForOthers = true;
      const descriptor = openSync(this.#unused, 'ax', 0o600);
      const written = writeSync(descriptor, Buffer.alloc(SIZE, '\n'));
      closeSync(descriptor);
      if (written < SIZE) rmSync(this.#unused);
    } catch {
      rmSync(this.#unused, { force: true });
    }
  }

  /** Keeps rows that the disk did not take, as far as there is space: of one without, its text is given up first. */
  keep(rows: readonly LedgerTable[]): void {
    for (const row of rows) {
      // Of a refused request nothing was spent, and nobody writes its row again.
      if (row.refused_status !== null || this.#ids.has(row.id)) continue;
      if (this.#write(row) || (row.prompt !== null && this.#write({ ...row, prompt: null })))
        this.#ids.add(row.id);
    }
  }

  /** Says that rows are safe elsewhere. */
  release(rows: readonly LedgerTable[]): void {
    if (this.#descriptor === undefined) return;
    for (const { id } of rows) this.#ids.delete(id);
    if (this.#ids.size > 0) return;
    closeSync(this.#descriptor);
    rmSync(this.#used, { force: true });
    this.#descriptor = undefined;
    this.#bytes = 0;
  }

  /** Rows that are safe nowhere else stay, for the next start. */
  close(): void {
    rmSync(this.#unused, { force: true });
  }

  #write(row: LedgerTable): boolean {
    const line = Buffer.from(this.#options.lineOf(row));
    // The last line feed ends the last row.
    if (this.#bytes + line.length > SIZE) return false;
    try {
      this.#descriptor ??= this.#open();
      const written = writeSync(this.#descriptor, line, 0, line.length, this.#bytes);
      this.#bytes = written === line.length ? this.#bytes + written : SIZE;
      return written === line.length;
    } catch {
      return false;
    }
  }

  #open(): number {
    renameSync(this.#unused, this.#used);
    return openSync(this.#used, 'r+');
  }

  /** Of killed processes; another's of this number is one of before, as in containers. */
  #removeLeft(): void {
    const { path, name } = this.#options;
    for (const file of readdirSync(dirname(path))) {
      const owner = file.startsWith(`${basename(path)}${UNUSED}`) && file.split(UNUSED).at(-1)!;
      if (owner && owner !== name && !isOtherProcess(Number.parseInt(owner, 10)))
        rmSync(join(dirname(path), file), { force: true });
    }
  }
}

/** Between the SQLite file's name and its owner's in that of a reserve without rows. */
const UNUSED = '-reserve-';

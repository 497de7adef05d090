import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { HOUR } from '../../core/durations.ts';
import { type LedgerTable, withAllColumns } from '../database/ledger-columns.ts';
import { JournalReserve } from './journal-reserve.ts';

/** Rows in a file before the next is begun, so that each is put in at once. */
const ROWS_IN_A_FILE = 256;
/** A journal file untouched for so many milliseconds belongs to a dead process: a live one removes its files within a second. */
const ABANDONED_AFTER = HOUR;

/** A file of another process, as it was before it is read. */
export interface OtherFile {
  readonly file: string;
  /** The same until something is appended. */
  readonly state: string;
  readonly isAbandoned: boolean;
}

/**
 * Rows on their way into a SQLite file, as lines in files beside it: an append makes a row survive a killed process for a
 * tenth of what a commit costs. Each process appends to files of its own, and removes them when their rows are in the
 * table. Whoever reads the table puts in first what is in all of them, which does no harm twice, as a row is known by its
 * id; so it finds what others have just written, and what killed processes have left.
 *
 * A line is the length of its JSON, a space, the JSON, a line feed: one that was cut short by a kill or a full disk shows.
 */
export class RowJournal {
  readonly #stem: string;
  readonly #reserve: JournalReserve;
  readonly #name = `${process.pid}-${randomBytes(4).toString('hex')}`;
  #begun = 0;
  #open: { readonly file: string; readonly descriptor: number; rows: number; bytes: number } | undefined;
  /** Files of ours that are appended to no more, oldest first. */
  #full: string[] = [];
  /** The state in which files of others have been read to their end. */
  #read = new Map<string, string>();

  /** @param path of the SQLite file */
  constructor(path: string) {
    this.#stem = `${path}-rows-`;
    this.#reserve = new JournalReserve({ path, name: this.#name, lineOf });
  }

  /** Returns when the rows survive a killed process. @throws what the file system says (a full disk); they are to be written again */
  append(rows: readonly LedgerTable[]): void {
    const isFirst = this.#open === undefined;
    try {
      this.#append(rows);
    } catch (error) {
      this.#reserve.keep(rows);
      throw error;
    }
    this.#reserve.release(rows);
    if (isFirst) this.#reserve.prepare();
  }

  #append(rows: readonly LedgerTable[]): void {
    this.#open ??= this.#begin();
    const { descriptor, bytes } = this.#open;
    const lines = Buffer.from(rows.map(lineOf).join(''));
    try {
      writeAll(descriptor, lines);
    } catch (error) {
      this.#giveBack(descriptor, bytes);
      throw error;
    }
    this.#open.rows += rows.length;
    this.#open.bytes += lines.length;
    if (this.#open.rows >= ROWS_IN_A_FILE) this.#end();
  }

  get hasRows(): boolean {
    return this.#open !== undefined || this.hasFullFiles;
  }

  get hasFullFiles(): boolean {
    return this.#full.length > 0;
  }

  /** The file of ours that is to be moved next; what is appended later does not go into it. */
  oldest(): string | undefined {
    if (this.#full.length === 0) this.#end();
    return this.#full[0];
  }

  /** All files of ours; what is appended later goes into new ones. */
  own(): readonly string[] {
    this.#end();
    return [...this.#full];
  }

  /** Removes a file of ours whose rows are in the table. */
  done(file: string): void {
    rmSync(file, { force: true });
    this.#full = this.#full.filter((one) => one !== file);
  }

  /** Files of other processes, alive or dead, that may have rows nobody has told us of. */
  others(): OtherFile[] {
    const folder = dirname(this.#stem);
    const unread: OtherFile[] = [];
    const read = new Map<string, string>();
    for (const name of readdirSync(folder).sort()) {
      if (!name.startsWith(basename(this.#stem)) || name.includes(this.#name)) continue;
      const other = lookAt(join(folder, name));
      if (!other) continue;
      if (this.#read.get(other.file) === other.state) read.set(other.file, other.state);
      else unread.push(other);
    }
    this.#read = read;
    return unread;
  }

  /** Gives back the space that is kept free for a full disk. */
  close(): void {
    this.#reserve.close();
  }

  /** Keeps lines that are no rows, for a person to look at. @returns the file they are in now. @throws what the file system says */
  setAside(lines: readonly string[]): string {
    const file = `${this.#stem.slice(0, -'-rows-'.length)}-damaged-rows`;
    appendFileSync(file, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
    return file;
  }

  /** Says that the rows of another's file are in the table. */
  seen({ file, state, isAbandoned }: OtherFile): void {
    this.#read.set(file, state);
    if (isAbandoned) rmSync(file, { force: true });
  }

  #begin() {
    this.#begun += 1;
    const file = `${this.#stem}${this.#name}-${this.#begun}`;
    return { file, descriptor: openSync(file, 'ax', 0o600), rows: 0, bytes: 0 };
  }

  /** What a full disk took of a line: tries that each leave a half would fill what others free. */
  #giveBack(descriptor: number, bytes: number): void {
    try {
      ftruncateSync(descriptor, bytes);
    } catch {
      // What follows the last line feed of a file is no row.
      this.#end();
    }
  }

  #end(): void {
    if (!this.#open) return;
    closeSync(this.#open.descriptor);
    this.#full.push(this.#open.file);
    this.#open = undefined;
  }
}

/** @returns nothing for a file that is gone, whose rows are in the table then, and for what is none (a link to itself, too) */
function lookAt(file: string): OtherFile | undefined {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) return undefined;
  const { size, mtimeMs } = found;
  return { file, state: `${size} ${mtimeMs}`, isAbandoned: Date.now() - mtimeMs > ABANDONED_AFTER };
}

/** The whole rows of a file, and the lines that are none; nothing for a file that is gone. */
export function readJournal(file: string): { rows: LedgerTable[]; damaged: string[] } {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { rows: [], damaged: [] };
    throw error;
  }
  const rows: LedgerTable[] = [];
  const damaged: string[] = [];
  // What follows the last line feed is being written, or was cut.
  for (const line of text.split('\n').slice(0, -1)) {
    const row = rowOfLine(line);
    if (row) rows.push(row);
    else if (line !== '') damaged.push(line);
  }
  return { rows, damaged };
}

function rowOfLine(line: string): LedgerTable | undefined {
  const json = line.slice(line.indexOf(' ') + 1);
  if (json.length !== Number.parseInt(line, 10)) return undefined;
  try {
    const row = JSON.parse(json) as LedgerTable | null;
    return typeof row?.id === 'string' && Number.isFinite(row.at) ? withAllColumns(row) : undefined;
  } catch {
    return undefined;
  }
}

/** A row as a line of the journal; see {@link RowJournal} for its form. */
export function lineOf(row: LedgerTable): string {
  const json = JSON.stringify(row);
  return `${json.length} ${json}\n`;
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
}

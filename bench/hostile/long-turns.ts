/** Long turns of an event loop, as the process that had them writes them down and another one reads them. */
import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { TimeSpent } from './running-profile.ts';

/** A file is read as a whole: as many turns are enough to know what they were. */
const MAX_BYTES = 4 * 1024 * 1024;

/** One work of the garbage collector. */
export interface Collection {
  readonly kind: string;
  /** Milliseconds of `performance.now()`. */
  readonly startedAt: number;
  readonly ms: number;
}

export interface LongTurn extends TimeSpent {
  /** Milliseconds of the processor. */
  readonly ms: number;
  /** As much of them was the kernel's: reading, writing, giving memory. */
  readonly systemMs: number;
  /** Milliseconds of `Date.now()`. */
  readonly from: number;
  readonly to: number;
  readonly heapMb: number;
  readonly collections: readonly Collection[];
}

export class TurnFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  add(turn: LongTurn): void {
    if (statSync(this.#path).size < MAX_BYTES) appendFileSync(this.#path, `${JSON.stringify(turn)}\n`);
  }

  /** What was seen before does not count. */
  empty(): void {
    writeFileSync(this.#path, '');
  }

  /** The longest first. */
  read(): LongTurn[] {
    const lines = readFileSync(this.#path, 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line) as LongTurn).sort((one, other) => other.ms - one.ms);
  }
}

/** Some lines for people. */
export function describeTurn({ ms, systemMs, heapMb, collections, self, total }: LongTurn): string {
  const shares = (list: LongTurn['self']) => list.map((share) => `${share.ms} ${share.place}`).join(', ');
  return [
    `a turn of ${Math.round(ms)} ms of the processor, ${Math.round(systemMs)} of them in the kernel; heap ${heapMb} MB`,
    `  garbage collector: ${describeCollections(collections)}`,
    `  by itself: ${shares(self)}`,
    `  with all it called: ${shares(total)}`,
  ].join('\n');
}

/** Those of a kind together: a long turn may have hundreds. */
function describeCollections(collections: readonly Collection[]): string {
  const kinds = [...new Set(collections.map(({ kind }) => kind))];
  const of = (kind: string) => collections.filter((one) => one.kind === kind).map(({ ms }) => ms);
  const describe = (kind: string) => {
    const each = of(kind);
    return `${each.length} × ${kind}, ${each.reduce((sum, ms) => sum + ms, 0)} ms, longest ${Math.max(...each)}`;
  };
  return kinds.map(describe).join('; ') || 'nothing';
}

/** Questions by the hash of their core. It points at the exact cache, where the answers are. */
import { LRUCache } from 'lru-cache';

/** A question that has an answer, and where that is. */
export interface IndexEntry {
  readonly prompt: string;
  readonly exactKey: string;
  readonly requestId: string | undefined;
}

/** Different questions with one core are rare; beyond this number the oldest goes. */
export const MAX_BUCKET = 8;
/** Bytes of an entry besides its prompt, roughly. Its key is the exact cache's own string. */
const ENTRY_SIZE = 320;
const sizeOf = (entries: readonly IndexEntry[]) =>
  entries.reduce((sum, { prompt }) => sum + ENTRY_SIZE + 2 * prompt.length, 0);

/** Entries in memory, bounded in bytes: those not looked at for longest go first. */
export class QuestionIndex {
  readonly #buckets: LRUCache<string, readonly IndexEntry[]>;

  constructor(maxBytes: number) {
    this.#buckets = new LRUCache({
      maxSize: maxBytes,
      maxEntrySize: Math.ceil(maxBytes / 8),
      sizeCalculation: sizeOf,
    });
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** The newest first. */
  get(key: string): readonly IndexEntry[] {
    return this.#buckets.get(key) ?? [];
  }

  add(key: string, entry: IndexEntry): readonly IndexEntry[] {
    const entries = withEntry(this.get(key), entry);
    this.#buckets.set(key, entries);
    return entries;
  }

  remove(key: string, exactKey: string): void {
    const left = this.get(key).filter((entry) => entry.exactKey !== exactKey);
    if (left.length > 0) this.#buckets.set(key, left);
    else this.#buckets.delete(key);
  }
}

/** One entry a prompt. */
export function withEntry(entries: readonly IndexEntry[], entry: IndexEntry): readonly IndexEntry[] {
  return [entry, ...entries.filter(({ prompt }) => prompt !== entry.prompt)].slice(0, MAX_BUCKET);
}

import { LRUCache } from 'lru-cache';
import type { Clock } from '../core/clock.ts';
import type { AnswerStore, Found, Peeked, Question, StoredAnswer } from './answer-store.ts';

/** A cache behind this one that others share. */
export interface SharedAnswers {
  /** Never rejects; resolves soon. */
  get(key: string): Promise<StoredAnswer | undefined>;
  /** Must not throw and not wait. @param ttl milliseconds */
  set(key: string, answer: StoredAnswer, ttl: number): void;
}

/** Bytes, roughly. */
const ENTRY_SIZE = 256;

/**
 * Complete answers by the exact request, kept for a while and within a number of bytes: in memory, and behind it where
 * several instances share them.
 */
export class ExactStore implements AnswerStore {
  readonly name = 'exact';
  readonly #answers: LRUCache<string, StoredAnswer> | undefined;
  readonly #ttl: number;
  readonly #shared: SharedAnswers | undefined;

  /** @param ttl milliseconds; 0 turns the cache off */
  constructor(ttl: number, maxBytes: number, clock: Clock, shared?: SharedAnswers) {
    this.#ttl = ttl;
    this.#shared = shared;
    if (ttl <= 0 || maxBytes <= 0) return;
    this.#answers = new LRUCache({
      maxSize: maxBytes,
      // One answer may not push out all the others.
      maxEntrySize: Math.ceil(maxBytes / 8),
      ttl,
      perf: { now: () => clock.elapsed() },
      // lru-cache would otherwise cache the clock with a timer.
      ttlResolution: 0,
    });
  }

  get isOn(): boolean {
    return this.#answers !== undefined;
  }

  /** Bytes are what the answers in memory take, roughly. */
  get size(): { readonly entries: number; readonly bytes: number; readonly maxBytes: number } {
    const { size = 0, calculatedSize = 0, maxSize = 0 } = this.#answers ?? {};
    return { entries: size, bytes: calculatedSize, maxBytes: maxSize };
  }

  find({ exactKey }: Question): Found | undefined | Promise<Found | undefined> {
    const answer = this.get(exactKey);
    return answer instanceof Promise ? answer.then(asFound) : asFound(answer);
  }

  async peek({ exactKey }: Question): Promise<Peeked> {
    const answer = this.#answers?.peek(exactKey) ?? (await this.#shared?.get(exactKey));
    return answer && 'exact';
  }

  /** The answer under a key, for stores that point here. */
  get(key: string): StoredAnswer | undefined | Promise<StoredAnswer | undefined> {
    return this.#answers?.get(key) ?? this.#shared?.get(key);
  }

  /** Keeps a complete answer; the caller vouches that every choice has its finish reason. */
  keep({ exactKey }: Question, answer: StoredAnswer): void {
    // Two bytes a character where one of them is not Latin, and what the entry takes besides.
    const size = 2 * answer.json.length + exactKey.length + ENTRY_SIZE;
    this.#answers?.set(exactKey, answer, { size });
    this.#shared?.set(exactKey, answer, this.#ttl);
  }
}

function asFound(answer: StoredAnswer | undefined): Found | undefined {
  return answer && { answer, match: 'exact' };
}

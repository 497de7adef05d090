/** Complete answers, kept for a while and within a number of bytes. */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../core/clock.ts';
import type { FinishReason } from '../core/openai-types.ts';

/** As it is sent: thousands of answers as objects would be work for the garbage collector. */
export interface CachedAnswer {
  /** The completion. */
  readonly json: string;
  readonly finishReason: FinishReason | null;
  /** `provider/model` that answered. */
  readonly model: string;
  /** Milliseconds since the epoch. */
  readonly storedAt: number;
}

/** A cache behind this one that others share. */
export interface SharedAnswers {
  /** Never rejects; resolves soon. */
  get(key: string): Promise<CachedAnswer | undefined>;
  /** Must not throw and not wait. @param ttl milliseconds */
  set(key: string, answer: CachedAnswer, ttl: number): void;
}

/** Bytes, roughly. */
const ENTRY_SIZE = 256;

export class AnswerCache {
  readonly #answers: LRUCache<string, CachedAnswer> | undefined;
  readonly #clock: Clock;
  readonly #ttl: number;
  readonly #shared: SharedAnswers | undefined;

  /** @param ttl milliseconds; 0 turns the cache off */
  constructor(ttl: number, maxBytes: number, clock: Clock, shared?: SharedAnswers) {
    this.#clock = clock;
    this.#ttl = ttl;
    this.#shared = shared;
    if (ttl <= 0 || maxBytes <= 0) return;
    this.#answers = new LRUCache({
      maxSize: maxBytes,
      // One answer may not push out all the others.
      maxEntrySize: Math.ceil(maxBytes / 8),
      ttl,
      perf: { now: () => clock.elapsed() },
      // Else the time of one call is kept for the next by a timer of its own.
      ttlResolution: 0,
    });
  }

  get isOn(): boolean {
    return this.#answers !== undefined;
  }

  get(key: string): CachedAnswer | undefined | Promise<CachedAnswer | undefined> {
    return this.#answers?.get(key) ?? this.#shared?.get(key);
  }

  /** Keeps a complete answer; the caller vouches that every choice has its finish reason. */
  set(key: string, { json, finishReason, model }: Omit<CachedAnswer, 'storedAt'>): void {
    const answer = { json, finishReason, model, storedAt: this.#clock.now() };
    // Two bytes a character where one of them is not Latin, and what the entry takes besides.
    const size = 2 * json.length + key.length + ENTRY_SIZE;
    this.#answers?.set(key, answer, { size });
    this.#shared?.set(key, answer, this.#ttl);
  }
}

import { LRUCache } from 'lru-cache';
import type { Clock } from '../../core/clock.ts';
import { atMost } from '../../core/entry-bound.ts';
import { Failure } from '../../failures/failure.ts';
import type { Key } from './key.ts';
import { looksLikeToken } from './token.ts';

/** Milliseconds after which a key is looked up again: another process may have changed it. */
const FRESH = 5_000;
/** The same for a token that is no key; it may have been made a moment ago. */
const UNKNOWN_FRESH = 1_000;
/** Milliseconds that a known key waits for its look-up; then it is believed as it was. */
const REFRESH_TIMEOUT = 500;
const MAX_KEYS = 10_000;
/** Tokens that are no keys are remembered apart: whoever makes them up must not push out those that are. */
const MAX_UNKNOWN = 1_000;

interface Known {
  readonly key: Key;
  readonly at: number;
}

interface LookUp {
  readonly result: Promise<Key | undefined>;
  /** On the clock of elapsed time. */
  readonly since: number;
}

/** Keys at hand, so that not every call asks the database, and calls go on while it is unavailable. */
export class KeyCache {
  readonly #lookUp: (token: string) => Promise<Key | undefined>;
  readonly #clock: Clock;
  readonly #known = new LRUCache<string, Known>(atMost(MAX_KEYS));
  /** When each was looked up. */
  readonly #unknown = new LRUCache<string, number>(atMost(MAX_UNKNOWN));
  /** Tokens that worked when they were looked up last: this outlives the changes that make all keys be looked up again. */
  readonly #worked = new LRUCache<string, true>(atMost(MAX_KEYS));
  readonly #running = new Map<string, LookUp>();

  constructor(lookUp: (token: string) => Promise<Key | undefined>, clock: Clock) {
    this.#lookUp = lookUp;
    this.#clock = clock;
  }

  /**
   * @returns nothing when there is no such key. While the database is unavailable the last answer holds, however old.
   * @throws {Failure} `overloaded` (503) when a key cannot be looked up and was never seen before
   */
  find(token: string): Key | undefined | Promise<Key | undefined> {
    const known = this.#known.get(token);
    if (!known && (!looksLikeToken(token) || this.#wasUnknown(token))) return undefined;
    if (known && this.#clock.elapsed() - known.at < FRESH) return known.key;
    let lookUp = this.#running.get(token);
    if (!lookUp) {
      const result = this.#ask(token, known).finally(() => this.#running.delete(token));
      lookUp = { result, since: this.#clock.elapsed() };
      this.#running.set(token, lookUp);
    }
    return known ? refreshed(known.key, lookUp, this.#clock.elapsed()) : lookUp.result;
  }

  /** Whether this key was seen here and worked: who sends it does not guess. */
  isKnown(token: string): boolean {
    return this.#worked.get(token) ?? false;
  }

  /** After a change in this process: look again at once. */
  forgetAll(): void {
    this.#known.clear();
    this.#unknown.clear();
  }

  #wasUnknown(token: string): boolean {
    const at = this.#unknown.get(token);
    return at !== undefined && this.#clock.elapsed() - at < UNKNOWN_FRESH;
  }

  async #ask(token: string, known: Known | undefined): Promise<Key | undefined> {
    try {
      const key = await this.#lookUp(token);
      const at = this.#clock.elapsed();
      if (key) {
        this.#known.set(token, { key, at });
        this.#worked.set(token, true);
      } else {
        this.#known.delete(token);
        this.#worked.delete(token);
        this.#unknown.set(token, at);
      }
      return key;
    } catch (error) {
      if (known) return known.key;
      const message = 'Keys cannot be checked right now: the database is unavailable. Try again soon.';
      throw new Failure('overloaded', message, { retryAfterMs: 5_000, cause: error });
    }
  }
}

/** A database that is slow or locked slows no key that is known. */
function refreshed(known: Key, { result, since }: LookUp, now: number): Key | Promise<Key | undefined> {
  const left = since + REFRESH_TIMEOUT - now;
  if (left <= 0) {
    // Its outcome is for the next call.
    result.catch(() => {});
    return known;
  }
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(known), left);
    result.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Keys at hand, so that not every call asks the database, and calls go on while it is away. */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../core/clock.ts';
import { Failure } from '../../routing/failures.ts';
import type { Key } from './key.ts';
import { looksLikeToken } from './token.ts';

/** Milliseconds after which a key is looked up again: another process may have changed it. */
const FRESH = 5_000;
/** The same for a token that is no key; it may have been made a moment ago. */
const UNKNOWN_FRESH = 1_000;
const MAX_KEYS = 10_000;

interface Known {
  readonly key: Key | undefined;
  readonly at: number;
}

export class KeyCache {
  readonly #lookUp: (token: string) => Promise<Key | undefined>;
  readonly #clock: Clock;
  readonly #known = new LRUCache<string, Known>({ max: MAX_KEYS });
  readonly #running = new Map<string, Promise<Key | undefined>>();

  constructor(lookUp: (token: string) => Promise<Key | undefined>, clock: Clock) {
    this.#lookUp = lookUp;
    this.#clock = clock;
  }

  /**
   * @returns nothing when there is no such key. While the database is away the last answer holds, however old.
   * @throws {Failure} `overloaded` (503) when a key cannot be looked up and was never seen before
   */
  find(token: string): Key | undefined | Promise<Key | undefined> {
    if (!looksLikeToken(token)) return undefined;
    const known = this.#known.get(token);
    const age = known ? this.#clock.elapsed() - known.at : Infinity;
    if (known && age < (known.key ? FRESH : UNKNOWN_FRESH)) return known.key;
    let running = this.#running.get(token);
    if (!running) {
      running = this.#ask(token, known).finally(() => this.#running.delete(token));
      this.#running.set(token, running);
    }
    return running;
  }

  /** After a change in this process: look again at once. */
  forgetAll(): void {
    this.#known.clear();
  }

  async #ask(token: string, known: Known | undefined): Promise<Key | undefined> {
    try {
      const key = await this.#lookUp(token);
      this.#known.set(token, { key, at: this.#clock.elapsed() });
      return key;
    } catch (error) {
      if (known?.key) return known.key;
      const message = 'Keys cannot be checked right now: the database is away. Try again soon.';
      throw new Failure('overloaded', message, { retryAfterMs: 5_000, cause: error });
    }
  }
}

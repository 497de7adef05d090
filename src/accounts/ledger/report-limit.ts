import { LRUCache } from 'lru-cache';
import type { Clock } from '../../core/clock.ts';
import { atMost } from '../../core/entry-bound.ts';
import { Failure } from '../../failures/failure.ts';
import { SlidingWindow } from '../limits/sliding-window.ts';

const MAX_KEYS = 10_000;

/** What is free but not for nothing, such as reports that read many rows: each caller's are bounded, so that none slows the others. */
export class ReportLimit {
  readonly #clock: Clock;
  readonly #reports = new LRUCache<string, SlidingWindow>(atMost(MAX_KEYS));

  readonly #perMinute: number;
  readonly #what: string;

  /** @param what is asked for, in the plural */
  constructor(clock: Clock, perMinute = 60, what = 'reports') {
    this.#clock = clock;
    this.#perMinute = perMinute;
    this.#what = what;
  }

  /** @param keyId or whose they are otherwise @throws {Failure} `rate_limited` */
  take(keyId: string): void {
    const now = this.#clock.elapsed();
    const reports = this.#reports.get(keyId) ?? new SlidingWindow();
    this.#reports.set(keyId, reports);
    if (reports.used(now) >= this.#perMinute) {
      throw new Failure('rate_limited', `A key may ask for ${this.#perMinute} ${this.#what} a minute.`, {
        retryAfterMs: reports.fallsTo(this.#perMinute - 1, now),
      });
    }
    reports.add(1, now);
  }
}

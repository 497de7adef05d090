/** Reports read many rows: a caller's own are bounded, so that no key slows the ledger for others. */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../core/clock.ts';
import { Failure } from '../../failures/failure.ts';
import { SlidingWindow } from '../limits/sliding-window.ts';

const REPORTS_A_MINUTE = 60;
const MAX_KEYS = 10_000;

export class ReportLimit {
  readonly #clock: Clock;
  readonly #reports = new LRUCache<string, SlidingWindow>({ max: MAX_KEYS });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts a report of a key. @throws {Failure} `rate_limited` */
  take(keyId: string): void {
    const now = this.#clock.elapsed();
    const reports = this.#reports.get(keyId) ?? new SlidingWindow();
    this.#reports.set(keyId, reports);
    if (reports.used(now) >= REPORTS_A_MINUTE) {
      throw new Failure('rate_limited', `A key may ask for ${REPORTS_A_MINUTE} reports a minute.`, {
        retryAfterMs: reports.fallsTo(REPORTS_A_MINUTE - 1, now),
      });
    }
    reports.add(1, now);
  }
}

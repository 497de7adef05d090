/** Exponential back-off with full jitter, as a list of waits that can be read without a clock. */
import type { Random } from '../core/clock.ts';

/** Between what bounds waits are drawn. */
export interface BackoffSettings {
  /** Milliseconds: the first wait is anywhere from 0 to this. */
  readonly base: number;
  /** Milliseconds: no wait is longer. */
  readonly cap: number;
}

/** Short, as a chain has other targets to go to. */
export const DEFAULT_BACKOFF: BackoffSettings = { base: 250, cap: 5_000 };

/**
 * Endless waits in milliseconds: a random share of 250, 500, 1000 … capped. Full jitter spreads callers best
 * (Brooker, "Exponential Backoff And Jitter", 2015).
 */
export function* backoff(random: Random, { base, cap } = DEFAULT_BACKOFF): Generator<number, never> {
  for (let ceiling = base; ; ceiling = Math.min(cap, ceiling * 2)) {
    yield Math.round(random() * Math.min(cap, ceiling));
  }
}

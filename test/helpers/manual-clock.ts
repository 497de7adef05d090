/** A clock that stands still until a test moves it. */
import type { Clock } from '../../src/core/clock.ts';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

export class ManualClock implements Clock {
  /** Every wait that was asked for, in milliseconds. */
  readonly slept: number[] = [];
  readonly #sleepers = new Set<Sleeper>();
  readonly #skips: boolean;
  // Not 0, which some libraries take for "never".
  #time = Date.UTC(2026, 10, 1);

  /** @param skips sleeping moves the clock on at once instead of waiting for `advance` */
  constructor({ skips = false } = {}) {
    this.#skips = skips;
  }

  now(): number {
    return this.#time;
  }

  elapsed(): number {
    return this.#time;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    this.slept.push(milliseconds);
    if (signal?.aborted) return Promise.resolve();
    if (this.#skips) {
      this.advance(milliseconds);
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const sleeper = { until: this.#time + milliseconds, wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', resolve as () => void, { once: true });
    });
  }

  advance(milliseconds: number): void {
    this.#time += milliseconds;
    for (const sleeper of this.#sleepers) {
      if (sleeper.until > this.#time) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }
}

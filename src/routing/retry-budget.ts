import type { Clock } from '../core/clock.ts';
import { MINUTE } from '../core/durations.ts';

const WINDOW = MINUTE;
const SLICES = 6;
const SHARE = 0.2;
const ALLOWANCE = 10;

/**
 * Retries are a loan against healthy traffic: at most a fifth on top of the calls of the last minute, so that an
 * outage is not multiplied by everyone retrying. A small allowance lets a quiet server retry at all.
 */
export class RetryBudget {
  readonly #clock: Clock;
  /** Calls and retries of each ten seconds; a ring, so that memory is fixed. */
  readonly #calls = new Array<number>(SLICES).fill(0);
  readonly #retries = new Array<number>(SLICES).fill(0);
  #slice = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#slice = this.#currentSlice();
  }

  call(): void {
    this.#advance();
    this.#calls[this.#slice % SLICES]! += 1;
  }

  /** Takes one retry if the budget has it. */
  take(): boolean {
    this.#advance();
    const calls = sum(this.#calls);
    const retries = sum(this.#retries);
    if (retries >= ALLOWANCE + calls * SHARE) return false;
    this.#retries[this.#slice % SLICES]! += 1;
    return true;
  }

  #currentSlice(): number {
    return Math.floor(this.#clock.elapsed() / (WINDOW / SLICES));
  }

  #advance(): void {
    const current = this.#currentSlice();
    const steps = Math.min(SLICES, current - this.#slice);
    for (let step = 1; step <= steps; step++) {
      this.#calls[(this.#slice + step) % SLICES] = 0;
      this.#retries[(this.#slice + step) % SLICES] = 0;
    }
    this.#slice = current;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

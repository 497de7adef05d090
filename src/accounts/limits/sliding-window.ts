const SLOTS = 61;

/**
 * Sliding-window counter: 61 one-second slots, so that what is counted never exceeds the limit in any interval of 60
 * seconds.
 */
export class SlidingWindow {
  readonly #slots = new Float64Array(SLOTS);
  #second = 0;
  #sum = 0;

  /** What counts at `now`: milliseconds of a clock that is never set. */
  used(now: number): number {
    this.#advance(now);
    return this.#sum;
  }

  add(amount: number, now: number): void {
    this.#advance(now);
    this.#slots[this.#second % SLOTS]! += amount;
    this.#sum += amount;
  }

  /** Corrects what was added at `then`, if that still counts. */
  correct(difference: number, then: number, now: number): void {
    this.#advance(now);
    const second = Math.floor(then / 1000);
    if (second <= this.#second - SLOTS) return;
    const slot = second % SLOTS;
    const corrected = Math.max(0, this.#slots[slot]! + difference);
    this.#sum += corrected - this.#slots[slot]!;
    this.#slots[slot] = corrected;
  }

  /** Milliseconds until no more than `most` count, when nothing is added. */
  fallsTo(most: number, now: number): number {
    this.#advance(now);
    if (most === 0) return this.#fallsToNothing(now);
    let sum = this.#sum;
    for (let age = SLOTS - 1; age >= 0 && sum > most; age--) {
      const second = this.#second - age;
      sum -= this.#slots[((second % SLOTS) + SLOTS) % SLOTS]!;
      if (sum <= most) return (second + SLOTS) * 1000 - now;
    }
    return 0;
  }

  /** Milliseconds until nothing counts: when the newest that does has left. */
  #fallsToNothing(now: number): number {
    for (let age = 0; age < SLOTS && this.#sum > 0; age++) {
      const second = this.#second - age;
      if (this.#slots[((second % SLOTS) + SLOTS) % SLOTS]! > 0) return (second + SLOTS) * 1000 - now;
    }
    return 0;
  }

  #advance(now: number): void {
    const second = Math.floor(now / 1000);
    if (second <= this.#second) return;
    const passed = Math.min(SLOTS, second - this.#second);
    for (let step = 1; step <= passed; step++) {
      const slot = (second - passed + step) % SLOTS;
      this.#sum -= this.#slots[slot]!;
      this.#slots[slot] = 0;
    }
    this.#second = second;
  }
}

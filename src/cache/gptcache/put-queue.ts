const MAX_WAITING = 100;

/** Puts answers after the callers have them, one after the other; what does not fit is dropped and counted. */
export class PutQueue {
  dropped = 0;
  readonly #put: (key: string, value: string) => Promise<unknown>;
  readonly #waiting: (readonly [string, string])[] = [];
  #isRunning = false;

  /** @param put must not reject */
  constructor(put: (key: string, value: string) => Promise<unknown>) {
    this.#put = put;
  }

  get length(): number {
    return this.#waiting.length;
  }

  add(key: string, value: string): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.dropped++;
      return;
    }
    this.#waiting.push([key, value]);
    if (!this.#isRunning) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) await this.#put(...next);
    this.#isRunning = false;
  }
}

/** The bound on calls at once, and the gate that closes when the server drains. */
import { Failure } from '../failures/failure.ts';

/** Calls being answered; new ones are refused past the limit and while the server drains. */
export class ConcurrencyLimit {
  readonly #limit: number;
  count = 0;
  draining = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @throws {Failure} `overloaded` */
  enter(): void {
    if (this.draining)
      throw new Failure('overloaded', 'The server is shutting down; try again in a moment.', {
        retryAfterMs: 5_000,
      });
    if (this.count >= this.#limit) {
      throw new Failure('overloaded', 'The server has all the calls it can take; try again in a moment.', {
        retryAfterMs: 1_000,
      });
    }
    this.count += 1;
  }

  leave(): void {
    this.count -= 1;
  }

  /** Resolves when no call is left, or after `milliseconds`. */
  async empty(milliseconds: number): Promise<void> {
    const deadline = Date.now() + milliseconds;
    while (this.count > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

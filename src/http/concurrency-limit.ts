/** The bound on calls at once, and the gate that closes when the server drains. */
import type { ServerResponse } from 'node:http';
import { Failure } from '../failures/failure.ts';

/** Calls being answered; new ones are rejected past the limit and while the server drains. */
export class ConcurrencyLimit {
  readonly #limit: number;
  /** Calls whose callers wait. */
  count = 0;
  /** Calls that are not settled yet. */
  #unsettled = 0;
  draining = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @throws {Failure} `overloaded` while the server drains */
  checkDraining(): void {
    if (!this.draining) return;
    throw new Failure('overloaded', 'The server is shutting down; try again in a moment.', {
      retryAfterMs: 5_000,
    });
  }

  /**
   * Counts a call among those in flight: against the limit until its caller has the reply or has left, and for a drain until
   * it is settled.
   * @returns what to call when the work has ended
   * @throws {Failure} `overloaded`
   */
  enter(response: ServerResponse): () => void {
    this.checkDraining();
    if (this.count >= this.#limit) {
      throw new Failure('overloaded', 'The server has all the calls it can take; try again in a moment.', {
        retryAfterMs: 1_000,
      });
    }
    this.#unsettled += 1;
    if (!response.closed) {
      this.count += 1;
      response.once('close', () => {
        this.count -= 1;
      });
    }
    return () => {
      this.#unsettled -= 1;
    };
  }

  /** Resolves when no call is left, or after `milliseconds`. */
  async empty(milliseconds: number): Promise<void> {
    const deadline = Date.now() + milliseconds;
    while (this.count + this.#unsettled > 0 && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The bound on calls at once, and the gate that closes when the server drains. */
import { Failure } from '../failures/failure.ts';

/** A call that was admitted, in its two respects: its place is free when its caller is gone, its work ends later. */
export interface EnteredCall {
  /** Its reply has left, or its caller has. */
  gone(): void;
  /** It is settled. */
  settled(): void;
}

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

  /** @throws {Failure} `overloaded` */
  enter(): EnteredCall {
    this.checkDraining();
    if (this.count >= this.#limit) {
      throw new Failure('overloaded', 'The server has all the calls it can take; try again in a moment.', {
        retryAfterMs: 1_000,
      });
    }
    this.count += 1;
    this.#unsettled += 1;
    return {
      gone: once(() => {
        this.count -= 1;
      }),
      settled: once(() => {
        this.#unsettled -= 1;
      }),
    };
  }

  /** Resolves when no call is left, or after `milliseconds`. */
  async empty(milliseconds: number): Promise<void> {
    const deadline = Date.now() + milliseconds;
    while (this.count + this.#unsettled > 0 && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}

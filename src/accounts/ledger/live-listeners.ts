/** Who watches requests as they come: each asks the ledger once a second, so that there may only be so many. */
import { Failure } from '../../failures/failure.ts';

const MAX_LISTENERS = 20;
const MAX_OF_ONE = 5;

export class LiveListeners {
  readonly #byScope = new Map<string, number>();
  #count = 0;

  /** @returns what ends it, once @throws {Failure} `rate_limited` */
  enter(scope: string): () => void {
    const own = this.#byScope.get(scope) ?? 0;
    if (own >= MAX_OF_ONE || this.#count >= MAX_LISTENERS) {
      const message = `${own >= MAX_OF_ONE ? own : this.#count} pages watch the requests already: close one first.`;
      throw new Failure('rate_limited', message, { retryAfterMs: 5_000 });
    }
    this.#byScope.set(scope, own + 1);
    this.#count += 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#count -= 1;
      const left = this.#byScope.get(scope)! - 1;
      if (left > 0) this.#byScope.set(scope, left);
      else this.#byScope.delete(scope);
    };
  }
}

import { Failure } from '../../failures/failure.ts';

/** Of all caller keys together. */
const MAX_CALLERS = 20;
const MAX_OF_ONE = 5;

/**
 * Who watches requests as they come: each asks the ledger once a second, so that there may only be so many. Callers together
 * never take the administrator's places.
 */
export class LiveListeners {
  readonly #byScope = new Map<string, number>();
  #count = 0;

  /**
   * @param keyId of a caller; the administrator has none
   * @returns what ends it, once
   * @throws {Failure} `rate_limited`
   */
  enter(keyId: string | undefined): () => void {
    const scope = keyId ?? 'admin';
    const counts = keyId === undefined ? 0 : 1;
    const own = this.#byScope.get(scope) ?? 0;
    if (own >= MAX_OF_ONE || this.#count + counts > MAX_CALLERS) {
      const message = `${own >= MAX_OF_ONE ? own : this.#count} pages watch the requests already: close one first.`;
      throw new Failure('rate_limited', message, { retryAfterMs: 5_000 });
    }
    this.#byScope.set(scope, own + 1);
    this.#count += counts;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#count -= counts;
      const left = this.#byScope.get(scope)! - 1;
      if (left > 0) this.#byScope.set(scope, left);
      else this.#byScope.delete(scope);
    };
  }
}

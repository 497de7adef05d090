/**
 * Bodies on their way in. They take no place among the calls, or a caller who sends half of many would shut all others out;
 * but one caller reads only so many at once. How long one may take is bounded where it is read (`body.ts`).
 */
import { Failure } from '../failures/failure.ts';

/** Agents send a handful of requests at once. */
const MAX_READS_OF_ONE = 32;

export class BodyReads {
  readonly #reads = new Map<string, number>();

  /**
   * @param scope whose requests are counted together
   * @throws {Failure} `rate_limited` for one body too many, and what `read` throws
   */
  async within<Body>(scope: string, read: () => Promise<Body>): Promise<Body> {
    const before = this.#reads.get(scope) ?? 0;
    if (before >= MAX_READS_OF_ONE) {
      throw new Failure(
        'rate_limited',
        `${MAX_READS_OF_ONE} requests of this caller are being sent already: finish some first.`,
        { retryAfterMs: 1_000 },
      );
    }
    this.#reads.set(scope, before + 1);
    try {
      return await read();
    } finally {
      const after = this.#reads.get(scope)! - 1;
      if (after > 0) this.#reads.set(scope, after);
      else this.#reads.delete(scope);
    }
  }
}

import type { IncomingMessage } from 'node:http';
import { Failure } from '../failures/failure.ts';
import { readJson } from './body.ts';

/** Agents send a handful of requests at once. */
const MAX_READS_OF_ONE = 32;
/** Of all bodies that one caller sends at once, as far as they say how long they are. */
const MAX_BYTES_OF_ONE = 256 * 1024 * 1024;

interface Reads {
  count: number;
  bytes: number;
}

/**
 * Bodies on their way in. They take no place among the calls, or a caller who sends half of many would shut all others out;
 * but one caller reads only so many at once. How long one may take is bounded where it is read (`body.ts`).
 */
export class BodyReads {
  readonly #reads = new Map<string, Reads>();
  readonly #maxBytes: number;

  /** @param maxBytes of one body, where its endpoint says nothing else */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * @param scope whose requests are counted together
   * @param model that the path named, which counts more than the body's
   * @throws {Failure} `rate_limited` for one body too many, and what `readJson` throws
   */
  readJson(
    request: IncomingMessage,
    scope: string,
    model: string | undefined,
    maxBytes: number = this.#maxBytes,
  ): Promise<unknown> {
    // A body may not say how long it is.
    const bytes = Number(request.headers['content-length']) || 0;
    return this.within(scope, bytes, () => readJson(request, maxBytes, model));
  }

  /**
   * @param scope whose requests are counted together
   * @param bytes that the body has, where it says so
   * @throws {Failure} `rate_limited` for one body too many, and what `read` throws
   */
  async within<Body>(scope: string, bytes: number, read: () => Promise<Body>): Promise<Body> {
    const reads = this.#reads.get(scope) ?? { count: 0, bytes: 0 };
    if (reads.count >= MAX_READS_OF_ONE) throw tooMany(`${MAX_READS_OF_ONE} requests`);
    // One alone is bounded by how long a body may be.
    if (reads.count > 0 && reads.bytes + bytes > MAX_BYTES_OF_ONE) throw tooMany('256 MB of requests');
    reads.count += 1;
    reads.bytes += bytes;
    this.#reads.set(scope, reads);
    try {
      return await read();
    } finally {
      reads.count -= 1;
      reads.bytes -= bytes;
      if (reads.count === 0) this.#reads.delete(scope);
    }
  }
}

function tooMany(what: string): Failure {
  return new Failure('rate_limited', `${what} of this caller are being sent already: finish some first.`, {
    retryAfterMs: 1_000,
  });
}

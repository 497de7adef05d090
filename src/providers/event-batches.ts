/** An event stream's bytes as batches of chunks, whatever the provider's dialect. */
import { type Batch, BatchStream, END, type NextBatch } from '../core/batches.ts';
import { type ServerSentEvent, SseParser } from '../core/sse.ts';
import type { ReplyBody } from './reply-body.ts';
import { networkFailure } from './transport.ts';
import { malformed, UpstreamFailure } from './upstream-failure.ts';

/** What the events of one read say. */
export interface EventBatch {
  readonly batch: Batch;
  /** Why an event could not be read; `batch` has what was whole before it. */
  readonly failure?: unknown;
  /** The provider's own terminator was among them. */
  readonly done?: boolean;
}

/**
 * Chunks of one read come together. Ends at the terminator or at the end of the bytes; leaving early closes the
 * connection, which stops the provider. Rejects with an `UpstreamFailure`, after what was whole before the fault.
 */
export class EventBatches extends BatchStream {
  readonly #body: ReplyBody;
  readonly #provider: string;
  readonly #translate: (events: readonly ServerSentEvent[]) => EventBatch;
  readonly #parser = new SseParser();
  #failure: UpstreamFailure | undefined;
  #isOver = false;

  constructor(
    body: ReplyBody,
    provider: string,
    translate: (events: readonly ServerSentEvent[]) => EventBatch,
  ) {
    super();
    this.#body = body;
    this.#provider = provider;
    this.#translate = translate;
  }

  async next(): Promise<NextBatch> {
    while (!this.#isOver) {
      const { batch, failure, done } = this.#read(await this.#bytes());
      if (failure) this.#failure = asFailure(failure, this.#provider);
      if (failure || done) this.#leave(done);
      if (batch.length > 0) return { value: batch, done: false };
    }
    if (!this.#failure) return END;
    const failure = this.#failure;
    this.#failure = undefined;
    throw failure;
  }

  async return(): Promise<NextBatch> {
    // A body that runs out keeps its connection.
    if (!this.#isOver) this.#leave();
    return END;
  }

  async #bytes(): Promise<Buffer | undefined> {
    try {
      return await this.#body.read();
    } catch (error) {
      this.#isOver = true;
      throw networkFailure(error, this.#provider);
    }
  }

  /** @param bytes nothing at their end */
  #read(bytes: Buffer | undefined): EventBatch {
    if (!bytes) this.#isOver = true;
    try {
      return this.#translate(bytes ? this.#parser.feed(bytes) : this.#parser.end());
    } catch (failure) {
      return { batch: [], failure };
    }
  }

  #leave(isComplete = false): void {
    this.#isOver = true;
    if (isComplete) this.#body.runOut();
    else this.#body.close();
  }
}

/** An event of the wrong shape shows as a TypeError of ours, one without end as the parser's RangeError. */
function asFailure(failure: unknown, provider: string): UpstreamFailure {
  if (failure instanceof UpstreamFailure) return failure;
  return malformed(`${provider} sent a stream event that cannot be read.`);
}

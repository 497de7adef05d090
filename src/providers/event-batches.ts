/** An event stream's bytes as batches of chunks, whatever the provider's dialect. */
import { type Batch, Batches, END, type Taken } from '../core/batches.ts';
import { type ServerSentEvent, SseParser } from '../core/sse.ts';
import { malformed, UpstreamFailure } from '../failures/upstream-failure.ts';
import type { ReplyBody } from './reply-body.ts';
import { networkFailure } from './transport.ts';

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
 * connection, which stops the provider. What breaks it is an `UpstreamFailure`, told after what was whole before the fault.
 */
export class EventBatches extends Batches {
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

  take(): Taken {
    while (!this.#isOver) {
      const bytes = this.#bytes();
      if (!bytes) return undefined;
      const { batch, failure, done } = this.#read(bytes);
      if (failure) this.#failure = asFailure(failure, this.#provider);
      if (failure || done) this.#end(done);
      if (batch.length > 0) return batch;
    }
    if (!this.#failure) return END;
    const failure = this.#failure;
    this.#failure = undefined;
    throw failure;
  }

  more(): Promise<void> {
    return this.#body.more();
  }

  leave(): void {
    // A body that runs out keeps its connection.
    if (!this.#isOver) this.#end();
  }

  #bytes(): Buffer | typeof END | undefined {
    try {
      return this.#body.take();
    } catch (error) {
      this.#isOver = true;
      throw networkFailure(error, this.#provider);
    }
  }

  #read(bytes: Buffer | typeof END): EventBatch {
    if (bytes === END) this.#isOver = true;
    try {
      return this.#translate(bytes === END ? this.#parser.end() : this.#parser.feed(bytes));
    } catch (failure) {
      return { batch: [], failure };
    }
  }

  #end(isComplete = false): void {
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

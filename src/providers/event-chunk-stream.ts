/** An event stream's bytes as batches of chunks, whatever the provider's dialect. */
import { type Batch, ChunkStream, END, type ReadResult } from '../core/chunk-stream.ts';
import type { ChatCompletionChunk } from '../core/openai-types.ts';
import type { Redactor } from '../core/redactor.ts';
import { type ServerSentEvent, SseParser } from '../core/sse.ts';
import type { UpstreamFailure } from '../failures/upstream-failure.ts';
import { ChunkNormaliser } from './normalise/chunks.ts';
import { asUpstreamFailure } from './normalise/reply-error.ts';
import { SecretsInPieces } from './normalise/secrets-in-pieces.ts';
import type { Target } from './provider.ts';
import type { ResponseBody } from './response-body.ts';
import { redactorOf } from './target-secrets.ts';
import { networkFailure } from './transport.ts';

/**
 * Adds what one event says to `found`: chunks, or what nearly is one.
 * @returns whether it is the provider's own terminator. @throws for an event that cannot be read, or that tells of an error
 */
export type Translate = (event: ServerSentEvent, found: object[]) => boolean;

interface ReadBatch {
  readonly batch: Batch;
  /** Why an event could not be read; `batch` has what was whole before it. */
  readonly failure?: unknown;
  readonly done?: boolean;
}

/**
 * Chunks of one read come together. Ends at the terminator or at the end of the bytes; leaving early closes the
 * connection, which stops the provider. What breaks it is an `UpstreamFailure`, told after what was whole before the fault.
 */
export class EventChunkStream extends ChunkStream {
  readonly #body: ResponseBody;
  readonly #provider: string;
  readonly #translate: Translate;
  readonly #parser = new SseParser();
  readonly #normaliser: ChunkNormaliser;
  readonly #redactor: Redactor;
  readonly #secrets: SecretsInPieces | undefined;
  #failure: UpstreamFailure | undefined;
  #isOver = false;

  /** @param target whose stream it is: its model for chunks that do not name theirs, and its secrets, which nobody is told */
  constructor(body: ResponseBody, target: Target, translate: Translate) {
    super();
    this.#body = body;
    this.#provider = target.provider;
    this.#translate = translate;
    this.#normaliser = new ChunkNormaliser(target);
    this.#redactor = redactorOf(target);
    this.#secrets = this.#redactor.isIdle ? undefined : new SecretsInPieces(this.#redactor);
  }

  read(): ReadResult {
    while (!this.#isOver) {
      const bytes = this.#bytes();
      if (!bytes) return undefined;
      const { batch, failure, done } = this.#read(bytes);
      if (failure) this.#failure = asUpstreamFailure(failure, this.#provider);
      if (failure || done) this.#end(done && !failure);
      if (batch.length > 0) return batch;
    }
    if (!this.#failure) return END;
    const failure = this.#failure;
    this.#failure = undefined;
    throw failure;
  }

  readable(): Promise<void> {
    return this.#body.readable();
  }

  cancel(): void {
    // A body that runs out keeps its connection.
    if (!this.#isOver) this.#end();
  }

  #bytes(): Buffer | typeof END | undefined {
    try {
      return this.#body.read();
    } catch (error) {
      this.#isOver = true;
      throw networkFailure(error, this.#provider);
    }
  }

  #read(bytes: Buffer | typeof END): ReadBatch {
    if (bytes === END) this.#isOver = true;
    const found: object[] = [];
    let done = false;
    let failure: unknown;
    try {
      const events = bytes === END ? this.#parser.end() : this.#parser.feed(bytes);
      for (const { event, data } of events) {
        done = this.#translate({ event, data: this.#secrets ? this.#redactor.redact(data) : data }, found);
        if (done) break;
      }
    } catch (error) {
      failure = error;
    }
    return this.#normalise(found, done, failure);
  }

  #normalise(found: readonly object[], done: boolean, failure: unknown): ReadBatch {
    const batch: ChatCompletionChunk[] = [];
    try {
      for (const piece of found) {
        const chunk = this.#normaliser.add(piece);
        if (chunk) batch.push(this.#secrets?.redact(chunk) ?? chunk);
      }
      const last = done ? this.#normaliser.end() : undefined;
      if (last) batch.push(this.#secrets?.redact(last) ?? last);
      return { batch, failure, done };
    } catch (failure) {
      return { batch, failure };
    }
  }

  #end(isComplete = false): void {
    this.#isOver = true;
    if (isComplete) this.#body.runOut();
    else this.#body.close();
  }
}

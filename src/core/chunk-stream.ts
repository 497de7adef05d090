/**
 * A stream on its way through the layers. Chunks that arrived in one read travel as one batch, so that they can leave in
 * one write. A layer is asked what is there now (`read`), and where that is nothing, told to say when to ask again
 * (`readable`): so a frame passes all layers as plain function calls, and a waiting stream keeps only one
 * promise, at its source. As async iterators the layers keep, and make anew for every frame, several objects each, which
 * of a thousand open streams are what the garbage collector copies.
 */
import type { ChatCompletionChunk } from './openai-types.ts';

/** Chunks that arrived together; never empty where it is passed on. */
export type Batch = readonly ChatCompletionChunk[];

/** What is there of a stream now. */
export type ReadResult = Batch | typeof END | undefined;

/** There is no more, and what came was all. */
export const END = Symbol('end of the stream');

/** Single use, and read by one at a time. With `for await` where that is not for every frame of every stream. */
export abstract class ChunkStream implements AsyncIterable<Batch> {
  /** What has come, `END`, or nothing yet. @throws what breaks the stream; it is over then */
  abstract read(): ReadResult;

  /** Resolves when it is worth asking again; to be called as soon as `read` has nothing. Never rejects. */
  abstract readable(): Promise<void>;

  /** Wants no more: ends what is behind it. Harmless at any time. A promise where the end has to be settled first. */
  abstract cancel(): void | Promise<void>;

  async *[Symbol.asyncIterator](): AsyncGenerator<Batch, void, undefined> {
    try {
      for (;;) {
        const batch = this.read();
        if (batch === END) return;
        if (batch) yield batch;
        else await this.readable();
      }
    } finally {
      await this.cancel();
    }
  }
}

/** What a generator makes, as a stream like any other. */
export class GeneratedChunkStream extends ChunkStream {
  readonly #generator: AsyncGenerator<Batch, void> | Generator<Batch, void>;
  #next: ReadResult;
  #failure: unknown;
  #hasFailed = false;
  #pulling: Promise<void> | undefined;

  constructor(generator: AsyncGenerator<Batch, void> | Generator<Batch, void>) {
    super();
    this.#generator = generator;
  }

  read(): ReadResult {
    if (this.#hasFailed) throw this.#failure;
    const batch = this.#next;
    if (batch !== END) this.#next = undefined;
    return batch;
  }

  readable(): Promise<void> {
    this.#pulling ??= this.#pull();
    return this.#pulling;
  }

  cancel(): void {
    // A generator that waits ends when what it waits for does.
    void Promise.resolve(this.#generator.return(undefined)).catch(() => {});
  }

  async #pull(): Promise<void> {
    try {
      const { value, done } = await this.#generator.next();
      this.#next = done ? END : value;
    } catch (failure) {
      this.#hasFailed = true;
      this.#failure = failure;
    }
    this.#pulling = undefined;
  }
}

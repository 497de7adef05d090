/**
 * A stream on its way through the layers. Chunks that arrived in one read travel as one batch, so that they can leave in
 * one write, and whoever wants the next batch pulls it through all layers. The layers every frame passes are written by
 * hand and not as generators: of a thousand open streams each generator keeps, and makes anew for every frame, a handful
 * of objects that the garbage collector has to look at.
 */
import type { ChatCompletionChunk } from './openai-types.ts';

export type Batch = readonly ChatCompletionChunk[];

export type NextBatch = IteratorResult<Batch, undefined>;

/** Single use, and read by one at a time. */
export interface Batches extends AsyncIterable<Batch> {
  /** Rejects with what breaks the stream; it is over then. */
  next(): Promise<NextBatch>;
  /** Wants no more: ends what is behind it. Harmless at any time. */
  return(): Promise<NextBatch>;
}

export const END: NextBatch = { value: undefined, done: true };

export abstract class BatchStream implements Batches {
  abstract next(): Promise<NextBatch>;
  abstract return(): Promise<NextBatch>;

  [Symbol.asyncIterator](): this {
    return this;
  }
}

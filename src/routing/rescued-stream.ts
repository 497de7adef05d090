import { ChunkStream, END, type ReadResult } from '../core/chunk-stream.ts';
import { clientClosed, type Failure } from '../failures/failure.ts';
import { SentSoFar } from './rescue.ts';
import type { RoutedReply } from './routed.ts';

/** @throws {Failure} when nobody goes on */
export type GoOn = (broken: RoutedReply, sent: SentSoFar, failure: Failure) => Promise<RoutedReply>;

/** A committed stream. When it breaks, others go on with it where that is honest; else it ends in the failure. */
export class RescuedStream extends ChunkStream {
  readonly #goOn: GoOn;
  readonly #sent = new SentSoFar();
  #reply: RoutedReply;
  /** While somebody is looked for who goes on. */
  #rescue: Promise<void> | undefined;
  #failure: unknown;
  #isLeft = false;

  constructor(reply: RoutedReply, goOn: GoOn) {
    super();
    this.#reply = reply;
    this.#goOn = goOn;
  }

  /** @throws {Failure} */
  read(): ReadResult {
    if (this.#isLeft) throw clientClosed();
    if (this.#failure) throw this.#failure;
    if (this.#rescue) return undefined;
    try {
      const batch = this.#batches.read();
      if (batch && batch !== END) this.#sent.add(batch);
      return batch;
    } catch (failure) {
      this.#rescue = this.#lookForAnother(failure as Failure);
      return undefined;
    }
  }

  readable(): Promise<void> {
    return this.#rescue ?? this.#batches.readable();
  }

  cancel(): void {
    this.#isLeft = true;
    this.#batches.cancel();
  }

  /** A whole reply is refused where a stream is to go on, so there is always a stream here. */
  get #batches(): ChunkStream {
    return (this.#reply as Extract<RoutedReply, { kind: 'stream' }>).batches;
  }

  async #lookForAnother(failure: Failure): Promise<void> {
    try {
      this.#reply = await this.#goOn(this.#reply, this.#sent, failure);
      if (this.#isLeft) this.#batches.cancel();
    } catch (error) {
      this.#failure = error;
    }
    this.#rescue = undefined;
  }
}

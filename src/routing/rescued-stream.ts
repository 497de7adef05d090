/** A committed stream. When it breaks, others go on with it where that is honest; else it ends in the failure. */
import { BatchStream, END, type NextBatch } from '../core/batches.ts';
import { clientClosed, type Failure } from './failures.ts';
import { SentSoFar } from './rescue.ts';
import type { RoutedReply } from './routed.ts';

/** @throws {Failure} when nobody goes on */
export type GoOn = (broken: RoutedReply, sent: SentSoFar, failure: Failure) => Promise<RoutedReply>;

export class RescuedStream extends BatchStream {
  readonly #goOn: GoOn;
  readonly #sent = new SentSoFar();
  #reply: RoutedReply;
  #isLeft = false;

  constructor(reply: RoutedReply, goOn: GoOn) {
    super();
    this.#reply = reply;
    this.#goOn = goOn;
  }

  async next(): Promise<NextBatch> {
    // A whole reply is refused where a stream is to go on, so there is always a stream here.
    while (this.#reply.kind === 'stream' && !this.#isLeft) {
      try {
        const next = await this.#reply.batches.next();
        if (!next.done) this.#sent.add(next.value);
        return next;
      } catch (error) {
        this.#reply = await this.#goOn(this.#reply, this.#sent, error as Failure);
        if (!this.#isLeft) continue;
        await this.return();
        throw clientClosed();
      }
    }
    return END;
  }

  async return(): Promise<NextBatch> {
    this.#isLeft = true;
    return this.#reply.kind === 'stream' ? this.#reply.batches.return() : END;
  }
}

/** One attempt's stream: nothing of it leaves before a first real delta, and it ends well only with a finish reason. */
import { type Batch, BatchStream, END, type NextBatch } from '../core/batches.ts';
import type { StreamReply, Target } from '../providers/provider.ts';
import { malformed, UpstreamFailure } from '../providers/upstream-failure.ts';
import { StreamWatch } from './completeness.ts';
import type { Deadline } from './deadline.ts';
import { clientClosed, type Failure } from './failures.ts';

/** After the finish reason only usage and `[DONE]` are still to come; milliseconds. */
const GRACE_AFTER_FINISH = 2_000;
/** Chunks without any content are kept until the first real delta; a provider that sends only these is broken. */
const MOST_EMPTY_BATCHES = 1_000;

/** What the attempt's end means for its target and its log. One of the two is called, once. */
export interface AttemptEnd {
  finish(): void;
  /** @returns the failure's kind */
  fail(error: unknown): Failure;
}

export class AttemptStream extends BatchStream {
  readonly #iterator: AsyncIterator<Batch>;
  readonly #deadline: Deadline;
  readonly #target: Target;
  readonly #end: AttemptEnd;
  /** Joins a continuation to what the caller has. @throws {UpstreamFailure} */
  readonly #join: ((batch: Batch) => Batch) | undefined;
  readonly #watch = new StreamWatch();
  #held: Batch[] = [];
  #isOver = false;

  constructor(
    reply: StreamReply,
    deadline: Deadline,
    target: Target,
    end: AttemptEnd,
    join?: (batch: Batch) => Batch,
  ) {
    super();
    this.#iterator = reply.batches[Symbol.asyncIterator]();
    this.#deadline = deadline;
    this.#target = target;
    this.#end = end;
    this.#join = join;
  }

  /** Reads up to the first real delta; the first-token deadline is already armed. What it throws has no kind yet. */
  async begin(): Promise<void> {
    while (!this.#watch.hasBegun) {
      const { value, done } = await this.#iterator.next();
      if (done) throw this.#endedEarly();
      this.#watch.add(value);
      this.#held.push(value);
      if (this.#held.length > MOST_EMPTY_BATCHES)
        throw malformed(`${this.#target.provider} streams nothing but empty chunks.`);
    }
    this.#deadline.disarm();
  }

  /** The whole stream from its start. Rejects with a `Failure`. */
  async next(): Promise<NextBatch> {
    if (this.#isOver) return END;
    try {
      for (;;) {
        const batch = this.#held.length > 0 ? this.#takeHeld() : await this.#read();
        if (!batch) return this.#finish();
        const joined = this.#join ? this.#join(batch) : batch;
        if (joined.length > 0) return { value: joined, done: false };
      }
    } catch (error) {
      // Left while it was being read: that has been told.
      if (this.#isOver) throw clientClosed();
      this.#isOver = true;
      throw this.#end.fail(error);
    }
  }

  /** Left early by its only reader: the upstream call is aborted, and a `next` that waits for it rejects. */
  async return(): Promise<NextBatch> {
    if (this.#isOver) return END;
    this.#isOver = true;
    this.#end.fail(clientClosed());
    this.#iterator.return?.().catch(() => {});
    return END;
  }

  #finish(): NextBatch {
    if (!this.#watch.hasFinished) throw this.#endedEarly();
    this.#isOver = true;
    this.#deadline.dispose();
    this.#end.finish();
    return END;
  }

  #takeHeld(): Batch {
    const batch = this.#held.flat();
    this.#held = [];
    return batch;
  }

  /** The idle deadline runs only while we wait for the provider, not while a slow reader makes it wait for us. */
  async #read(): Promise<Batch | undefined> {
    const finished = this.#watch.hasFinished;
    const idle = this.#target.timeouts.idle;
    this.#deadline.arm('idle', finished ? Math.min(idle, GRACE_AFTER_FINISH) : idle);
    try {
      const { value, done } = await this.#iterator.next();
      if (this.#isOver) throw clientClosed();
      if (done) return undefined;
      this.#watch.add(value);
      return value;
    } catch (error) {
      // The answer is complete: what is missing is a usage chunk or the terminator.
      if (finished && !this.#deadline.callerGone && !this.#isOver) return undefined;
      throw error;
    } finally {
      this.#deadline.disarm();
    }
  }

  #endedEarly(): UpstreamFailure {
    if (this.#watch.hasFinished) return malformed(`${this.#target.provider} sent an empty answer.`);
    // Not `malformed`: to the router a stream that stops without a finish reason is a cut connection.
    const message = `${this.#target.provider} ended its stream without a finish reason.`;
    return new UpstreamFailure({ message, network: 'no_finish_reason' });
  }
}

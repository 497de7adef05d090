/** One attempt's stream: nothing of it leaves before a first real delta, and it ends well only with a finish reason. */
import type { ChatCompletionChunk } from '../core/openai-types.ts';
import type { StreamReply, Target } from '../providers/provider.ts';
import { malformed, UpstreamFailure } from '../providers/upstream-failure.ts';
import { StreamWatch } from './completeness.ts';
import type { Deadline } from './deadline.ts';

type Batch = readonly ChatCompletionChunk[];

/** After the finish reason only usage and `[DONE]` are still to come; milliseconds. */
const GRACE_AFTER_FINISH = 2_000;
/** Chunks without any content are kept until the first real delta; a provider that sends only these is broken. */
const MOST_EMPTY_BATCHES = 1_000;

export class AttemptStream {
  readonly #iterator: AsyncIterator<Batch>;
  readonly #deadline: Deadline;
  readonly #target: Target;
  readonly #watch = new StreamWatch();
  readonly #held: Batch[] = [];

  constructor(reply: StreamReply, deadline: Deadline, target: Target) {
    this.#iterator = reply.batches[Symbol.asyncIterator]();
    this.#deadline = deadline;
    this.#target = target;
  }

  /** Reads up to the first real delta; the first-token deadline is already armed. */
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

  /** The whole stream from its start. Single use; leaving it early aborts the upstream call. */
  async *batches(): AsyncGenerator<Batch> {
    let ended = false;
    try {
      for (const batch of this.#held) yield batch;
      for (;;) {
        const { value, done } = await this.#next();
        if (done) break;
        this.#watch.add(value);
        yield value;
      }
      ended = true;
      if (!this.#watch.hasFinished) throw this.#endedEarly();
    } finally {
      this.#deadline.dispose(!ended);
    }
  }

  /** The idle deadline runs only while we wait for the provider, not while a slow reader makes it wait for us. */
  async #next(): Promise<IteratorResult<Batch>> {
    const finished = this.#watch.hasFinished;
    const idle = this.#target.timeouts.idle;
    this.#deadline.arm('idle', finished ? Math.min(idle, GRACE_AFTER_FINISH) : idle);
    try {
      return await this.#iterator.next();
    } catch (error) {
      // The answer is complete: what is missing is a usage chunk or the terminator.
      if (finished && !this.#deadline.callerGone) return { value: undefined, done: true };
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

/** One attempt's stream: nothing of it leaves before a first real delta, and it ends well only with a finish reason. */
import { type Batch, Batches, END, type Taken } from '../core/batches.ts';
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

export class AttemptStream extends Batches {
  readonly #batches: Batches;
  readonly #deadline: Deadline;
  readonly #target: Target;
  readonly #end: AttemptEnd;
  /** Joins a continuation to what the caller has. @throws {UpstreamFailure} */
  readonly #join: ((batch: Batch) => Batch) | undefined;
  readonly #watch = new StreamWatch();
  #held: Batch[] = [];
  /** `broken` also when its reader left: a stream that was left must not pass for one that ended. */
  #state: 'open' | 'ended' | 'broken' = 'open';

  constructor(
    reply: StreamReply,
    deadline: Deadline,
    target: Target,
    end: AttemptEnd,
    join?: (batch: Batch) => Batch,
  ) {
    super();
    this.#batches = reply.batches;
    this.#deadline = deadline;
    this.#target = target;
    this.#end = end;
    this.#join = join;
  }

  /** Reads up to the first real delta; the first-token deadline is already armed. What it throws has no kind yet. */
  async begin(): Promise<void> {
    while (!this.#watch.hasBegun) {
      const batch = this.#batches.take();
      if (batch === END) throw this.#endedEarly();
      if (batch) this.#hold(batch);
      else await this.#batches.more();
    }
    this.#deadline.disarm();
  }

  /** The whole stream from its start. @throws {Failure} */
  take(): Taken {
    if (this.#state === 'ended') return END;
    if (this.#state === 'broken') throw clientClosed();
    try {
      for (;;) {
        const batch = this.#held.length > 0 ? this.#takeHeld() : this.#read();
        if (batch === END) return this.#finish();
        const joined = batch && this.#join ? this.#join(batch) : batch;
        if (joined?.length !== 0) return joined;
      }
    } catch (error) {
      this.#state = 'broken';
      throw this.#end.fail(error);
    }
  }

  /** The idle deadline runs only while we wait for the provider, not while a slow reader makes it wait for us. */
  more(): Promise<void> {
    const { idle } = this.#target.timeouts;
    if (this.#state === 'open' && !this.#deadline.isArmed)
      this.#deadline.arm('idle', this.#watch.hasFinished ? Math.min(idle, GRACE_AFTER_FINISH) : idle);
    return this.#batches.more();
  }

  /** Left early by its only reader: the upstream call is aborted. */
  leave(): void {
    if (this.#state !== 'open') return;
    this.#state = 'broken';
    this.#end.fail(clientClosed());
    this.#batches.leave();
  }

  #finish(): typeof END {
    if (!this.#watch.hasFinished) throw this.#endedEarly();
    this.#state = 'ended';
    this.#deadline.dispose();
    this.#end.finish();
    return END;
  }

  #hold(batch: Batch): void {
    this.#watch.add(batch);
    this.#held.push(batch);
    if (this.#held.length > MOST_EMPTY_BATCHES)
      throw malformed(`${this.#target.provider} streams nothing but empty chunks.`);
  }

  #takeHeld(): Batch {
    const batch = this.#held.flat();
    this.#held = [];
    return batch;
  }

  #read(): Taken {
    const finished = this.#watch.hasFinished;
    try {
      const batch = this.#batches.take();
      if (batch) this.#deadline.disarm();
      if (batch && batch !== END) this.#watch.add(batch);
      return batch;
    } catch (error) {
      // The answer is complete: what is missing is a usage chunk or the terminator.
      if (finished && !this.#deadline.callerGone) return END;
      throw error;
    }
  }

  #endedEarly(): UpstreamFailure {
    if (this.#watch.hasFinished) return malformed(`${this.#target.provider} sent an empty answer.`);
    // Not `malformed`: to the router a stream that stops without a finish reason is a cut connection.
    const message = `${this.#target.provider} ended its stream without a finish reason.`;
    return new UpstreamFailure({ message, network: 'no_finish_reason' });
  }
}

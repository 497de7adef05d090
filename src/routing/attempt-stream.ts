import { type Batch, ChunkStream, END, type ReadResult } from '../core/chunk-stream.ts';
import { NATIVE } from '../core/native-event.ts';
import { clientClosed, type Failure } from '../failures/failure.ts';
import { malformed, UpstreamFailure } from '../failures/upstream-failure.ts';
import type { HeldCalls } from '../guard/tool-calls/held-calls.ts';
import type { StreamReply, Target } from '../providers/provider.ts';
import { CompletionTracker, carriesAnything } from './completion-check.ts';
import type { Deadline } from './deadline.ts';

/** After the last finish reason only usage and the terminator are still to come; milliseconds for all of it. */
const GRACE_AFTER_FINISH = 2_000;
/** Batches in a row in which the answer does not go on: a provider may send them as signs of life, not for ever. */
const MAX_EMPTY_BATCHES = 20_000;
/** Of the chunks before the first real delta as many are kept. */
const MAX_HELD_BATCHES = 1_000;

/** What the attempt's end means for its target and its log. One of the two is called, once. */
export interface AttemptEnd {
  finish(): void;
  /** @returns the failure's kind */
  fail(error: unknown): Failure;
  /** Before either of the two: the provider has begun to answer, whether any of it goes on already or not. */
  begun(): void;
}

/** How an attempt is bounded, and what its stream is held against. */
export interface AttemptStreamOptions {
  readonly deadline: Deadline;
  readonly target: Target;
  readonly end: AttemptEnd;
  /** Joins a continuation to what the caller has. @throws {UpstreamFailure} */
  readonly join?: ((batch: Batch) => Batch) | undefined;
  /** Where tool calls go on whole or not at all. */
  readonly heldCalls?: HeldCalls | undefined;
  /** Choices that were asked for. */
  readonly choices?: number;
  /** The request may be answered by nothing. */
  readonly isEmptyTrue?: boolean;
  /** There never was another target: then an answer without content is the answer. */
  readonly isAlone?: boolean;
}

/** One attempt's stream: nothing of it leaves before a first real delta, and it ends well only with a finish reason. */
export class AttemptStream extends ChunkStream {
  readonly #batches: ChunkStream;
  readonly #options: AttemptStreamOptions;
  readonly #watch: CompletionTracker;
  #held: Batch[] = [];
  /** `broken` also when its reader left: a stream that was left must not pass for one that ended. */
  #state: 'open' | 'ended' | 'broken' = 'open';
  /** Since the answer last went on: batches, and the milliseconds that were spent waiting for them. */
  #emptyBatches = 0;
  #fruitlessMs = 0;

  constructor(reply: StreamReply, options: AttemptStreamOptions) {
    super();
    this.#batches = reply.batches;
    this.#options = options;
    const { choices: expected, isEmptyTrue } = options;
    this.#watch = new CompletionTracker(options.target.provider, { expected, isEmptyTrue });
  }

  /**
   * Reads up to the first real delta that may go on; the first-token deadline is already armed, and of a call that is held
   * it is that of the answer's going on. What it throws has no kind yet.
   */
  async begin(): Promise<void> {
    while (!this.#watch.hasBegun) {
      const batch = this.#batches.read();
      if (batch === END) {
        if (this.#watch.hasFinished && this.#options.isAlone) break;
        throw this.#endedEarly();
      }
      if (batch) this.#hold(batch);
      else await this.#batches.readable();
    }
    this.#options.deadline.disarm();
    this.#options.end.begun();
    while (this.#options.heldCalls?.isHolding && !this.#held.some(carriesAnything)) {
      const batch = this.#read();
      if (batch === END) throw this.#endedEarly();
      if (!batch) await this.readable();
      else if (batch.length > 0) this.#held.push(batch);
    }
  }

  /** The whole stream from its start. @throws {Failure} */
  read(): ReadResult {
    if (this.#state === 'ended') return END;
    if (this.#state === 'broken') throw clientClosed();
    const { join, end } = this.#options;
    try {
      for (;;) {
        const batch = this.#held.length > 0 ? this.#takeHeld() : this.#read();
        if (batch === END) return this.#finish();
        const joined = batch && join ? join(batch) : batch;
        if (joined?.length !== 0) return joined;
      }
    } catch (error) {
      this.#state = 'broken';
      throw end.fail(error);
    }
  }

  /**
   * The idle deadline runs only while we wait for the provider, not while a slow reader makes it wait for us. Signs of
   * life move it on, until the attempt's whole time has been spent waiting for an answer that does not go on.
   */
  readable(): Promise<void> {
    const { deadline, target } = this.#options;
    if (this.#state === 'open' && !deadline.isArmed) {
      const { idle, attempt } = target.timeouts;
      const whole = this.#watch.isOver ? GRACE_AFTER_FINISH : attempt;
      const atMost = Math.max(1, whole - this.#fruitlessMs);
      deadline.arm('idle', Math.min(idle, atMost), { bySign: Math.min(idle, whole), atMost });
    }
    return this.#batches.readable();
  }

  /** Left early by its only reader: the upstream call is aborted. */
  cancel(): void {
    if (this.#state !== 'open') return;
    this.#state = 'broken';
    this.#options.end.fail(clientClosed());
    this.#batches.cancel();
  }

  #finish(): typeof END {
    if (!this.#watch.hasFinished) throw this.#endedEarly();
    this.#state = 'ended';
    this.#options.deadline.dispose();
    this.#options.end.finish();
    return END;
  }

  #hold(batch: Batch): void {
    const isEmpty = !this.#observe(batch) && batch.every(isBare);
    if (isEmpty && this.#held.length > 0) return;
    this.#held.push(this.#withoutHeldCalls(batch));
    if (this.#held.length > MAX_HELD_BATCHES)
      throw malformed(`${this.#options.target.provider} streams nothing but empty chunks.`);
  }

  #takeHeld(): Batch {
    const batch = this.#held.flat();
    this.#held = [];
    return batch;
  }

  #read(): ReadResult {
    const batch = this.#observed();
    return batch && batch !== END ? this.#withoutHeldCalls(batch) : batch;
  }

  #observed(): ReadResult {
    const finished = this.#watch.hasFinished;
    const { deadline } = this.#options;
    try {
      const batch = this.#batches.read();
      if (batch && batch !== END && !this.#observe(batch) && deadline.isArmed)
        this.#fruitlessMs += deadline.waited;
      if (batch) deadline.disarm();
      return batch;
    } catch (error) {
      // The answer is complete: what is missing is a usage chunk or the terminator.
      if (finished && !deadline.callerGone) return END;
      throw error;
    }
  }

  #withoutHeldCalls(batch: Batch): Batch {
    return this.#options.heldCalls?.take(batch) ?? batch;
  }

  /** @returns whether the answer went on @throws {UpstreamFailure} */
  #observe(batch: Batch): boolean {
    const wentOn = this.#watch.add(batch);
    if (wentOn) {
      this.#emptyBatches = 0;
      this.#fruitlessMs = 0;
    } else this.#emptyBatches += 1;
    if (this.#emptyBatches > MAX_EMPTY_BATCHES) {
      const { provider } = this.#options.target;
      throw malformed(`${provider} streams chunks without end in which the answer does not go on.`);
    }
    return wentOn;
  }

  #endedEarly(): UpstreamFailure {
    const { provider } = this.#options.target;
    if (this.#watch.hasFinished) return malformed(`${provider} sent an empty answer.`);
    // Not `malformed`: to the router a stream that stops without a finish reason is a cut connection.
    const message = `${provider} ended its stream without a finish reason.`;
    return new UpstreamFailure({ message, network: 'no_finish_reason' });
  }
}

/** Beside its deltas it says nothing. */
function isBare(chunk: Batch[number]): boolean {
  const { choices, usage } = chunk;
  return !usage && !chunk[NATIVE] && choices.every(({ finish_reason: reason }) => !reason);
}

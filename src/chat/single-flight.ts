/**
 * One upstream call and everyone who wants its answer. Identical requests in flight share it: each subscriber gets
 * the whole answer, also those who come late and when the first one leaves; when all have left, the upstream call
 * is aborted.
 */
import { type Batch, ChunkStream, END, type ReadResult } from '../core/chunk-stream.ts';
import { Collector } from '../core/collect.ts';
import { WholeAnswer } from '../core/whole-answer.ts';
import { clientClosed, Failure } from '../failures/failure.ts';
import type { AttemptLog } from '../routing/attempts.ts';
import type { RoutedReply } from '../routing/routed.ts';
import { NativeBatches } from './native-batches.ts';
import { replay } from './replay.ts';

/** How a shared call ended. */
export interface CallResult {
  readonly reply: RoutedReply | undefined;
  /** The answer, as far as it came. */
  readonly answer: WholeAnswer | undefined;
  readonly failure: unknown;
}

/** A call that has just been made. */
export interface UpstreamCall<Completed> {
  readonly reply: Promise<RoutedReply>;
  readonly attempts: AttemptLog;
  /** Aborted when all subscribers have left. */
  readonly stop: AbortController;
  /** Called with what came, once for all subscribers. Must not reject. */
  readonly complete: (result: CallResult) => Promise<Completed>;
}

type StreamReply = Extract<RoutedReply, { kind: 'stream' }>;

/** An upstream call that runs for as long as somebody subscribes to it. */
export class SharedCall<Completed> {
  /** The route's result; every subscriber waits for the same. */
  readonly response: Promise<RoutedReply>;
  /** The end, measured. Never rejects. */
  readonly completed: Promise<Completed>;
  readonly attempts: AttemptLog;
  readonly #stop: AbortController;
  #subscribers: readonly SharedCallSubscriber<Completed>[] = [];
  /** What a stream has given so far. */
  #collector: Collector | undefined;
  /** The same as it came, where its callers speak its provider's wire: a completion has no place for all of that. */
  readonly #told: NativeBatches | undefined;
  #resolveEnd: (result: CallResult) => void = () => {};
  #reply: RoutedReply | undefined;
  #ended = false;
  #failure: unknown;

  /** @param mayBeJoined others may come late */
  constructor({ reply: routed, attempts, stop, complete }: UpstreamCall<Completed>, mayBeJoined: boolean) {
    this.#told = mayBeJoined ? new NativeBatches() : undefined;
    this.attempts = attempts;
    this.#stop = stop;
    this.completed = new Promise<CallResult>((resolve) => {
      this.#resolveEnd = resolve;
    }).then(complete);
    this.response = routed.then(
      (reply) => this.#open(reply),
      (failure: unknown) => {
        this.#end(failure);
        throw failure;
      },
    );
    // Subscribers handle the rejection; without any left it must not become an unhandled one.
    this.response.catch(() => {});
  }

  get isJoinable(): boolean {
    return !this.#ended && !this.#stop.signal.aborted && !this.#told?.isTooLong;
  }

  join(): SharedCallSubscriber<Completed> {
    const subscriber = new SharedCallSubscriber(this);
    this.#subscribers = [...this.#subscribers, subscriber];
    return subscriber;
  }

  /** The last one out aborts the upstream call. */
  cancel(subscriber: SharedCallSubscriber<Completed>): void {
    this.#subscribers = this.#subscribers.filter((one) => one !== subscriber);
    if (this.#subscribers.length > 0 || this.#ended) return;
    this.#stop.abort();
    if (this.#reply?.kind === 'stream') this.#leave(this.#reply);
  }

  /** What has already arrived, for one who comes late. */
  replaySoFar(): Batch[] | undefined {
    if (this.#told?.isNative) return [...this.#told.batches];
    return this.#collector && [...replay(this.#collector.completion())];
  }

  /** Delivers what has arrived to all subscribers; the first to ask does it for the others. @returns whether there may be more @throws what broke the stream */
  advance(): boolean {
    if (!this.#ended) this.#take((this.#reply as StreamReply).batches);
    if (this.#failure) throw this.#failure;
    return !this.#ended;
  }

  readable(): Promise<void> {
    return (this.#reply as StreamReply).batches.readable();
  }

  #open(reply: RoutedReply): RoutedReply {
    this.#reply = reply;
    if (reply.kind === 'whole') this.#end(undefined);
    // All left while its beginning was read.
    else if (this.#stop.signal.aborted) this.#leave(reply);
    return reply;
  }

  /** Without a subscriber nothing reads a stream any more and would see the abort, so it is ended here. */
  #leave({ batches }: StreamReply): void {
    batches.cancel();
    this.#end(clientClosed());
  }

  #take(batches: ChunkStream): void {
    try {
      const batch = batches.read();
      if (batch === END) return this.#end(undefined);
      if (!batch?.length) return;
      this.#collector ??= new Collector();
      for (const chunk of batch) this.#collector.add(chunk);
      this.#told?.add(batch);
      for (const subscriber of this.#subscribers) subscriber.deliver(batch);
    } catch (failure) {
      this.#end(asReplyFailure(failure));
    }
  }

  #end(failure: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    const streamed =
      this.#collector && WholeAnswer.of(this.#collector.completion(), undefined, this.#collector.native);
    const answer = this.#reply?.kind === 'whole' ? this.#reply.answer : streamed;
    this.#resolveEnd({ reply: this.#reply, answer, failure });
  }
}

/** Whatever reading a reply throws is the reply's fault, and no fault of ours. */
function asReplyFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure('upstream_malformed', 'The provider sent a stream that cannot be read.', {
    cause: error,
  });
}

/** One request's view of a shared call: the whole stream from its start, at this reader's pace. */
export class SharedCallSubscriber<Completed> extends ChunkStream {
  readonly sharedCall: SharedCall<Completed>;
  /** Waiting chunks are only references; a slow reader holds at most one answer's worth of them. */
  #waiting: Batch[] | undefined;
  #hasLeft = false;

  constructor(sharedCall: SharedCall<Completed>) {
    super();
    this.sharedCall = sharedCall;
    this.#waiting = sharedCall.replaySoFar();
  }

  deliver(batch: Batch): void {
    if (this.#waiting) this.#waiting.push(batch);
    else this.#waiting = [batch];
  }

  /** @throws {Failure} where the stream breaks */
  read(): ReadResult {
    // Nothing is delivered to it any more, and what others have read to its end wakes nobody.
    if (this.#hasLeft) throw clientClosed();
    const mayHaveMore = this.#waiting !== undefined || this.sharedCall.advance();
    const waiting = this.#waiting;
    if (!waiting) return mayHaveMore ? undefined : END;
    this.#waiting = undefined;
    return waiting.length === 1 ? waiting[0] : waiting.flat();
  }

  readable(): Promise<void> {
    return this.#hasLeft ? Promise.resolve() : this.sharedCall.readable();
  }

  /** Leaves the call; the others go on. */
  cancel(): void {
    this.#hasLeft = true;
    this.sharedCall.cancel(this);
  }
}

/** An entry of the map of calls in flight; emptied when its call has completed. */
interface Entry<Completed> {
  sharedCall: SharedCall<Completed> | undefined;
}

/**
 * Calls that others may still join, by cache key.
 *
 * A `Map` whose entries come and go is rebuilt now and then, and V8 keeps each of its former selves, with all that was in
 * it, until the next full collection: entries that reached whole calls made every third call outlive two collections.
 */
export class SingleFlight<Completed> {
  readonly #inFlight = new Map<string, Entry<Completed>>();

  /** @returns the call to join, if there is one. @param key the cache key, or `undefined` for a request that shares nothing */
  find(key: string | undefined): SharedCall<Completed> | undefined {
    const sharedCall = key === undefined ? undefined : this.#inFlight.get(key)?.sharedCall;
    return sharedCall?.isJoinable ? sharedCall : undefined;
  }

  /** Lets others join a call until it has completed. */
  add(key: string | undefined, call: UpstreamCall<Completed>): SharedCall<Completed> {
    const sharedCall = new SharedCall(call, key !== undefined);
    if (key !== undefined) {
      const entry: Entry<Completed> = { sharedCall };
      this.#inFlight.set(key, entry);
      void sharedCall.completed.then(() => {
        entry.sharedCall = undefined;
        if (this.#inFlight.get(key) === entry) this.#inFlight.delete(key);
      });
    }
    return sharedCall;
  }
}

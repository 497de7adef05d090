/**
 * One upstream answer and everyone who wants it. Identical requests in flight share a flight: each passenger gets
 * the whole answer, also those who come late and when the first one leaves; when all have left, the upstream call
 * is aborted.
 */
import { type Batch, type Batches, BatchStream, END, type NextBatch } from '../core/batches.ts';
import type { ChatCompletion, ChatCompletionChunk } from '../core/openai-types.ts';
import { AttemptLog } from '../routing/attempts.ts';
import { clientClosed } from '../routing/failures.ts';
import type { RoutedReply } from '../routing/routed.ts';
import { Collector } from './collect.ts';
import { replay } from './replay.ts';

/** How a flight ended, with as much of the answer as there was. */
export interface Landing {
  readonly reply: RoutedReply | undefined;
  readonly completion: ChatCompletion | undefined;
  readonly failure: unknown;
}

export interface FlightPlan<Landed> {
  /** Makes the upstream call; `signal` aborts when all passengers have left. */
  readonly start: (signal: AbortSignal, attempts: AttemptLog) => Promise<RoutedReply>;
  /** Weighs what came, once for all passengers. Must not reject. */
  readonly weigh: (landing: Landing, attempts: AttemptLog) => Promise<Landed>;
}

export class Flight<Landed> {
  /** The route's result; every passenger waits for the same. */
  readonly opened: Promise<RoutedReply>;
  /** The end, weighed. Never rejects. */
  readonly landed: Promise<Landed>;
  readonly attempts = new AttemptLog();
  readonly #controller = new AbortController();
  readonly #passengers = new Set<Passenger<Landed>>();
  readonly #collector = new Collector();
  #land: (landing: Landing) => void = () => {};
  #reply: RoutedReply | undefined;
  #pulling: Promise<void> | undefined;
  #ended = false;
  #failure: unknown;

  constructor(plan: FlightPlan<Landed>) {
    this.landed = new Promise<Landing>((resolve) => {
      this.#land = resolve;
    }).then((landing) => plan.weigh(landing, this.attempts));
    this.opened = plan.start(this.#controller.signal, this.attempts).then(
      (reply) => this.#open(reply),
      (failure: unknown) => {
        this.#end(failure);
        throw failure;
      },
    );
    // Passengers handle the rejection; a flight that all have left must not bring the process down.
    this.opened.catch(() => {});
  }

  get mayBeBoarded(): boolean {
    return !this.#ended && !this.#controller.signal.aborted;
  }

  board(): Passenger<Landed> {
    const passenger = new Passenger(this);
    this.#passengers.add(passenger);
    return passenger;
  }

  /** The last one out aborts the upstream call. */
  leave(passenger: Passenger<Landed>): void {
    this.#passengers.delete(passenger);
    if (this.#passengers.size > 0 || this.#ended) return;
    this.#controller.abort();
    // Nobody reads any more, so nobody would notice the abort: the stream is ended here.
    if (this.#reply?.kind === 'stream')
      void this.#reply.batches
        .return()
        .catch(() => {})
        .then(() => this.#end(clientClosed()));
  }

  /** What has already arrived, for one who comes late. */
  soFar(): Batch[] {
    return this.#collector.isEmpty ? [] : [...replay(this.#collector.completion())];
  }

  /** Reads the next batch for all; whoever asks first pulls. @returns false at the end. @throws what broke the stream */
  async advance(): Promise<boolean> {
    if (!this.#ended) {
      this.#pulling ??= this.#pull((this.#reply as { batches: Batches }).batches);
      await this.#pulling;
    }
    if (this.#failure) throw this.#failure;
    return !this.#ended;
  }

  #open(reply: RoutedReply): RoutedReply {
    this.#reply = reply;
    if (reply.kind === 'whole') this.#end(undefined);
    return reply;
  }

  async #pull(batches: Batches): Promise<void> {
    try {
      const { value, done } = await batches.next();
      this.#pulling = undefined;
      if (done) return this.#end(undefined);
      for (const chunk of value) this.#collector.add(chunk);
      for (const passenger of this.#passengers) passenger.deliver(value);
    } catch (failure) {
      this.#end(failure);
    }
  }

  #end(failure: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    const streamed = this.#collector.isEmpty ? undefined : this.#collector.completion();
    const completion = this.#reply?.kind === 'whole' ? this.#reply.completion : streamed;
    this.#land({ reply: this.#reply, completion, failure });
  }
}

/** One request's seat on a flight: the whole stream from its start, at this reader's pace. */
export class Passenger<Landed> extends BatchStream {
  readonly flight: Flight<Landed>;
  #queue: ChatCompletionChunk[] = [];

  constructor(flight: Flight<Landed>) {
    super();
    this.flight = flight;
    this.#queue = flight.soFar().flat();
  }

  deliver(batch: Batch): void {
    // Waiting chunks are only references; a slow reader holds at most one answer's worth of them.
    this.#queue.push(...batch);
  }

  /** Rejects with a `Failure` where the stream breaks. */
  async next(): Promise<NextBatch> {
    while (this.#queue.length === 0) {
      if (!(await this.flight.advance()) && this.#queue.length === 0) return END;
    }
    const batch = this.#queue;
    this.#queue = [];
    return { value: batch, done: false };
  }

  /** Gives the seat up; others may fly on. */
  async return(): Promise<NextBatch> {
    this.flight.leave(this);
    return END;
  }
}

/** Flights that others may still board, by cache key. */
export class Flights<Landed> {
  readonly #inTheAir = new Map<string, Flight<Landed>>();

  /**
   * @param key the cache key, or `undefined` for a request that shares nothing
   * @returns a seat, and whether this request started the flight
   */
  board(
    key: string | undefined,
    plan: FlightPlan<Landed>,
  ): { passenger: Passenger<Landed>; isFirst: boolean } {
    const running = key === undefined ? undefined : this.#inTheAir.get(key);
    if (running?.mayBeBoarded) return { passenger: running.board(), isFirst: false };
    const flight = new Flight(plan);
    if (key !== undefined) {
      this.#inTheAir.set(key, flight);
      void flight.landed.then(() => {
        if (this.#inTheAir.get(key) === flight) this.#inTheAir.delete(key);
      });
    }
    return { passenger: flight.board(), isFirst: true };
  }
}

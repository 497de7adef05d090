/**
 * One upstream answer and everyone who wants it. Identical requests in flight share a flight: each passenger gets
 * the whole answer, also those who come late and when the first one leaves; when all have left, the upstream call
 * is aborted.
 */
import { type Batch, Batches, END, type Taken } from '../core/batches.ts';
import { Collector } from '../core/collect.ts';
import type { ChatCompletion } from '../core/openai-types.ts';
import { Stop, type StopSignal } from '../core/stop-signal.ts';
import { clientClosed } from '../failures/failure.ts';
import { AttemptLog } from '../routing/attempts.ts';
import type { RoutedReply } from '../routing/routed.ts';
import { replay } from './replay.ts';

/** How a flight ended, with as much of the answer as there was. */
export interface Landing {
  readonly reply: RoutedReply | undefined;
  readonly completion: ChatCompletion | undefined;
  readonly failure: unknown;
}

export interface FlightPlan<Landed> {
  /** Makes the upstream call; `signal` aborts when all passengers have left. */
  readonly start: (signal: StopSignal, attempts: AttemptLog) => Promise<RoutedReply>;
  /** Weighs what came, once for all passengers. Must not reject. */
  readonly weigh: (landing: Landing, attempts: AttemptLog) => Promise<Landed>;
}

type StreamReply = Extract<RoutedReply, { kind: 'stream' }>;

export class Flight<Landed> {
  /** The route's result; every passenger waits for the same. */
  readonly opened: Promise<RoutedReply>;
  /** The end, weighed. Never rejects. */
  readonly landed: Promise<Landed>;
  readonly attempts = new AttemptLog();
  readonly #stop = new Stop();
  #passengers: readonly Passenger<Landed>[] = [];
  readonly #collector = new Collector();
  #land: (landing: Landing) => void = () => {};
  #reply: RoutedReply | undefined;
  #ended = false;
  #failure: unknown;

  constructor(plan: FlightPlan<Landed>) {
    this.landed = new Promise<Landing>((resolve) => {
      this.#land = resolve;
    }).then((landing) => plan.weigh(landing, this.attempts));
    this.opened = plan.start(this.#stop, this.attempts).then(
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
    return !this.#ended && !this.#stop.aborted;
  }

  board(): Passenger<Landed> {
    const passenger = new Passenger(this);
    this.#passengers = [...this.#passengers, passenger];
    return passenger;
  }

  /** The last one out aborts the upstream call. */
  leave(passenger: Passenger<Landed>): void {
    this.#passengers = this.#passengers.filter((one) => one !== passenger);
    if (this.#passengers.length > 0 || this.#ended) return;
    this.#stop.abort();
    // Nobody reads any more, so nobody would notice the abort: the stream is ended here.
    if (this.#reply?.kind !== 'stream') return;
    this.#reply.batches.leave();
    this.#end(clientClosed());
  }

  /** What has already arrived, for one who comes late. */
  soFar(): Batch[] | undefined {
    return this.#collector.isEmpty ? undefined : [...replay(this.#collector.completion())];
  }

  /** Takes what has come for all passengers; whoever asks first. @returns whether there may be more @throws what broke the stream */
  advance(): boolean {
    if (!this.#ended) this.#take((this.#reply as StreamReply).batches);
    if (this.#failure) throw this.#failure;
    return !this.#ended;
  }

  more(): Promise<void> {
    return (this.#reply as StreamReply).batches.more();
  }

  #open(reply: RoutedReply): RoutedReply {
    this.#reply = reply;
    if (reply.kind === 'whole') this.#end(undefined);
    return reply;
  }

  #take(batches: Batches): void {
    try {
      const batch = batches.take();
      if (batch === END) return this.#end(undefined);
      if (!batch) return;
      for (const chunk of batch) this.#collector.add(chunk);
      for (const passenger of this.#passengers) passenger.deliver(batch);
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
export class Passenger<Landed> extends Batches {
  readonly flight: Flight<Landed>;
  /** Waiting chunks are only references; a slow reader holds at most one answer's worth of them. */
  #waiting: Batch[] | undefined;

  constructor(flight: Flight<Landed>) {
    super();
    this.flight = flight;
    this.#waiting = flight.soFar();
  }

  deliver(batch: Batch): void {
    if (this.#waiting) this.#waiting.push(batch);
    else this.#waiting = [batch];
  }

  /** @throws {Failure} where the stream breaks */
  take(): Taken {
    const mayHaveMore = this.#waiting !== undefined || this.flight.advance();
    const waiting = this.#waiting;
    if (!waiting) return mayHaveMore ? undefined : END;
    this.#waiting = undefined;
    return waiting.length === 1 ? waiting[0] : waiting.flat();
  }

  more(): Promise<void> {
    return this.flight.more();
  }

  /** Gives the seat up; others may fly on. */
  leave(): void {
    this.flight.leave(this);
  }
}

/** What stands in the list of flights; emptied when its flight has landed. */
interface Entry<Landed> {
  flight: Flight<Landed> | undefined;
}

/**
 * Flights that others may still board, by cache key.
 *
 * A `Map` whose entries come and go is rebuilt now and then, and V8 keeps each of its former selves, with all that was in
 * it, until the next full collection: one that reached whole flights had every third call outlive two collections.
 */
export class Flights<Landed> {
  readonly #inTheAir = new Map<string, Entry<Landed>>();

  /**
   * @param key the cache key, or `undefined` for a request that shares nothing
   * @returns a seat, and whether this request started the flight
   */
  board(
    key: string | undefined,
    plan: FlightPlan<Landed>,
  ): { passenger: Passenger<Landed>; isFirst: boolean } {
    const running = key === undefined ? undefined : this.#inTheAir.get(key)?.flight;
    if (running?.mayBeBoarded) return { passenger: running.board(), isFirst: false };
    const flight = new Flight(plan);
    if (key !== undefined) {
      const entry: Entry<Landed> = { flight };
      this.#inTheAir.set(key, entry);
      void flight.landed.then(() => {
        entry.flight = undefined;
        if (this.#inTheAir.get(key) === entry) this.#inTheAir.delete(key);
      });
    }
    return { passenger: flight.board(), isFirst: true };
  }
}

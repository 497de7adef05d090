import type { Event, EventType, ImmediateSubscriber, Subscriber } from './event.ts';
import { TooLargeError } from './too-large-error.ts';

const MAX_QUEUE = 1_000;
const MAX_BATCH = 100;
/** Of the events of one subscriber that wait or are being handled. A single larger one is taken when nothing waits. */
const MAX_BYTES = 64 * 1024 * 1024;

interface Entry {
  readonly event: Event;
  readonly bytes: number;
}

/** The queue of one subscriber, bounded in events and bytes, and worked off in the background. */
export class Lane implements ImmediateSubscriber {
  readonly #subscriber: Subscriber;
  readonly #complain: (reason: unknown) => void;
  #queue: Entry[] = [];
  /** Of what waits and of what is being handled. */
  #bytes = 0;
  /** Events that the subscriber has and is not done with. */
  #running = 0;
  #dropped = 0;
  #failed = 0;
  #tooLarge = 0;
  #written = 0;
  /** Set until there is nothing to do. */
  isBusy = false;

  constructor(subscriber: Subscriber, complain: (reason: unknown) => void) {
    this.#subscriber = subscriber;
    this.#complain = complain;
  }

  get name(): string {
    return this.#subscriber.name;
  }

  get listensTo(): readonly EventType[] {
    return this.#subscriber.listensTo;
  }

  onEach(event: Event): void {
    const { maxQueue = MAX_QUEUE } = this.#subscriber;
    const bytes = this.#subscriber.sizeOf?.(event) ?? 0;
    if (this.#queue.length >= maxQueue || (this.#bytes > 0 && this.#bytes + bytes > MAX_BYTES)) {
      this.#dropped += 1;
      this.#complain('its queue is full');
      return;
    }
    this.#queue.push({ event, bytes });
    this.#bytes += bytes;
    if (this.isBusy) return;
    this.isBusy = true;
    setImmediate(() => void this.#work());
  }

  counts() {
    return {
      written: this.#written,
      failed: this.#failed,
      tooLarge: this.#tooLarge,
      dropped: this.#dropped,
      waiting: this.#queue.length + this.#running,
    };
  }

  /** Forgets what waits. */
  clear(): void {
    for (const { bytes } of this.#queue) this.#bytes -= bytes;
    this.#queue = [];
  }

  async close(): Promise<void> {
    await this.#subscriber.close?.();
  }

  async #work(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, this.#subscriber.maxBatch ?? MAX_BATCH);
      this.#running = batch.length;
      let lost = 0;
      try {
        const handling = this.#subscriber.on(batch.map(({ event }) => event));
        if (handling) await handling;
      } catch (error) {
        const errors: unknown[] =
          error instanceof AggregateError ? error.errors : Array(batch.length).fill(error);
        const tooLarge = errors.filter((one) => one instanceof TooLargeError).length;
        lost = errors.length;
        this.#tooLarge += tooLarge;
        this.#failed += lost - tooLarge;
        this.#complain(errors[0]);
      }
      this.#written += batch.length - lost;
      this.#running = 0;
      for (const { bytes } of batch) this.#bytes -= bytes;
    }
    this.isBusy = false;
  }
}

/** Hands events to subscribers in the background: a bounded queue for each, so that a slow one loses only its own. */
import type { Logger } from 'pino';
import type { Event, EventType, Subscriber } from './event.ts';

const MAX_QUEUE = 1_000;
const MAX_BATCH = 100;
/** Of the events of one subscriber that wait or are being handled. A single larger one is let in when nothing waits. */
const MAX_BYTES = 64 * 1024 * 1024;
/** Complaints about one subscriber, in milliseconds: one that is down must not fill the log. */
const COMPLAIN_EVERY = 10_000;

interface Entry {
  readonly event: Event;
  readonly bytes: number;
}

interface Lane {
  readonly subscriber: Subscriber;
  queue: Entry[];
  /** Of what waits and of what is being handled. */
  bytes: number;
  /** Events that the subscriber has and is not done with. */
  running: number;
  /** Set until the lane has nothing to do. */
  isBusy: boolean;
  dropped: number;
  failed: number;
  written: number;
  complainedAt: number;
}

export class EventBus {
  readonly #lanes: readonly Lane[];
  readonly #log: Logger;

  constructor(subscribers: readonly Subscriber[], log: Logger) {
    this.#log = log;
    this.#lanes = subscribers.map((subscriber) => ({
      subscriber,
      queue: [],
      bytes: 0,
      running: 0,
      isBusy: false,
      dropped: 0,
      failed: 0,
      written: 0,
      complainedAt: Number.NEGATIVE_INFINITY,
    }));
  }

  /** Asked before an event is made, so that none is made for nobody. */
  hasSubscriber(type: EventType): boolean {
    return this.#lanes.some(({ subscriber }) => subscriber.listensTo.includes(type));
  }

  /** Never throws and never waits. */
  publish(event: Event): void {
    for (const lane of this.#lanes) {
      if (!lane.subscriber.listensTo.includes(event.type)) continue;
      const bytes = lane.subscriber.sizeOf?.(event) ?? 0;
      if (lane.queue.length >= MAX_QUEUE || (lane.bytes > 0 && lane.bytes + bytes > MAX_BYTES)) {
        lane.dropped += 1;
        this.#complain(lane, 'its queue is full');
        continue;
      }
      lane.queue.push({ event, bytes });
      lane.bytes += bytes;
      if (lane.isBusy) continue;
      lane.isBusy = true;
      setImmediate(() => void this.#work(lane));
    }
  }

  /** Events written, failed, dropped and waiting, by subscriber. */
  counts(): Record<string, { written: number; failed: number; dropped: number; waiting: number }> {
    return Object.fromEntries(
      this.#lanes.map(({ subscriber, written, failed, dropped, queue, running }) => [
        subscriber.name,
        { written, failed, dropped, waiting: queue.length + running },
      ]),
    );
  }

  /** Hands over what waits, for at most `milliseconds`, then closes the subscribers. */
  async close(milliseconds: number): Promise<void> {
    const deadline = Date.now() + milliseconds;
    while (this.#lanes.some(({ isBusy }) => isBusy) && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    for (const { subscriber, queue, running } of this.#lanes) {
      const lost = queue.length + running;
      if (lost > 0) this.#log.warn({ sink: subscriber.name, lost }, 'records not written');
      await subscriber.close?.().catch(() => {});
    }
  }

  async #work(lane: Lane): Promise<void> {
    const { subscriber } = lane;
    while (lane.queue.length > 0) {
      const batch = lane.queue.splice(0, subscriber.maxBatch ?? MAX_BATCH);
      lane.running = batch.length;
      let failed = 0;
      try {
        const handling = subscriber.on(batch.map(({ event }) => event));
        if (handling) await handling;
      } catch (error) {
        failed = error instanceof AggregateError ? error.errors.length : batch.length;
        lane.failed += failed;
        const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
        this.#complain(lane, first instanceof Error ? first.message : String(first));
      }
      lane.written += batch.length - failed;
      lane.running = 0;
      for (const { bytes } of batch) lane.bytes -= bytes;
    }
    lane.isBusy = false;
  }

  #complain(lane: Lane, reason: string): void {
    const now = Date.now();
    if (now - lane.complainedAt < COMPLAIN_EVERY) return;
    lane.complainedAt = now;
    const { subscriber, failed, dropped } = lane;
    this.#log.warn(
      { sink: subscriber.name, failed, dropped, reason: reason.slice(0, 300) },
      'sink did not take a record',
    );
  }
}

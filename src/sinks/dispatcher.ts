/** Hands records to the sinks in the background: a bounded queue for each, so that a slow one loses only its own. */
import type { Logger } from 'pino';
import type { CallRecord } from '../events/receipt.ts';
import type { Sink } from './sink.ts';

const MAX_QUEUE = 1_000;
/** Of the records of one sink that wait or are being written. */
const MAX_BYTES = 16 * 1024 * 1024;
const AT_ONCE = 4;
/** Complaints about one sink, in milliseconds: a sink that is down must not fill the log. */
const COMPLAIN_EVERY = 10_000;

interface Lane {
  readonly sink: Sink;
  readonly queue: { readonly record: CallRecord; readonly bytes: number }[];
  /** Of what waits and of what is being written. */
  bytes: number;
  /** Work on what waits begins in the next turn of the event loop. */
  isCalled: boolean;
  running: number;
  dropped: number;
  failed: number;
  written: number;
  complainedAt: number;
}

export class Dispatcher {
  readonly #lanes: readonly Lane[];
  readonly #log: Logger;

  constructor(sinks: readonly Sink[], log: Logger) {
    this.#log = log;
    this.#lanes = sinks.map((sink) => ({
      sink,
      queue: [],
      bytes: 0,
      isCalled: false,
      running: 0,
      dropped: 0,
      failed: 0,
      written: 0,
      complainedAt: Number.NEGATIVE_INFINITY,
    }));
  }

  /** Never throws and never waits. */
  record(record: CallRecord): void {
    for (const lane of this.#lanes) {
      const bytes = lane.sink.sizeOf?.(record) ?? 0;
      if (lane.queue.length >= MAX_QUEUE || lane.bytes + bytes > MAX_BYTES) {
        lane.dropped += 1;
        this.#complain(lane, 'its queue is full');
        continue;
      }
      lane.queue.push({ record, bytes });
      lane.bytes += bytes;
      if (lane.isCalled || lane.running >= AT_ONCE) continue;
      lane.isCalled = true;
      setImmediate(() => this.#begin(lane));
    }
  }

  /** Records written, failed, dropped and waiting, by sink. */
  counts(): Record<string, { written: number; failed: number; dropped: number; waiting: number }> {
    return Object.fromEntries(
      this.#lanes.map(({ sink, written, failed, dropped, queue, running }) => [
        sink.name,
        { written, failed, dropped, waiting: queue.length + running },
      ]),
    );
  }

  /** Writes what waits, for at most `milliseconds`, then closes the sinks. */
  async close(milliseconds: number): Promise<void> {
    const deadline = Date.now() + milliseconds;
    while (this.#lanes.some(({ queue, running }) => queue.length + running > 0) && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    for (const { sink, queue, running } of this.#lanes) {
      if (queue.length + running > 0)
        this.#log.warn({ sink: sink.name, lost: queue.length + running }, 'records not written');
      await sink.close?.().catch(() => {});
    }
  }

  #begin(lane: Lane): void {
    lane.isCalled = false;
    while (lane.queue.length > 0 && lane.running < AT_ONCE) void this.#work(lane);
  }

  async #work(lane: Lane): Promise<void> {
    lane.running += 1;
    for (let next = lane.queue.shift(); next; next = lane.queue.shift()) {
      try {
        const writing = lane.sink.write(next.record);
        if (writing) await writing;
        lane.written += 1;
      } catch (error) {
        lane.failed += 1;
        this.#complain(lane, (error as Error).message);
      }
      lane.bytes -= next.bytes;
    }
    lane.running -= 1;
  }

  #complain(lane: Lane, reason: string): void {
    const now = Date.now();
    if (now - lane.complainedAt < COMPLAIN_EVERY) return;
    lane.complainedAt = now;
    const { failed, dropped } = lane;
    this.#log.warn(
      { sink: lane.sink.name, failed, dropped, reason: reason.slice(0, 300) },
      'sink did not take a record',
    );
  }
}

import type { ServerResponse } from 'node:http';
import type { CountedUsage, EventWriter, HeaderList } from '../api/api-format.ts';
import { type ChunkStream, END } from '../core/chunk-stream.ts';
import { turnForLargeWork } from '../core/large-work.ts';
import type { Failure } from '../failures/failure.ts';

/**
 * Milliseconds between two looks whether anything was written. After three without, 15 s at most, something is: proxies
 * close connections on which nothing happens.
 */
const LOOK_EVERY = 5_000;
const QUIET_LOOKS = 3;
/** Milliseconds that one answer may be written without a look at the others. */
const TURN = 20;
/** Chunks in one write: of an answer that is there already all may come together. */
const MAX_CHUNKS = 64;
/** Characters of a text that takes a good part of that to write. */
const LONG_TEXT = 256 * 1024;
/** Milliseconds between two writes that a reader on another machine gets one by one. */
const APART = 50;
/** Milliseconds a caller may leave a full buffer unread before it counts as disconnected. */
const READER_TIMEOUT = 60_000;

/** Sends an answer as events, in the form their writer gives them, no faster than the caller reads. */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #head: HeaderList;
  readonly #writer: EventWriter;
  readonly #ping: NodeJS.Timeout;
  /** Looks since the last write. */
  #quiet = 0;

  /** @param head may grow until the first event is written */
  constructor(response: ServerResponse, head: HeaderList, writer: EventWriter) {
    this.#response = response;
    this.#head = head;
    this.#writer = writer;
    this.#ping = setInterval(() => this.#keepAlive(), LOOK_EVERY);
  }

  /** Makes the head, which leaves with the first bytes; it cannot change after this. */
  open(): void {
    if (this.#response.headersSent) return;
    this.#head.push('content-type', this.#writer.contentType ?? 'text/event-stream; charset=utf-8');
    this.#head.push('cache-control', 'no-cache, no-transform');
    // nginx and its kin would gather the events otherwise.
    this.#head.push('x-accel-buffering', 'no');
    // The head leaves by itself, in one write with what follows: joined to it, it would be kept in some fifty pieces.
    this.#response.cork();
    this.#response.writeHead(200, this.#head).flushHeaders();
    process.nextTick(() => this.#response.uncork());
    // It has been written, and would be kept for as long as the stream is open.
    this.#head.length = 0;
  }

  /** Writes all batches; chunks that came together leave in one write. Rejects with what breaks the source. */
  async write(batches: ChunkStream): Promise<void> {
    let turnBegan = performance.now();
    for (;;) {
      const batch = batches.read();
      if (batch === END) return;
      if (!batch) {
        await batches.readable();
        continue;
      }
      this.open();
      this.#quiet = 0;
      for (let at = 0; at < batch.length; at += MAX_CHUNKS) {
        const text = this.#writer.chunks(
          batch.length > MAX_CHUNKS ? batch.slice(at, at + MAX_CHUNKS) : batch,
        );
        if (text && !this.#response.write(text)) await this.#drained();
        if (this.#response.destroyed) return batches.cancel();
        // An answer that is all there makes nobody wait, and so would keep everybody else waiting until its end.
        if (performance.now() - turnBegan < TURN) continue;
        await turnForLargeWork();
        turnBegan = performance.now();
      }
    }
  }

  /** The answer is whole. */
  async done(usage: CountedUsage | undefined): Promise<void> {
    clearInterval(this.#ping);
    this.open();
    const end = this.#writer.end(usage);
    let text = '';
    for (const piece of typeof end === 'string' ? [end] : end) {
      text += piece;
      if (text.length < LONG_TEXT) continue;
      if (!this.#response.write(text)) await this.#drained();
      if (this.#response.destroyed) return;
      await turnForLargeWork();
      text = '';
    }
    this.#response.end(text);
  }

  /** The answer broke off: an error in the place of its end. */
  fail(failure: Failure, requestId: string): void {
    clearInterval(this.#ping);
    if (this.#response.destroyed) return;
    const told = this.#writer.failure(failure, requestId);
    if (typeof told === 'string') return void this.#response.end(told);
    this.#response.write(told[0]);
    setTimeout(() => {
      if (!this.#response.destroyed) this.#response.end(told[1]);
    }, APART);
  }

  /** Stops the keep-alive; the caller of this class sends the response itself. */
  abandon(): void {
    clearInterval(this.#ping);
  }

  #keepAlive(): void {
    if (this.#response.destroyed || this.#response.writableEnded) return this.abandon();
    this.#quiet += 1;
    if (this.#quiet < QUIET_LOOKS) return;
    this.#quiet = 0;
    this.open();
    this.#response.write(this.#writer.ping());
  }

  #drained(): Promise<void> {
    // A destroyed socket emits neither drain nor close.
    if (this.#response.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#response.destroy(), READER_TIMEOUT);
      const settle = () => {
        clearTimeout(timer);
        this.#response.off('drain', settle);
        this.#response.off('close', settle);
        resolve();
      };
      this.#response.on('drain', settle);
      this.#response.on('close', settle);
    });
  }
}

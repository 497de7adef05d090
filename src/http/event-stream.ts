import type { ServerResponse } from 'node:http';
import type { CountedUsage, EventWriter, HeaderList } from '../api/api-format.ts';
import { type ChunkStream, END } from '../core/chunk-stream.ts';
import { isTurnOver, turnForLargeWork } from '../core/large-work.ts';
import type { Failure } from '../failures/failure.ts';
import { drained } from './drained.ts';
import { writeInTurns } from './write-in-turns.ts';

/**
 * Milliseconds between two looks whether anything was written. After three without, 15 s at most, something is: proxies
 * close connections on which nothing happens.
 */
const LOOK_EVERY = 5_000;
const QUIET_LOOKS = 3;
/** Chunks in one write: of an answer that is there already all may come together. */
const MAX_CHUNKS = 64;
/** Characters of a text that is written at once. */
const SHORT_TEXT = 64 * 1024;
/** Milliseconds between two writes that a reader on another machine gets one by one. */
const APART = 50;

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
        const told = this.#writer.chunks(
          batch.length > MAX_CHUNKS ? batch.slice(at, at + MAX_CHUNKS) : batch,
        );
        if (!isShort(told)) await writeInTurns(this.#response, inTexts(told));
        else if (told && !this.#response.write(told)) await drained(this.#response);
        if (this.#response.destroyed) return batches.cancel();
        // An answer that is all there makes nobody wait, and so would keep everybody else waiting until its end.
        if (isTurnOver()) await turnForLargeWork();
      }
    }
  }

  /** The answer is whole. */
  async done(usage: CountedUsage | undefined): Promise<void> {
    clearInterval(this.#ping);
    this.open();
    const end = this.#writer.end(usage);
    if (isShort(end)) return void this.#response.end(end);
    await writeInTurns(this.#response, inTexts(end));
    if (!this.#response.destroyed) this.#response.end();
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
}

function isShort(told: string | Iterable<string>): told is string {
  return typeof told === 'string' && told.length <= SHORT_TEXT;
}

function inTexts(told: string | Iterable<string>): Iterable<string> {
  return typeof told === 'string' ? [told] : told;
}

/**
 * Server-sent events, read and written. Format: WHATWG HTML, "Server-sent events"
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html): lines end in LF, CRLF or CR, an event ends
 * at an empty line, `data` lines of one event are joined by LF, lines that start with a colon are comments.
 */
import { StringDecoder } from 'node:string_decoder';

/** One event as it was dispatched: its lines of `data` joined. */
export interface ServerSentEvent {
  /** The `event:` field, or `undefined` for a plain message. */
  readonly event: string | undefined;
  readonly data: string;
}

/** Characters of one event: no delta is near it, and to take one apart takes time in which nobody else is served. */
const MAX_EVENT_LENGTH = 16 * 1024 * 1024;
const BYTE_ORDER_MARK = 0xfeff;
/** Bytes below stand for a character each, so none is cut behind one of them. */
const FIRST_OF_SEVERAL = 0x80;

/** Feed it bytes as they arrive, cut anywhere; it gives back the events they complete. */
export class SseParser {
  /** There from the first character that two pieces may share. */
  #decoder: StringDecoder | undefined;
  /** Pieces of a line whose end has not come, joined once when it does: a long line costs no more than its length. */
  #rest: string[] = [];
  #restLength = 0;
  /** The last piece ended in CR, which may be half of a CRLF. */
  #endsInReturn = false;
  #event: string | undefined;
  #data: string | undefined;
  #started = false;

  /** @throws {RangeError} when one event grows past 16 million characters. */
  feed(bytes: Uint8Array): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    this.#lines(this.#decode(bytes), events);
    if (this.#restLength + (this.#data?.length ?? 0) > MAX_EVENT_LENGTH) {
      throw new RangeError('A server-sent event is longer than 16 million characters.');
    }
    return events;
  }

  /** Ends the stream: a last event whose empty line never came is given all the same, as senders forget it. */
  end(): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    this.#lines(`${this.#decoder?.end() ?? ''}\n`, events);
    this.#dispatch(events);
    return events;
  }

  #decode(bytes: Uint8Array): string {
    const isWhole = bytes.length === 0 || bytes[bytes.length - 1]! < FIRST_OF_SEVERAL;
    if (!this.#decoder && isWhole) return (bytes as Buffer).toString('utf8');
    this.#decoder ??= new StringDecoder('utf8');
    return this.#decoder.write(bytes as Buffer);
  }

  /** Reads the lines that are complete and keeps the rest. */
  #lines(piece: string, events: ServerSentEvent[]): void {
    if (piece === '') return;
    let start = this.#skipStart(piece);
    let feed = piece.indexOf('\n', start);
    let carriage = piece.indexOf('\r', start);
    for (;;) {
      const end = earlier(feed, carriage);
      if (end === -1) break;
      this.#line(piece, start, end, events);
      start = end + 1;
      if (end === carriage) {
        if (start === piece.length) this.#endsInReturn = true;
        else if (feed === start) start += 1;
        carriage = piece.indexOf('\r', start);
      }
      // Each end is looked for once: a look over all that is left for each line would be quadratic.
      if (feed !== -1 && feed < start) feed = piece.indexOf('\n', start);
    }
    if (start === piece.length) return;
    this.#rest.push(start === 0 ? piece : piece.slice(start));
    this.#restLength += piece.length - start;
  }

  /** A byte order mark, or the second half of a CRLF. */
  #skipStart(piece: string): number {
    const first = piece.charCodeAt(0);
    const isSecondHalf = this.#endsInReturn && first === 10;
    this.#endsInReturn = false;
    const isMark = !this.#started && first === BYTE_ORDER_MARK;
    this.#started = true;
    return isSecondHalf || isMark ? 1 : 0;
  }

  #line(piece: string, from: number, to: number, events: ServerSentEvent[]): void {
    if (this.#rest.length === 0) return this.#field(piece, from, to, events);
    this.#rest.push(piece.slice(from, to));
    const line = this.#rest.join('');
    this.#rest = [];
    this.#restLength = 0;
    this.#field(line, 0, line.length, events);
  }

  #field(text: string, start: number, end: number, events: ServerSentEvent[]): void {
    if (start === end) return this.#dispatch(events);
    // `data: ` first, by far the most frequent, without looking for a colon.
    if (text.startsWith('data:', start)) {
      const value = text.slice(text.charCodeAt(start + 5) === 32 ? start + 6 : start + 5, end);
      this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
    } else if (text.startsWith('event:', start)) {
      this.#event = text.slice(text.charCodeAt(start + 6) === 32 ? start + 7 : start + 6, end);
    } else if (end - start === 4 && text.startsWith('data', start)) {
      this.#data = this.#data === undefined ? '' : `${this.#data}\n`;
    } else if (end - start === 5 && text.startsWith('event', start)) {
      this.#event = undefined;
    }
  }

  #dispatch(events: ServerSentEvent[]): void {
    if (this.#data !== undefined) events.push({ event: this.#event, data: this.#data });
    this.#event = undefined;
    this.#data = undefined;
  }
}

function earlier(feed: number, carriage: number): number {
  if (carriage === -1) return feed;
  return feed === -1 || carriage < feed ? carriage : feed;
}

/** One event on the wire; JSON never holds a bare line feed, so one `data:` line is enough. */
export function sseData(json: string): string {
  return `data: ${json}\n\n`;
}

/** The end of a stream on OpenAI's wire. */
export const SSE_DONE = 'data: [DONE]\n\n';

/** A comment, which clients pass over: it keeps proxies from closing a connection on which nothing comes. */
export const SSE_PING = ': ping\n\n';

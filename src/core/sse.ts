/**
 * Server-sent events, read and written. Format: WHATWG HTML, "Server-sent events"
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html): lines end in LF, CRLF or CR, an event ends
 * at an empty line, `data` lines of one event are joined by LF, lines that start with a colon are comments.
 */
import { StringDecoder } from 'node:string_decoder';

export interface ServerSentEvent {
  /** The `event:` field, or `undefined` for a plain message. */
  readonly event: string | undefined;
  readonly data: string;
}

/** Characters of one event; a reply that never ends its event must not fill the memory. */
const LONGEST_EVENT = 16 * 1024 * 1024;
const BYTE_ORDER_MARK = 0xfeff;
/** Bytes below stand for a character each, so none is cut behind one of them. */
const FIRST_OF_SEVERAL = 0x80;

/** Feed it bytes as they arrive, cut anywhere; it gives back the events they complete. */
export class SseParser {
  /** There from the first character that two pieces may share. */
  #decoder: StringDecoder | undefined;
  #rest = '';
  #event: string | undefined;
  #data: string | undefined;
  #started = false;

  /** @throws {RangeError} when one event grows past 16 million characters. */
  feed(bytes: Uint8Array): ServerSentEvent[] {
    const events = this.#lines(this.#rest + this.#decode(bytes));
    if (this.#rest.length + (this.#data?.length ?? 0) > LONGEST_EVENT) {
      throw new RangeError('A server-sent event is longer than 16 million characters.');
    }
    return events;
  }

  /** Ends the stream: a last event whose empty line never came is given all the same, as senders forget it. */
  end(): ServerSentEvent[] {
    const events = this.#lines(`${this.#rest}${this.#decoder?.end() ?? ''}\n`);
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
  #lines(text: string): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    let start = 0;
    if (!this.#started && text.length > 0) {
      this.#started = true;
      if (text.charCodeAt(0) === BYTE_ORDER_MARK) start = 1;
    }
    for (;;) {
      const end = lineEnd(text, start);
      if (end === -1) break;
      const carriageReturn = text.charCodeAt(end) === 13;
      // A CR at the very end may be half of a CRLF: wait for the next bytes.
      if (carriageReturn && end + 1 === text.length) break;
      this.#line(text, start, end, events);
      start = end + (carriageReturn && text.charCodeAt(end + 1) === 10 ? 2 : 1);
    }
    this.#rest = start === 0 ? text : text.slice(start);
    return events;
  }

  #line(text: string, start: number, end: number, events: ServerSentEvent[]): void {
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

function lineEnd(text: string, start: number): number {
  const feed = text.indexOf('\n', start);
  const carriage = text.indexOf('\r', start);
  if (carriage === -1) return feed;
  return feed === -1 || carriage < feed ? carriage : feed;
}

/** One event on the wire; JSON never holds a bare line feed, so one `data:` line is enough. */
export function sseData(json: string): string {
  return `data: ${json}\n\n`;
}

export const SSE_DONE = 'data: [DONE]\n\n';
export const SSE_PING = ': ping\n\n';

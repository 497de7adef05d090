/** Chunked bodies, written by hand. */
import { FIRST_EVENT, LAST_EVENTS } from './fixtures.ts';

/** @param text ASCII, so that its length is its number of bytes */
export function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

export const STREAM_START = `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n${chunk(FIRST_EVENT)}`;
export const STREAM_END = `${chunk(LAST_EVENTS.join(''))}0\r\n\r\n`;

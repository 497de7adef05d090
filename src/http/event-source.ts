/** Sends events that are made for one reader, no faster than they are read. */
import type { ServerResponse } from 'node:http';
import type { HeaderList } from '../api/api-format.ts';
import { drained } from './drained.ts';

/** Resolves when the reader has left, or the source has ended. */
export async function sendEvents(
  response: ServerResponse,
  head: HeaderList,
  events: (gone: AbortSignal) => AsyncIterable<string>,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  // Whoever asks for the head alone would never be told another word, and keep the place of a reader.
  if (response.closed || response.req.method === 'HEAD') gone.abort();
  // nginx and its kin would gather the events otherwise.
  head.push('content-type', 'text/event-stream; charset=utf-8', 'x-accel-buffering', 'no');
  response.writeHead(200, head).flushHeaders();
  for await (const event of events(gone.signal)) {
    if (gone.signal.aborted) break;
    if (!response.write(event)) await drained(response);
  }
  response.end();
}

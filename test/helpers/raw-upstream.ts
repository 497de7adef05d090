/** A provider that is nothing but bytes: it answers with what it was given and keeps what it was sent. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listenForTest } from './listen-for-test.ts';

export interface RawReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  /** Bytes in each write, each of which arrives as a read of its own; all at once without it. */
  readonly pieces?: number;
  /** Nothing is sent before this. */
  readonly after?: Promise<unknown>;
  /** So many bytes are sent, and the others not before this. */
  readonly pause?: { readonly at: number; readonly until: Promise<unknown> };
  /** What becomes of the connection after the body: `cut` breaks it off, `hang` leaves it open. */
  readonly ending?: 'cut' | 'hang';
}

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
  /** The body's very characters. */
  readonly text: string;
  /** Equal for requests that came over one connection. */
  readonly connection: number;
  /** Resolves when the caller has closed the connection. */
  readonly closed: Promise<unknown>;
}

export interface RawUpstream {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
}

/** Gives the replies in turn, the last one again and again; closed when the test ends. */
export async function startRawUpstream(...replies: readonly RawReply[]): Promise<RawUpstream> {
  const requests: ReceivedRequest[] = [];
  const server = createServer(async (request, response) => {
    const reply = replies[Math.min(requests.length, replies.length - 1)]!;
    // Many requests come over one connection, and each listens for its end.
    request.socket.setMaxListeners(0);
    requests.push({
      method: request.method!,
      path: request.url!,
      headers: request.headers,
      body: {},
      text: '',
      connection: request.socket.remotePort!,
      // A reset is a close too; `once` would reject, with nobody there to hear it.
      closed: new Promise((resolve) => request.socket.once('close', resolve)),
    });
    const received = requests.at(-1)!;
    const sent = await text(request);
    Object.assign(received, { body: JSON.parse(sent || '{}'), text: sent });
    await write(response, reply);
  });
  return { url: await listenForTest(server), requests };
}

async function write(response: ServerResponse, reply: RawReply): Promise<void> {
  await reply.after;
  const bytes = Buffer.from(reply.body);
  const size = reply.pieces ?? (bytes.length || 1);
  response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
  response.socket?.setNoDelay(true);
  // A reader that has had enough resets the connection.
  response.socket?.on('error', () => {});
  response.on('error', () => {});
  const { at = bytes.length, until } = reply.pause ?? {};
  await writePieces(response, bytes.subarray(0, at), size);
  await until;
  await writePieces(response, bytes.subarray(at), size);
  if (reply.ending === 'hang') return;
  if (reply.ending === 'cut') setTimeout(() => response.destroy(), 20);
  else response.end();
}

async function writePieces(response: ServerResponse, bytes: Buffer, size: number): Promise<void> {
  for (let at = 0; at < bytes.length; at += size) {
    response.write(bytes.subarray(at, at + size));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The bytes of `test/fixtures/<name>`. */
export function fixture(name: string): Buffer {
  return readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
}

/** A fixture as a reply: `.sse` is an event stream, `.html` a page, anything else JSON. */
export function replyWith(name: string, rest: Partial<RawReply> = {}): RawReply {
  const type = name.endsWith('.sse')
    ? 'text/event-stream; charset=utf-8'
    : name.endsWith('.html')
      ? 'text/html'
      : 'application/json';
  return { body: fixture(name), ...rest, headers: { 'content-type': type, ...rest.headers } };
}

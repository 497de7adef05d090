/** Replicate as raw bytes: each endpoint gives its replies in turn, and the URLs in them lead back here. */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { listenForTest } from '../helpers/listen-for-test.ts';
import type { RawReply, ReceivedRequest } from '../helpers/raw-upstream.ts';

/** `POST /v1/predictions` and its like; the last of several replies is given again and again. */
export type Endpoints = Readonly<Record<string, RawReply | readonly RawReply[]>>;

export interface ReplicateUpstream {
  /** The base URL. */
  readonly url: string;
  readonly requests: readonly Omit<ReceivedRequest, 'connection' | 'text'>[];
  /** `METHOD /path` of every request so far. */
  readonly calls: () => string[];
}

const HERE = ['https://api.replicate.com', 'https://stream.replicate.com'];

export async function startReplicate(endpoints: Endpoints): Promise<ReplicateUpstream> {
  const requests: Omit<ReceivedRequest, 'connection' | 'text'>[] = [];
  const calls = () => requests.map(({ method, path }) => `${method} ${path}`);
  let origin: string;
  const server = createServer(async (request, response) => {
    const endpoint = `${request.method} ${request.url}`;
    const before = calls().filter((call) => call === endpoint).length;
    const replies = [endpoints[endpoint] ?? { status: 404, body: '{"detail":"No such endpoint."}' }].flat();
    const reply = replies[Math.min(before, replies.length - 1)]!;
    const received = {
      method: request.method!,
      path: request.url!,
      headers: request.headers,
      body: {},
      closed: new Promise((resolve) => request.socket.once('close', resolve)),
    };
    requests.push(received);
    const sent = await text(request);
    if (sent !== '') Object.assign(received.body, JSON.parse(sent));

    const body = HERE.reduce((bytes, host) => bytes.replaceAll(host, origin), reply.body.toString());
    response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
    for (const piece of pieces(Buffer.from(body), reply.pieces)) {
      response.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (reply.ending === 'hang') return;
    if (reply.ending === 'cut') setTimeout(() => response.destroy(), 20);
    else response.end();
  });
  origin = await listenForTest(server);
  return { url: `${origin}/v1`, requests, calls };
}

function pieces(bytes: Buffer, size = bytes.length): Buffer[] {
  const count = bytes.length === 0 ? 0 : Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
}

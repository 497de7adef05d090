/**
 * The fake provider, on raw sockets and as cheap as can be, so that what is measured is the gateway.
 * `node upstream.ts PORT`
 */
import { createServer, type Socket } from 'node:net';
import { chunk, STREAM_END, STREAM_START } from './chunks.ts';
import { COMPLETION, MESSAGE, shapeIn, wordEvent } from './fixtures.ts';
import { sendPaced } from './paced-streams.ts';
import { RequestReader } from './request-reader.ts';

const completion = replyWith(COMPLETION);
const message = replyWith(MESSAGE);
const frames: string[] = [];

createServer({ noDelay: true }, (socket) => {
  const reader = new RequestReader();
  socket.setEncoding('latin1');
  // A gateway that drops its connections at the end is no failure.
  socket.on('error', () => {});
  socket.on('data', (part: string) => {
    const request = reader.take(part);
    if (request !== undefined) answer(socket, request);
  });
}).listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 4_096 });

function answer(socket: Socket, request: string): void {
  if (!request.includes('"stream":true')) {
    socket.write(request.startsWith('POST /v1/messages') ? message : completion, 'latin1');
    return;
  }
  const shape = shapeIn(request);
  socket.write(STREAM_START, 'latin1');
  if (shape.gap > 0) sendPaced(socket, shape);
  else sendFast(socket, 0, shape.frames);
}

function replyWith(value: object): string {
  const body = JSON.stringify(value);
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

/** Each frame in a write and a turn of the event loop of its own, as frames that come one by one from a model. */
function sendFast(socket: Socket, index: number, count: number): void {
  if (socket.destroyed) return;
  if (index === count) {
    socket.write(STREAM_END, 'latin1');
    return;
  }
  frames[index] ??= chunk(wordEvent(index));
  socket.write(frames[index], 'latin1');
  setImmediate(sendFast, socket, index + 1, count);
}

/** Streams whose frames leave every so many milliseconds, all of them on one timer. */
import type { Socket } from 'node:net';
import { sharedNow } from '../shared-clock.ts';
import { chunk, STREAM_END } from './chunks.ts';
import { type StreamShape, wordEvent } from './fixtures.ts';

interface Stream {
  readonly socket: Socket;
  readonly gap: number;
  framesLeft: number;
}

/** A wheel with a slot for each millisecond; streams go round it, and so stay as spread as they came in. */
const wheel: Stream[][] = Array.from({ length: 1_000 }, () => []);
let open = 0;
/** The last millisecond whose slot was served. */
let served = 0;

export function sendPaced(socket: Socket, { frames, gap }: StreamShape): void {
  if (gap >= wheel.length) throw new Error(`A gap of ${gap} ms does not fit on the wheel.`);
  if (open === 0) {
    served = Math.floor(sharedNow());
    setTimeout(serve, 1);
  }
  open += 1;
  schedule({ socket, gap, framesLeft: frames }, served + gap);
}

function schedule(stream: Stream, due: number): void {
  wheel[due % wheel.length]!.push(stream);
}

/** Serves every millisecond that has passed; each frame says when it was due, however late it leaves. */
function serve(): void {
  const now = Math.floor(sharedNow());
  while (served < now) {
    served += 1;
    serveSlot(served);
  }
  if (open > 0) setTimeout(serve, 1);
}

function serveSlot(due: number): void {
  const streams = wheel[due % wheel.length]!;
  if (streams.length === 0) return;
  wheel[due % wheel.length] = [];
  const frame = chunk(wordEvent(due));
  for (const stream of streams) {
    stream.framesLeft -= 1;
    const isLast = stream.framesLeft === 0;
    // Latin-1, so that the bytes are neither counted nor encoded.
    if (!stream.socket.destroyed) stream.socket.write(isLast ? frame + STREAM_END : frame, 'latin1');
    if (isLast || stream.socket.destroyed) open -= 1;
    else schedule(stream, due + stream.gap);
  }
}

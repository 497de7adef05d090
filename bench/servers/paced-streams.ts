/** Streams whose frames leave every GAP milliseconds, all of them on one timer. */
import type { Socket } from 'node:net';
import { sharedNow } from '../shared-clock.ts';
import { chunk, STREAM_END } from './chunks.ts';
import { GAP, wordEvent } from './fixtures.ts';

interface Stream {
  readonly socket: Socket;
  framesLeft: number;
}

/** A slot for each millisecond of the gap; a stream stays in the one it came in, so that arrivals spread the work. */
const slots = Array.from({ length: GAP }, () => new Set<Stream>());
let open = 0;
/** The last millisecond whose slot was served. */
let served = 0;

export function sendPaced(socket: Socket, frames: number): void {
  if (open === 0) {
    served = Math.floor(sharedNow());
    setTimeout(serve, 1);
  }
  open += 1;
  slots[served % GAP]!.add({ socket, framesLeft: frames });
}

/** Serves every millisecond that has passed; each frame says when it was due, however late it leaves. */
function serve(): void {
  const now = Math.floor(sharedNow());
  while (served < now) {
    served += 1;
    serveSlot(slots[served % GAP]!, served);
  }
  if (open > 0) setTimeout(serve, 1);
}

function serveSlot(slot: Set<Stream>, due: number): void {
  if (slot.size === 0) return;
  const frame = chunk(wordEvent(due));
  for (const stream of slot) {
    stream.framesLeft -= 1;
    const isLast = stream.framesLeft === 0;
    // Latin-1, so that the bytes are neither counted nor encoded.
    if (!stream.socket.destroyed) stream.socket.write(isLast ? frame + STREAM_END : frame, 'latin1');
    if (!isLast && !stream.socket.destroyed) continue;
    slot.delete(stream);
    open -= 1;
  }
}

/** Ends bodies that come too slowly: a caller who sends a byte now and then would hold memory and a connection for ever. */
import type { IncomingMessage } from 'node:http';
import { type Failure, invalidRequest } from '../failures/failure.ts';

/** Milliseconds in which something must arrive, and so many times until all of it must be there. */
const LOOK_EVERY = 15_000;
const MAX_LOOKS = 8;

/** @param giveUp told why, once @returns a timer, to be cleared when the body is there */
export function watchPace(request: IncomingMessage, giveUp: (failure: Failure) => void): NodeJS.Timeout {
  let seen = request.socket.bytesRead;
  let looks = 0;
  const timer = setInterval(() => {
    const { bytesRead } = request.socket;
    looks += 1;
    const hasStopped = bytesRead === seen;
    seen = bytesRead;
    if (!hasStopped && looks < MAX_LOOKS) return;
    clearInterval(timer);
    const words = hasStopped
      ? `Nothing of the body arrived for ${LOOK_EVERY / 1000} s.`
      : `The body was not all there after ${(LOOK_EVERY * MAX_LOOKS) / 1000} s.`;
    giveUp(invalidRequest(`${words} Send it again.`, undefined, 408));
  }, LOOK_EVERY);
  return timer;
}

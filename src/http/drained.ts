import type { ServerResponse } from 'node:http';

/** Milliseconds a reader may leave a full buffer unread before it counts as disconnected. */
const READER_TIMEOUT = 60_000;

/** Resolves when more may be written, or never will be. */
export function drained(response: ServerResponse): Promise<void> {
  // A destroyed socket emits neither drain nor close.
  if (response.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => response.destroy(), READER_TIMEOUT);
    const settle = () => {
      clearTimeout(timer);
      response.off('drain', settle);
      response.off('close', settle);
      resolve();
    };
    response.on('drain', settle);
    response.on('close', settle);
  });
}

/** One connection to Redis for all that is shared. It fails fast while Redis is unavailable and comes back by itself. */
import { createClient } from '@redis/client';

/** Milliseconds. */
const CONNECT_TIMEOUT = 1_000;
const MAX_RECONNECT_DELAY = 2_000;

/** A connected client of `@redis/client`. */
export type Redis = ReturnType<typeof makeClient>;

function makeClient(url: string) {
  return createClient({
    url,
    // Waiting for a Redis that is unavailable is worse than being told so at once.
    disableOfflineQueue: true,
    // The client's own makes a signal and an error for each command, which costs as much as all else of it; see with-timeout.ts.
    commandOptions: { timeout: 0 },
    socket: {
      connectTimeout: CONNECT_TIMEOUT,
      reconnectStrategy: (tries) => Math.min(50 * 2 ** Math.min(tries, 10), MAX_RECONNECT_DELAY),
    },
  });
}

/**
 * Begins to connect; a Redis that is unavailable at the start is no error.
 * @param url `redis://…` or `rediss://…`
 * @param onOutage told why Redis cannot be reached, once for each outage, and `undefined` when it is back
 */
export async function connectRedis(
  url: string,
  warn: (message: string) => void,
  onOutage: (reason: string | undefined) => void = () => {},
): Promise<Redis> {
  const redis = makeClient(url);
  let isAway = false;
  redis.on('error', (error: Error) => {
    if (isAway) return;
    isAway = true;
    const reason = error.message || String((error as NodeJS.ErrnoException).code);
    warn(`Redis is unavailable: ${reason}`);
    onOutage(reason);
  });
  redis.on('ready', () => {
    if (!isAway) return;
    isAway = false;
    warn('Redis is back.');
    onOutage(undefined);
  });
  const connected = redis.connect().catch(() => {});
  // The first call should find it there, if it is there at all.
  await Promise.race([connected, new Promise((resolve) => setTimeout(resolve, CONNECT_TIMEOUT).unref())]);
  return redis;
}

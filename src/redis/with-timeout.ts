/** Every wait for Redis is bounded. */
import type { Redis } from './connection.ts';

/** Milliseconds. An answer that takes longer counts as Redis being unavailable. */
const REDIS_TIMEOUT = 500;

/**
 * What Redis answers, if it does so in time; a connection on which it does not is given up for a new one. (The client's own
 * timeout ends when a command has been written: a Redis that falls silent would be waited for.)
 * @throws {Error} what the client says, or that there was no answer
 */
export function withTimeout<Reply>(redis: Redis, asking: Promise<Reply>): Promise<Reply> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const giveUp = () => {
      if (isOver) return;
      reject(new Error(`Redis has not answered within ${REDIS_TIMEOUT} ms.`));
      connectAnew(redis);
    };
    // When it was this process that was held up, the answer may be here already: what has arrived is read first.
    const timer = setTimeout(() => setImmediate(giveUp), REDIS_TIMEOUT);
    const end = () => {
      isOver = true;
      clearTimeout(timer);
    };
    asking.finally(end).then(resolve, reject);
  });
}

/** All that is waiting for an answer on the old connection is rejected. */
function connectAnew(redis: Redis): void {
  if (!redis.isReady) return;
  redis.destroy();
  redis.connect().catch(() => {});
}

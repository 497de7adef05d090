/** Every wait for Redis is bounded. */
import type { Redis } from './connection.ts';

/** Milliseconds. An answer that takes longer counts as Redis being unavailable. */
const REDIS_TIMEOUT = 500;
/** The time is counted in so many parts: one in which this process was held up is no longer than the others. */
const PARTS = 5;

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
    let partsLeft = PARTS;
    const countPart = () => {
      partsLeft -= 1;
      if (partsLeft > 0) timer = setTimeout(countPart, REDIS_TIMEOUT / PARTS);
      // The answer may be here already: what has arrived is read first.
      else setImmediate(giveUp);
    };
    let timer = setTimeout(countPart, REDIS_TIMEOUT / PARTS);
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

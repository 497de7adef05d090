/** Every wait for Redis is bounded. */

/** Milliseconds. An answer that takes longer counts as Redis being away. */
const PATIENCE = 500;

/**
 * What Redis answers, if it does so in time. (The client's own timeout ends when a command has been written: a Redis that
 * falls silent would be waited for.)
 * @throws {Error} what the client says, or that there was no answer
 */
export function inTime<Reply>(asking: Promise<Reply>): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new Error(`Redis has not answered within ${PATIENCE} ms.`));
    // When it was this process that was held up, the answer may be here already: what has arrived is read first.
    const timer = setTimeout(() => setImmediate(giveUp), PATIENCE);
    asking.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

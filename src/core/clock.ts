/** Time and chance as arguments, so that every wait and every jitter can be told in a test. */

/** The only source of time: the real one in the server, one that a test moves by hand. */
export interface Clock {
  /** Milliseconds since the epoch, for timestamps. */
  now(): number;
  /** Milliseconds on a clock that never goes back, for durations and deadlines. */
  elapsed(): number;
  /** Resolves after `milliseconds`, or at once when `signal` aborts (the caller looks at the signal). */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** A number in [0, 1), like `Math.random`. */
export type Random = () => number;

/** The clock of the machine: the only one outside of tests. */
export const systemClock: Clock = {
  now: Date.now,
  elapsed: performance.now.bind(performance),
  sleep(milliseconds, signal) {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      signal?.addEventListener('abort', done, { once: true });
    });
  },
};

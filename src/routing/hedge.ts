/** Hedging: when the first runner is slow, a second starts beside it, and whoever arrives first wins. */
import type { Clock } from '../core/clock.ts';

/** Why a runner was stopped: another was quicker. */
export class HedgeLost extends Error {}

/** Who runs, and what becomes of whoever comes second. */
export interface Race<Result> {
  readonly clock: Clock;
  /** Milliseconds the first runner has for itself. */
  readonly after: number;
  /** Ends the race for all, and later the winner's answer. */
  readonly signal: AbortSignal;
  /** Must end soon after its signal aborts. */
  readonly run: (signal: AbortSignal) => Promise<Result>;
  /** Asked before the second starts; when not, the first goes on alone. */
  readonly mayStart: () => boolean | Promise<boolean>;
  /** The winner is known and the other is about to be stopped. */
  readonly onWinner: () => void;
  /** Undoes the result of a runner that arrived too late to be stopped. */
  readonly discard: (result: Result) => void;
}

/** @returns the first result. @throws what the last runner threw, when none arrived */
export async function race<Result>(options: Race<Result>): Promise<Result> {
  const { clock, after, signal, run, mayStart, onWinner, discard } = options;
  const runners: AbortController[] = [];
  let winner: AbortController | undefined;
  let lastError: unknown;

  const start = async (): Promise<Result> => {
    const runner = new AbortController();
    runners.push(runner);
    // For as long as the answer lasts, not only until it begins.
    signal.addEventListener('abort', () => runner.abort(signal.reason), { once: true });
    try {
      const result = await run(runner.signal);
      if (winner) discard(result);
      winner ??= runner;
      return result;
    } catch (error) {
      lastError = error;
      throw error;
    }
  };

  const timer = new AbortController();
  const first = start();
  const isSettled = first.then(
    () => true,
    () => true,
  );
  const isSlow = !(await Promise.race([isSettled, clock.sleep(after, timer.signal).then(() => false)]));
  timer.abort();
  if (!isSlow || signal.aborted || !(await mayStart())) return first;
  try {
    return await Promise.any([first, start()]);
  } catch {
    throw lastError;
  } finally {
    if (winner) {
      onWinner();
      for (const runner of runners) if (runner !== winner) runner.abort(new HedgeLost());
    }
  }
}

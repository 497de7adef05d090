import { onTestFinished, vi } from 'vitest';

/** Turns of the event loop that have begun so far. Every piece of work seems to take as long as one may work in a turn. */
export function countedTurns(): () => number {
  let elapsed = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => {
    elapsed += 50;
    return elapsed;
  });
  onTestFinished(() => void vi.restoreAllMocks());
  let turns = 0;
  let next = setImmediate(function count() {
    turns += 1;
    next = setImmediate(count);
  });
  onTestFinished(() => clearImmediate(next));
  return () => turns;
}

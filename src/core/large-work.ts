/**
 * Work on large texts takes its turn: a body, a reply or an answer of megabytes is worked on in one turn of the event loop
 * each, so that of many at once a small request waits for one, not for all.
 */

/** Characters or bytes from which a text is large: it takes milliseconds to read or to write. */
export const LARGE = 512 * 1024;

let waiting: (() => void)[] = [];

/** Resolves in a turn of the event loop in which nobody else's large work is done. */
export function turnForLargeWork(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(letNextIn);
  });
}

function letNextIn(): void {
  const [next, ...others] = waiting;
  waiting = others;
  next!();
  if (waiting.length > 0) setImmediate(letNextIn);
}

/** Milliseconds that work in pieces takes of one turn, all of it together. */
const SHARE = 20;

let begunAt: number | undefined;

/** Asked between pieces of work: true when those of this turn of the event loop, whoever's they were, have taken long enough. */
export function isTurnOver(): boolean {
  const now = performance.now();
  if (begunAt === undefined) {
    begunAt = now;
    setImmediate(forgetTurn);
  }
  return now - begunAt >= SHARE;
}

function forgetTurn(): void {
  begunAt = undefined;
}

/** Bounds on a share from counts: what people can check for themselves. */

/** Clopper-Pearson upper bound. @param confidence one-sided, 0.95 by default; 1 without any trial */
export function upperBound(wrong: number, trials: number, confidence = 0.95): number {
  if (trials === 0 || wrong >= trials) return 1;
  return bisect((share) => atMost(wrong, trials, share) > 1 - confidence);
}

/** Clopper-Pearson lower bound. */
export function lowerBound(wrong: number, trials: number, confidence = 0.95): number {
  if (wrong === 0 || trials === 0) return 0;
  return bisect((share) => 1 - atMost(wrong - 1, trials, share) < 1 - confidence);
}

/** The largest share for which `holds`, which holds up to some share and no further. */
function bisect(holds: (share: number) => boolean): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return high;
}

/** P(X <= k) of a binomial distribution. */
function atMost(k: number, trials: number, share: number): number {
  let logTerm = trials * Math.log1p(-share);
  let sum = Math.exp(logTerm);
  for (let i = 1; i <= k; i++) {
    logTerm += Math.log((trials - i + 1) / i) + Math.log(share) - Math.log1p(-share);
    sum += Math.exp(logTerm);
  }
  return sum;
}

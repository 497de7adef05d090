/** How often which latency came: slots that grow by a tenth, so that a percentile is known to a twentieth. */

/** Of the natural logarithm, from one slot to the next. */
export const GROWTH = Math.log(1.1);
/** Milliseconds: all that is shorter is in one slot. */
export const SHORTEST = 0.1;

/** Counts by slot. */
export type LatencyHistogram = Map<number, number>;

/** @param milliseconds at least 0 */
export function slotOf(milliseconds: number): number {
  return Math.round(Math.log(Math.max(milliseconds, SHORTEST)) / GROWTH);
}

/** Counts one request; nothing for one that has no such latency. */
export function addLatency(histogram: LatencyHistogram, milliseconds: number | null): void {
  if (milliseconds === null) return;
  const slot = slotOf(milliseconds);
  histogram.set(slot, (histogram.get(slot) ?? 0) + 1);
}

/** Adds up: percentiles of several groups together are those of the sum. */
export function addHistogram(to: LatencyHistogram, from: LatencyHistogram): void {
  for (const [slot, count] of from) to.set(slot, (to.get(slot) ?? 0) + count);
}

/** @param share 0.5 for the median @returns milliseconds; `null` where nothing was counted */
export function percentile(histogram: LatencyHistogram, share: number): number | null {
  let left = 0;
  for (const count of histogram.values()) left += count;
  if (left === 0) return null;
  left = Math.ceil(left * share);
  for (const slot of [...histogram.keys()].sort((one, other) => one - other)) {
    left -= histogram.get(slot)!;
    if (left <= 0) return rounded(Math.exp(slot * GROWTH));
  }
  return null;
}

/** Three digits: more are not known. */
function rounded(milliseconds: number): number {
  return Number(milliseconds.toPrecision(3));
}

/** `slot:count,slot:count`, as the database keeps it. */
export function encodeHistogram(histogram: LatencyHistogram): string {
  return [...histogram].map(([slot, count]) => `${slot}:${count}`).join(',');
}

/** The reverse of {@link encodeHistogram}. @param into adds to this one */
export function decodeHistogram(text: string, into: LatencyHistogram = new Map()): LatencyHistogram {
  for (const part of text === '' ? [] : text.split(',')) {
    const colon = part.indexOf(':');
    const slot = Number(part.slice(0, colon));
    into.set(slot, (into.get(slot) ?? 0) + Number(part.slice(colon + 1)));
  }
  return into;
}

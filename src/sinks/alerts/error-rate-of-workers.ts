/**
 * The error rate of all workers as one: each sees only its share of the requests, and a share may be too small to say
 * anything. A worker tells the primary what it has counted each time it looks, and hears what the others had by then.
 */
import cluster, { type Worker } from 'node:cluster';
import type { Clock } from '../../core/clock.ts';
import { type ErrorRate, recentSlots, type Slot } from './error-rate.ts';

type Message =
  /** A worker to the primary: what it has counted. */
  | { readonly type: 'error-rate-counted'; readonly slots: readonly Slot[] }
  /** The answer: what all others have. */
  | { readonly type: 'error-rate-of-others'; readonly slots: readonly Slot[] };

/** In a worker. @returns what tells the others of this one's counts; the answer counts from the next look on */
export function sharedWithWorkers(rate: ErrorRate): (now: number) => void {
  process.on('message', (message: Message) => {
    if (message?.type === 'error-rate-of-others') rate.others = message.slots;
  });
  return (now) => {
    const message: Message = { type: 'error-rate-counted', slots: rate.slots(now) };
    if (process.connected) process.send?.(message, undefined, {}, () => {});
  };
}

/** In the primary. What a worker counted before its end counts until it is too old. */
export function answerErrorRates(clock: Clock): void {
  const counted = new Map<number, readonly Slot[]>();
  cluster.on('message', (worker: Worker, message: Message) => {
    if (message?.type !== 'error-rate-counted') return;
    counted.set(worker.id, message.slots);
    const others: Slot[] = [];
    for (const [id, all] of counted) {
      const slots = recentSlots(all, clock.now());
      if (slots.length === 0) counted.delete(id);
      else if (id !== worker.id) others.push(...slots);
    }
    const answer: Message = { type: 'error-rate-of-others', slots: summed(others) };
    if (worker.isConnected()) worker.send(answer, () => {});
  });
}

/** One of each ten seconds. */
function summed(slots: readonly Slot[]): Slot[] {
  const sums = new Map<number, Slot>();
  for (const { number, requests, failures } of slots) {
    const sum = sums.get(number) ?? { number, requests: 0, failures: 0 };
    sum.requests += requests;
    sum.failures += failures;
    sums.set(number, sum);
  }
  return [...sums.values()];
}

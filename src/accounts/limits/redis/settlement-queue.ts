import type { Outcome } from '../limits.ts';

/** As a script reads it: the call, its tokens, its cost. */
export type QueuedSettlement = readonly [id: string, tokens: number, cost: number];

/** When so many wait, further ones are dropped: their leases expire, and they are settled from the ledger. */
const MAX_WAITING = 100_000;
/** Redis does nothing else meanwhile: ten milliseconds. Only after an outage there are more, which follow one by one. */
const MAX_BATCH = 500;

/** Settlements on their way: in order, until Redis has them, and bounded. */
export class SettlementQueue {
  #waiting: QueuedSettlement[] = [];

  get size(): number {
    return this.#waiting.length;
  }

  /** @returns false when the queue is full */
  add(id: string, { tokens, cost }: Outcome): boolean {
    if (this.#waiting.length >= MAX_WAITING) return false;
    this.#waiting.push([id, tokens, cost]);
    return true;
  }

  /** The oldest, to be sent. */
  take(): QueuedSettlement[] {
    return this.#waiting.splice(0, MAX_BATCH);
  }

  /** What was sent and is not known to have arrived waits again; a second time does no harm. */
  giveBack(sent: readonly QueuedSettlement[]): void {
    this.#waiting = [...sent, ...this.#waiting];
  }
}

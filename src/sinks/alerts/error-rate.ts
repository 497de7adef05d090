/** Milliseconds. */
const WINDOW = 300_000;
const SLOT = 10_000;
/** A share of fewer requests says nothing. */
const MIN_REQUESTS = 20;

/** What a process has counted in ten seconds. */
export interface Slot {
  /** Of these ten seconds since the epoch. */
  readonly number: number;
  requests: number;
  failures: number;
}

/** Those that belong to the last minutes. @param now milliseconds since the epoch */
export function recentSlots(slots: readonly Slot[], now: number): Slot[] {
  const oldest = Math.floor((now - WINDOW) / SLOT);
  return slots.filter(({ number }) => number > oldest);
}

/** The share of requests of the last minutes that failed by our fault or a provider's. */
export class ErrorRate {
  #slots: Slot[] = [];
  /** What the other workers of this server have counted. */
  others: readonly Slot[] = [];

  /** @param now milliseconds since the epoch */
  add(isFailure: boolean, now: number): void {
    const number = Math.floor(now / SLOT);
    let slot = this.#slots.at(-1);
    if (slot?.number !== number) {
      slot = { number, requests: 0, failures: 0 };
      this.#slots = [...recentSlots(this.#slots, now), slot];
    }
    slot.requests += 1;
    if (isFailure) slot.failures += 1;
  }

  /** From 0 to 1, with the numbers it is made of; nothing while there were too few requests to say. */
  at(
    now: number,
  ): { readonly share: number; readonly requests: number; readonly failures: number } | undefined {
    const slots = [...this.slots(now), ...recentSlots(this.others, now)];
    const sum = (field: 'requests' | 'failures') => slots.reduce((all, slot) => all + slot[field], 0);
    const requests = sum('requests');
    const failures = sum('failures');
    return requests < MIN_REQUESTS ? undefined : { share: failures / requests, requests, failures };
  }

  /** What this process has counted. @param now milliseconds since the epoch */
  slots(now: number): readonly Slot[] {
    this.#slots = recentSlots(this.#slots, now);
    return this.#slots;
  }
}

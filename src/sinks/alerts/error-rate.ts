/** Milliseconds. */
const WINDOW = 300_000;
const SLOT = 10_000;
/** A share of fewer requests says nothing. */
const MIN_REQUESTS = 20;

interface Slot {
  readonly number: number;
  requests: number;
  failures: number;
}

/** The share of requests of the last minutes that failed by our fault or a provider's. */
export class ErrorRate {
  #slots: Slot[] = [];

  /** @param now milliseconds since the epoch */
  add(isFailure: boolean, now: number): void {
    const number = Math.floor(now / SLOT);
    let slot = this.#slots.at(-1);
    if (slot?.number !== number) {
      slot = { number, requests: 0, failures: 0 };
      this.#slots.push(slot);
      this.#forget(now);
    }
    slot.requests += 1;
    if (isFailure) slot.failures += 1;
  }

  /** From 0 to 1, with the numbers it is made of; nothing while there were too few requests to say. */
  at(
    now: number,
  ): { readonly share: number; readonly requests: number; readonly failures: number } | undefined {
    this.#forget(now);
    const sum = (field: 'requests' | 'failures') => this.#slots.reduce((all, slot) => all + slot[field], 0);
    const requests = sum('requests');
    const failures = sum('failures');
    return requests < MIN_REQUESTS ? undefined : { share: failures / requests, requests, failures };
  }

  #forget(now: number): void {
    const oldest = Math.floor((now - WINDOW) / SLOT);
    this.#slots = this.#slots.filter(({ number }) => number > oldest);
  }
}

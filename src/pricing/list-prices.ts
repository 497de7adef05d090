import { LRUCache } from 'lru-cache';
import type { Clock } from '../core/clock.ts';
import { MINUTE } from '../core/durations.ts';
import { atMost } from '../core/entry-bound.ts';
import type { Price } from '../providers/provider.ts';
import { listPrice, type Priced } from './price.ts';

const MAX_PRICES = 10_000;
/** Milliseconds: some providers' prices change with the time of day. */
const KNOWN_FOR = MINUTE;

/**
 * Prices as lists of models show them. To look one up takes a tenth of a millisecond, and a configuration may have thousands:
 * each is looked up in a turn of the event loop of its own, and known for a while.
 */
export class ListPrices {
  readonly #clock: Clock;
  readonly #known: LRUCache<string, { readonly price: Price | null }>;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#known = new LRUCache({
      ...atMost(MAX_PRICES),
      ttl: KNOWN_FOR,
      perf: { now: () => clock.elapsed() },
      ttlResolution: 0,
    });
  }

  /** @returns dollars per million tokens, or `null` when the price is unknown */
  async of(target: Priced): Promise<Price | null> {
    if (target.price) return target.price;
    const key = `${target.provider}/${target.model}`;
    const known = this.#known.get(key);
    if (known) return known.price;
    await new Promise(setImmediate);
    const price = await listPrice(target, this.#clock.now());
    this.#known.set(key, { price });
    return price;
  }
}

/** Prices as plain rates, for bounds: asked of the price list once for each model and size of prompt, not for each call. */

import { HOUR } from '../core/durations.ts';
import type { Target } from '../providers/provider.ts';
import { costOf } from './price.ts';
import { NO_TOKENS } from './token-counts.ts';

/** Nano-dollars per token. */
export interface Rate {
  /** Of the prompt at most: that of a cache that it is written to, where that costs more. */
  readonly input: number;
  /** Of a prompt that is only read. */
  readonly reading: number;
  readonly output: number;
}

/** Prices may depend on the time of day. */
const FRESH = HOUR;
const MIN_SIZE = 1_024;

interface Known {
  readonly rate: Rate | undefined;
  readonly until: number;
}

/** Remembers each price for a while, and forgets it with its target. */
export class Rates {
  /** By target, then by size of prompt, as long prompts cost more per token with some models, and by what its cache costs. */
  readonly #known = new WeakMap<Target, Map<number, Known>>();

  /**
   * @param isKeptLong the prompt may be written to a cache for an hour
   * @returns `undefined` when the price is unknown; a promise only where it has to be looked up
   */
  of(
    target: Target,
    promptTokens: number,
    isKeptLong: boolean,
    now: number,
  ): Rate | undefined | Promise<Rate | undefined> {
    const size = 2 ** Math.ceil(Math.log2(Math.max(promptTokens, MIN_SIZE)));
    const known = this.#known.get(target)?.get(keyOf(size, isKeptLong));
    return known && known.until > now ? known.rate : this.#ask(target, size, isKeptLong, now);
  }

  async #ask(target: Target, size: number, isKeptLong: boolean, now: number): Promise<Rate | undefined> {
    const rate = await askPriceList(target, size, isKeptLong, now);
    let sizes = this.#known.get(target);
    if (!sizes) {
      sizes = new Map();
      this.#known.set(target, sizes);
    }
    sizes.set(keyOf(size, isKeptLong), { rate, until: now + FRESH });
    return rate;
  }
}

/** Sizes are even. */
function keyOf(size: number, isKeptLong: boolean): number {
  return isKeptLong ? size + 1 : size;
}

/** Some providers write every prompt to their cache, and charge for it, whether they are asked to or not. */
async function askPriceList(
  target: Target,
  size: number,
  isKeptLong: boolean,
  at: number,
): Promise<Rate | undefined> {
  const reading = await costOf({ ...NO_TOKENS, input: size }, target, at);
  const both = await costOf({ ...NO_TOKENS, input: size, output: size }, target, at);
  const kept = { cache_write: size, cache_write_1h: isKeptLong ? size : 0 };
  const writing = await costOf({ ...NO_TOKENS, ...kept }, target, at);
  if (reading === null || both === null || writing === null) return undefined;
  return {
    input: Math.max(reading, writing) / size,
    reading: reading / size,
    output: (both - reading) / size,
  };
}

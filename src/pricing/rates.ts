/** Prices as plain rates, for bounds: asked of the price list once for each model and size of prompt, not for each call. */

import type { Target } from '../providers/provider.ts';
import { costOf } from './price.ts';
import { NO_TOKENS } from './token-counts.ts';

/** Nano-dollars per token. */
export interface Rate {
  readonly input: number;
  readonly output: number;
}

/** Prices may depend on the time of day. */
const FRESH = 3_600_000;
const MIN_SIZE = 1_024;

interface Known {
  readonly rate: Rate | undefined;
  readonly until: number;
}

export class Rates {
  /** By target, then by size of prompt: long prompts cost more per token with some models. */
  readonly #known = new WeakMap<Target, Map<number, Known>>();

  /** @returns `undefined` when the price is unknown; a promise only where it has to be looked up */
  of(target: Target, promptTokens: number, now: number): Rate | undefined | Promise<Rate | undefined> {
    const size = 2 ** Math.ceil(Math.log2(Math.max(promptTokens, MIN_SIZE)));
    const known = this.#known.get(target)?.get(size);
    return known && known.until > now ? known.rate : this.#ask(target, size, now);
  }

  async #ask(target: Target, size: number, now: number): Promise<Rate | undefined> {
    const rate = await askPriceList(target, size, now);
    let sizes = this.#known.get(target);
    if (!sizes) {
      sizes = new Map();
      this.#known.set(target, sizes);
    }
    sizes.set(size, { rate, until: now + FRESH });
    return rate;
  }
}

async function askPriceList(target: Target, size: number, at: number): Promise<Rate | undefined> {
  const reading = await costOf({ ...NO_TOKENS, input: size }, target, at);
  const both = await costOf({ ...NO_TOKENS, input: size, output: size }, target, at);
  if (reading === null || both === null) return undefined;
  return { input: reading / size, output: (both - reading) / size };
}

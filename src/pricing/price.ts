/** What a call cost: `@pydantic/genai-prices`, our own lines where it has none, the configuration above both. */
import { fromDollars, type NanoDollars } from '../core/money.ts';
import type { Price, Target } from '../providers/provider.ts';
import type { TokenCounts } from './token-counts.ts';

/** What a price goes by. */
export type Priced = Pick<Target, 'provider' | 'model'> & Partial<Pick<Target, 'price'>>;

/**
 * Dollars per million tokens for models the price library does not know, or knows under another name.
 * Sources: CodeLlama, Together's list as genai-prices 0.1.8 has it for codellama/CodeLlama-34b-Instruct-hf;
 * claude-2.x, Anthropic's list for claude-2 (the library matches by prefix, which we do not trust).
 */
const OWN_PRICES: Record<string, Price> = {
  'together/togethercomputer/CodeLlama-34b-Instruct': { input: 0.776, output: 0.776 },
  'anthropic/claude-2.0': { input: 8, output: 24 },
  'anthropic/claude-2.1': { input: 8, output: 24 },
};

/** A cache write for an hour costs this many times the input (Anthropic's pricing page, 2026-11). */
const HOUR_WRITE = 2;

/**
 * @param at milliseconds since the epoch
 * @returns nano-dollars, or `null` when the price is unknown (which is not zero); a promise only where the library is asked
 */
export function costOf(
  tokens: TokenCounts,
  target: Priced,
  at: number,
): NanoDollars | null | Promise<NanoDollars | null> {
  const price = ownPrice(target);
  return price ? fromPrice(tokens, price) : fromLibrary(tokens, target, at);
}

/**
 * The price as a list shows it; of one that grows with the length of the prompt, where it begins.
 * @param at milliseconds since the epoch
 * @returns dollars per million tokens, or `null` when the price is unknown
 */
export async function listPrice(target: Priced, at: number): Promise<Price | null> {
  const own = ownPrice(target);
  if (own) return own;
  const { calcPrice } = await import('@pydantic/genai-prices');
  const options = { providerId: target.provider, timestamp: new Date(at) };
  const known = calcPrice({ input_tokens: 0, output_tokens: 0 }, target.model, options);
  if (!known || !isExact(target.model, known.model)) return null;
  const dollarsFor = (name: string) => {
    const price = known.model_price[name];
    return typeof price === 'object' ? price.base : price;
  };
  const [input, output] = [dollarsFor('input_mtok'), dollarsFor('output_mtok')];
  // What is sold by the request or the second has no such price; a model for embeddings writes nothing.
  if (input === undefined) return null;
  const [read, written] = [dollarsFor('cache_read_mtok'), dollarsFor('cache_write_mtok')];
  return {
    input,
    output: output ?? 0,
    ...(read !== undefined && { cached_input: read }),
    ...(written !== undefined && { cache_write: written }),
  };
}

function ownPrice({ price, provider, model }: Priced): Price | undefined {
  return price ?? OWN_PRICES[`${provider}/${model}`];
}

async function fromLibrary(tokens: TokenCounts, target: Priced, at: number): Promise<NanoDollars | null> {
  const { calcPrice } = await import('@pydantic/genai-prices');
  const hour = tokens.cache_write_1h ?? 0;
  const options = { providerId: target.provider, timestamp: new Date(at) };
  const result = calcPrice(
    {
      input_tokens: tokens.input + tokens.cached_input + tokens.cache_write,
      cache_read_tokens: tokens.cached_input,
      // The library knows one price of cache writes, that of five minutes: an hour's are input, and are input once more.
      cache_write_tokens: tokens.cache_write - hour,
      output_tokens: tokens.output + tokens.reasoning,
      output_reasoning_tokens: tokens.reasoning,
    },
    target.model,
    options,
  );
  if (!result || !isExact(target.model, result.model)) return null;
  const more = hour > 0 ? calcPrice({ input_tokens: hour }, target.model, options)?.total_price : 0;
  return fromDollars(result.total_price + (more ?? 0) * (HOUR_WRITE - 1));
}

/** A class without a price of its own costs what plain input costs. */
function fromPrice(tokens: TokenCounts, price: Price): NanoDollars {
  const hour = tokens.cache_write_1h ?? 0;
  const dollarsPerMillion =
    tokens.input * price.input +
    tokens.cached_input * (price.cached_input ?? price.input) +
    (tokens.cache_write - hour) * (price.cache_write ?? price.input) +
    hour * price.input * HOUR_WRITE +
    (tokens.output + tokens.reasoning) * price.output;
  return Math.round(dollarsPerMillion * 1_000);
}

/**
 * The library matches some models by prefix, so that a new model is taken for an older one (claude-sonnet-5-5 for
 * claude-sonnet-5, genai-prices 0.1.8). Only the very model, or a dated snapshot of it, has its price.
 */
function isExact(model: string, known: { id: string; match: unknown }): boolean {
  const name = undated(model);
  return name === undated(known.id) || namedOutright(name, known.match) || namedOutright(model, known.match);
}

/** The name without its day or `-latest`: the library's own ids have them at times (`claude-3-opus-latest`). */
function undated(model: string): string {
  return model.toLowerCase().replace(/(?:-\d{8}|-\d{4}-\d{2}-\d{2}|-latest)$/, '');
}

/** True when the match rule holds an `equals` clause for this very name. */
function namedOutright(model: string, rule: unknown): boolean {
  const { equals, or } = rule as { equals?: string; or?: unknown[] };
  return equals === model || (or?.some((clause) => namedOutright(model, clause)) ?? false);
}

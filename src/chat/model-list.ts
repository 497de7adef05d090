/** The list of models as clients read it: OpenAI's shape with what is known of each, or Anthropic's. */

import { Failure } from '../failures/failure.ts';
import type { ListPrices } from '../pricing/list-prices.ts';
import type { Target } from '../providers/provider.ts';
import type { Caller } from './admission.ts';
import { allowedPart, type Chain, makeChain } from './chains.ts';

/** A model or chain in OpenAI's shape, with fields of ours. */
export interface ModelListing {
  readonly id: string;
  readonly object: 'model';
  /** Seconds since 1970: when this list was made, as providers do not say when a model was. */
  readonly created: number;
  readonly owned_by: string;
  readonly context_window: number | null;
  readonly max_input_tokens: number | null;
  readonly max_output_tokens: number | null;
  /** US dollars per million tokens, as calls are counted; `null` where nobody says. */
  readonly pricing: Target['price'] | null;
  /** What is known for sure, of the model that is asked first. */
  readonly capabilities: Target['capabilities'];
}

/** Where names come from; those of a configuration are kept as long as it is. */
export interface ListedNames {
  readonly chains: ReadonlyMap<string, Chain>;
  /** Other names of one model or chain, and what they stand for. */
  readonly aliases: Readonly<Record<string, string>>;
  /** @returns what another name stands for, or nothing */
  readonly alias: (name: string) => string | undefined;
  /** Names that need no configuration. */
  readonly catalogue: readonly string[];
  readonly find: (name: string) => Target | object | undefined;
  /** Milliseconds since 1970. */
  readonly madeAt: number;
  readonly prices: ListPrices;
}

/** What a caller may ask for, the names of the configuration first. */
export async function listModels(names: ListedNames, caller: Caller): Promise<ModelListing[]> {
  const aliases = Object.entries(names.aliases).map(nameOfAlias);
  const all = new Set([...names.chains.keys(), ...aliases, ...names.catalogue.filter(meansItself)]);
  const listings: ModelListing[] = [];
  for (const name of all) {
    const chain = chainOf(name, names);
    const listing = chain && (await listingOf(name, chain, names, caller));
    if (listing) listings.push(listing);
  }
  return listings;

  /** With `"claude-*": default` all Claudes of the catalogue are one chain, which is no choice of thirty for a menu. */
  function meansItself(name: string): boolean {
    return (names.alias(name) ?? name) === name;
  }
}

/**
 * @param chain of the model's name, as a request would have it
 * @throws {Failure} `unauthorized` when the caller may not ask for it
 */
export async function describeModel(
  id: string,
  chain: Chain,
  names: Pick<ListedNames, 'madeAt' | 'prices'>,
  caller: Caller,
): Promise<ModelListing> {
  return describe(id, allowedPart(chain, caller).targets, names);
}

/**
 * An alias with a star stands for any number of names; one of them is listed, `claude-default` for `"claude-*": default`:
 * Claude Code offers only models whose ids begin with `claude` or `anthropic`.
 */
function nameOfAlias([alias, target]: [string, string]): string {
  return alias.endsWith('*') ? alias.slice(0, -1) + target : alias;
}

function chainOf(name: string, { chains, alias, find }: ListedNames): Chain | undefined {
  const meant = chains.has(name) ? name : (alias(name) ?? name);
  const chain = chains.get(meant);
  if (chain) return chain;
  const target = find(meant);
  return target && 'provider' in target ? makeChain(meant, [target as Target]) : undefined;
}

async function listingOf(
  id: string,
  chain: Chain,
  names: ListedNames,
  caller: Caller,
): Promise<ModelListing | undefined> {
  if (chain.targets.length === 0) return undefined;
  try {
    return await describeModel(id, chain, names, caller);
  } catch (error) {
    if (error instanceof Failure && error.rule.isAboutRights) return undefined;
    throw error;
  }
}

async function describe(
  id: string,
  targets: readonly Target[],
  { madeAt, prices }: Pick<ListedNames, 'madeAt' | 'prices'>,
): Promise<ModelListing> {
  const [first] = targets;
  const providers = new Set(targets.map(({ provider }) => provider));
  const { contextWindow, maxOutputTokens, capabilities } = first!;
  return {
    id,
    object: 'model',
    created: Math.floor(madeAt / 1_000),
    owned_by: providers.size === 1 ? first!.provider : 'codellama-server',
    context_window: contextWindow ?? null,
    max_input_tokens: contextWindow ?? null,
    max_output_tokens: maxOutputTokens ?? null,
    pricing: await prices.of(first!),
    capabilities,
  };
}

/** Anthropic's shape of a model (docs.anthropic.com/en/api/models, 2026-11). */
export function asAnthropicModel(model: ModelListing) {
  return {
    type: 'model',
    id: model.id,
    display_name: model.id,
    created_at: new Date(model.created * 1_000).toISOString(),
    max_input_tokens: model.max_input_tokens,
    max_tokens: model.max_output_tokens,
  };
}

/** Everything a configuration names, with the other names of each. */
export function namedChains({ chains, aliases }: Pick<ListedNames, 'chains' | 'aliases'>) {
  return [...chains.values()].map((chain) => ({
    chain,
    aliases: Object.keys(aliases).filter((alias) => aliases[alias] === chain.name),
  }));
}

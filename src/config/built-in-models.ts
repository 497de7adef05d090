/**
 * The models and chains that need no configuration file. Retired models keep their place in the chain, as their
 * names promise, with a live successor: the provider is asked for the named one first and its "gone" is remembered.
 */

import { catalogue } from './catalogue.ts';
import type { ChainEntry, ModelEntry } from './config-file-schema.ts';
import { fromCatalogue } from './resolve-model.ts';

const DEFAULT_CHAIN = ['codellama', 'gpt-4', 'claude-2'];

/** The models of the default chain. */
export const builtInModels: Readonly<Record<string, ModelEntry>> = Object.fromEntries(
  DEFAULT_CHAIN.map((name) => [name, fromCatalogue(catalogue[name]!)]),
);

/** The chain that answers when a caller names none. */
export const builtInChains: Readonly<Record<string, ChainEntry>> = {
  default: { models: DEFAULT_CHAIN },
};

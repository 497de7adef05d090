/** Models that no file names: those of the catalogue by their short names, and any other as `provider/model-id`. */
import { LRUCache } from 'lru-cache';
import { atMost } from '../core/entry-bound.ts';
import type { Capabilities } from '../providers/feature-table.ts';
import type { Target } from '../providers/provider.ts';
import { isProvider, type ProviderName, providerRegistry, urlVariables } from '../providers/registry.ts';
import { type CatalogueEntry, catalogue } from './catalogue.ts';
import type { ModelEntry } from './config-file-schema.ts';
import type { Environment, Settings } from './environment.ts';
import { canonicalModelName } from './model-names.ts';
import { hasAddress, isUsable, keyVariables, providerKey } from './provider-credentials.ts';
import { makeTarget } from './targets.ts';

/** Callers may name what they like, so what is made for them is bounded. */
const MAX_MODELS = 500;
/** What a header can hold and a provider could mean. */
const MODEL_ID = /^[\w.:@/+-]{1,200}$/;

/** A model that could be called if its provider had a key, and the environment names that would give it one. */
export interface WithoutKey {
  readonly keys: readonly string[];
}

/** @returns nothing for a name that means no model */
export type AnyModel = (name: string) => Target | WithoutKey | undefined;

/** True where a name means a model, with or without a key. */
export function isModelName(name: string): boolean {
  return entryOf(name) !== undefined;
}

/** How names that the configuration does not have are looked up. */
export function anyModel(settings: Settings, environment: Environment): AnyModel {
  // The same target for the same name, so that its cooldowns and its prepared request are found again.
  const made = new LRUCache<string, Target>(atMost(MAX_MODELS));
  return (name) => {
    const known = made.get(name);
    if (known) return known;
    const entry = entryOf(name);
    if (!entry) return undefined;
    if (providerRegistry[entry.provider].needsUrl && !hasAddress(entry.provider, environment))
      return { keys: urlVariables(entry.provider) };
    // What else listens on this machine is nobody's to call by name where keys separate callers.
    if (
      providerRegistry[entry.provider].isLocal &&
      settings.ADMIN_KEY &&
      !hasAddress(entry.provider, environment)
    )
      return { keys: urlVariables(entry.provider) };
    if (!isUsable(entry.provider, providerKey(entry.provider, environment)))
      return { keys: keyVariables(entry.provider) };
    const target = makeTarget(name.slice(0, 250), entry, settings, environment);
    made.set(name, target);
    return target;
  };
}

function entryOf(written: string): ModelEntry | undefined {
  const name = Object.hasOwn(catalogue, written) ? written : canonicalModelName(written);
  const listed = Object.hasOwn(catalogue, name) ? catalogue[name] : undefined;
  if (listed) return fromCatalogue(listed);
  const slash = name.indexOf('/');
  const provider = name.slice(0, Math.max(0, slash));
  const model = name.slice(slash + 1);
  if (!isProvider(provider) || provider === 'openai-compatible' || !MODEL_ID.test(model)) return undefined;
  const same = Object.values(catalogue).find((entry) => entry.provider === provider && entry.model === model);
  return same ? fromCatalogue(same) : { provider, model };
}

/** A catalogue's line as the configuration file would have it. */
export function fromCatalogue(entry: CatalogueEntry): ModelEntry {
  const { retired: _retired, priceSource: _source, capabilities, provider, ...rest } = entry;
  // What an old model could not do says nothing of the successor that answers for it.
  const own = entry.successor ? {} : { capabilities: lacking(capabilities) };
  return { ...rest, ...own, provider: provider as ProviderName };
}

/** Only what a model is known to lack matters: what it has is its provider's to say. */
function lacking(capabilities: CatalogueEntry['capabilities'] = {}): Capabilities {
  const { tools, images, json, logprobs, reasoning, prefill } = capabilities;
  return {
    ...(tools === false && { tools }),
    ...(images === false && { images }),
    ...(json === false && { json_object: json, json_schema: json }),
    ...(logprobs === false && { logprobs }),
    ...(reasoning === false && { reasoning_effort: reasoning }),
    ...(prefill !== undefined && { prefill }),
  };
}

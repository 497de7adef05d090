/** Every provider there is, a line each. Adding one: write its file, add its line (or a preset, if it speaks OpenAI's wire). */
import { anthropic } from './anthropic/anthropic.ts';
import { azure, azureAddress } from './azure.ts';
import { cohere } from './cohere/cohere.ts';
import { openai } from './openai.ts';
import { openaiCompatible } from './openai-compatible.ts';
import { type Preset, presets } from './presets.ts';
import type { Provider } from './provider.ts';
import type { ProxySettings } from './proxy.ts';
import { replicate } from './replicate/replicate.ts';
import { together } from './together.ts';
import { Transport } from './transport.ts';

/** How a provider is made, and what the environment says of it. */
export interface RegistryEntry {
  readonly make: (transport: Transport) => Provider;
  /** Environment names of its key, the first being the one we write; none when it needs no key. */
  readonly keys: readonly string[];
  /** Where it is, unless the environment or the configuration says otherwise; none when its package knows. */
  readonly url?: string;
  /** Where its package goes, whose path stands in for a configured address without one. */
  readonly home?: string;
  /** It has no address of its own: one must be given. */
  readonly needsUrl?: boolean;
  /** Environment names of its address, the first being the one we write; `<PROVIDER>_BASE_URL` without them. */
  readonly urlVariables?: readonly string[];
  /** Its base URL, of the one that is configured and what else the environment says. */
  readonly address?: (given: string, environment: Readonly<Record<string, string | undefined>>) => string;
  /** Runs on one's own machine: no key is needed. */
  readonly isLocal?: boolean;
}

const native = {
  together: {
    make: together,
    keys: ['TOGETHER_API_KEY', 'TOGETHERAI_API_KEY', 'TOGETHER_AI_API_KEY'],
    home: 'https://api.together.ai/v1',
  },
  openai: { make: openai, keys: ['OPENAI_API_KEY'], home: 'https://api.openai.com/v1' },
  anthropic: {
    make: anthropic,
    keys: ['ANTHROPIC_API_KEY'],
    // Its package adds `/v1` itself.
    address: (given) => given.replace(/\/v1$/, ''),
  },
  azure: {
    make: azure,
    keys: ['AZURE_OPENAI_API_KEY', 'AZURE_API_KEY'],
    needsUrl: true,
    urlVariables: ['AZURE_OPENAI_ENDPOINT', 'AZURE_BASE_URL'],
    address: azureAddress,
  },
  cohere: {
    make: cohere,
    keys: ['COHERE_API_KEY', 'CO_API_KEY'],
    home: 'https://api.cohere.com/v2',
    // Its package adds the version itself, so that addresses are written without.
    address(given) {
      const url = new URL(given);
      url.pathname = url.pathname.replace(/(?:\/v\d+)?\/?$/, '/v2');
      return url.href;
    },
  },
  replicate: {
    make: replicate,
    keys: ['REPLICATE_API_TOKEN', 'REPLICATE_API_KEY'],
    home: 'https://api.replicate.com/v1',
  },
  'openai-compatible': {
    make: (transport: Transport) => openaiCompatible(transport),
    keys: [],
    needsUrl: true,
  },
} as const satisfies Record<string, RegistryEntry>;

/** See {@link providerRegistry}. */
export type ProviderName = keyof typeof native | keyof typeof presets;

const fromPresets = Object.fromEntries(
  Object.entries(presets).map(([name, preset]) => [name, fromPreset(name, preset)]),
) as Record<keyof typeof presets, RegistryEntry>;

/** Every provider by its name: those with files of their own, and the presets. */
export const providerRegistry: Readonly<Record<ProviderName, RegistryEntry>> = { ...native, ...fromPresets };

/** In the order of the registry. */
export const PROVIDER_NAMES = Object.keys(providerRegistry) as ProviderName[];

/** Whether a name is one of a provider. */
export function isProvider(name: string): name is ProviderName {
  return Object.hasOwn(providerRegistry, name);
}

function fromPreset(name: string, preset: Preset): RegistryEntry {
  const { url, keys, isLocal } = preset;
  return { url, keys, isLocal, make: (transport) => openaiCompatible(transport, name, preset) };
}

/** `OPENAI_BASE_URL`, `LM_STUDIO_BASE_URL`: environment names of a provider's address, the first being the one we write. */
export function urlVariables(provider: ProviderName): readonly string[] {
  const entry: RegistryEntry = providerRegistry[provider];
  return entry.urlVariables ?? [`${provider.toUpperCase().replace(/\W/g, '_')}_BASE_URL`];
}

/** The provider behind a name; all share one transport, so that calls to one origin share connections. */
export class Providers {
  readonly #transport: Transport;
  readonly #made = new Map<string, Provider>();

  constructor(proxies?: ProxySettings) {
    this.#transport = new Transport(proxies);
  }

  get(name: string): Provider {
    let provider = this.#made.get(name);
    if (!provider) {
      if (!isProvider(name)) throw new Error(`There is no provider named ${name}.`);
      provider = providerRegistry[name].make(this.#transport);
      this.#made.set(name, provider);
    }
    return provider;
  }

  close(): Promise<void> {
    return this.#transport.close();
  }
}

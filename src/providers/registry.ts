/** Every provider there is, a line each. Adding one: write its file, add its line. */
import { anthropic } from './anthropic/anthropic.ts';
import { openai } from './openai.ts';
import { openaiCompatible } from './openai-compatible.ts';
import type { Provider } from './provider.ts';
import { together } from './together.ts';
import { Transport } from './transport.ts';

interface Entry {
  readonly make: (transport: Transport) => Provider;
  /** Environment names of its key, the first being the one we write; none when it needs no key. */
  readonly keys: readonly string[];
  readonly baseUrl?: string;
}

export const providerRegistry = {
  together: {
    make: together,
    keys: ['TOGETHER_API_KEY', 'TOGETHERAI_API_KEY', 'TOGETHER_AI_API_KEY'],
    baseUrl: 'TOGETHER_BASE_URL',
  },
  openai: { make: openai, keys: ['OPENAI_API_KEY'], baseUrl: 'OPENAI_BASE_URL' },
  anthropic: { make: anthropic, keys: ['ANTHROPIC_API_KEY'], baseUrl: 'ANTHROPIC_BASE_URL' },
  'openai-compatible': { make: openaiCompatible, keys: [] },
} as const satisfies Record<string, Entry>;

export type ProviderName = keyof typeof providerRegistry;

/** The provider behind a name; all share one transport, so that calls to one origin share connections. */
export class Providers {
  readonly #transport = new Transport();
  readonly #made = new Map<string, Provider>();

  get(name: string): Provider {
    let provider = this.#made.get(name);
    if (!provider) {
      const entry: Entry | undefined = (providerRegistry as Record<string, Entry>)[name];
      if (!entry) throw new Error(`There is no provider named ${name}.`);
      provider = entry.make(this.#transport);
      this.#made.set(name, provider);
    }
    return provider;
  }

  close(): Promise<void> {
    return this.#transport.close();
  }
}

/**
 * The models and chains that need no configuration file. Retired models keep their place in the chain, as their
 * names promise, with a live successor: the provider is asked for the named one first and its "gone" is remembered.
 * Retirements: OpenAI and Anthropic deprecations pages (gpt-4 2026-10-23, claude-2 2025-07-21).
 */
import type { ChainEntry, ModelEntry } from './file-schema.ts';

export const builtInModels: Readonly<Record<string, ModelEntry>> = {
  codellama: {
    provider: 'together',
    model: 'togethercomputer/CodeLlama-34b-Instruct',
    context_window: 16_384,
    successor: 'zai-org/GLM-5.3',
  },
  'gpt-4': {
    provider: 'openai',
    model: 'gpt-4',
    context_window: 8_192,
    max_output_tokens: 8_192,
    successor: 'gpt-5.6-sol',
  },
  'claude-2': {
    provider: 'anthropic',
    model: 'claude-2',
    context_window: 100_000,
    max_output_tokens: 4_096,
    successor: 'claude-sonnet-5-5',
  },
};

export const builtInChains: Readonly<Record<string, ChainEntry>> = {
  default: { models: ['codellama', 'gpt-4', 'claude-2'], hedge_after: undefined },
};

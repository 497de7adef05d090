/**
 * Cohere, AI21, Google, Mistral, DeepSeek, xAI and Perplexity, each at its maker's own address.
 * Windows and caps: the makers' model pages, and genai-prices 0.1.8. Retirements and successors: the makers'
 * deprecation pages (DeepSeek: its V4 announcement; xAI: "Grok model retirement on May 15, 2026"). As of 2026-11.
 */
import { modelsOf } from './entry.ts';

const TEXT = { images: false, reasoning: false } as const;
const IMAGES = { images: true, reasoning: false } as const;
const REASONING = { reasoning: true } as const;
const SEEING_REASONING = { images: true, reasoning: true } as const;

// Cohere names no successor for `command-nightly`: it has the one of `command`, whose nightly it was.
// Cohere has closed the names `command-r` and `command-r-plus`, aliases of early snapshots: ours are the later ones.
// It has set no day on which the closed ones stop answering.

/** At Cohere. */
// biome-ignore format: a table, one model a line
export const cohereModels = modelsOf('cohere', {
  'command-a': { model: 'command-a-03-2025', context_window: 256_000, max_output_tokens: 8_000, capabilities: TEXT },
  'command-a-reasoning': { model: 'command-a-reasoning-08-2025', context_window: 256_000, max_output_tokens: 32_000, capabilities: { images: false, reasoning: true } },
  'command-r': { model: 'command-r-08-2024', context_window: 128_000, max_output_tokens: 4_000, capabilities: TEXT },
  'command-r-plus': { model: 'command-r-plus-08-2024', context_window: 128_000, max_output_tokens: 4_000, capabilities: TEXT },
  'command-r7b': { model: 'command-r7b-12-2024', context_window: 128_000, max_output_tokens: 4_000, capabilities: TEXT },
  'command': { context_window: 4_096, max_output_tokens: 4_096, capabilities: TEXT, successor: 'command-a-03-2025' },
  'command-light': { context_window: 4_096, max_output_tokens: 4_096, capabilities: TEXT, successor: 'command-r-08-2024' },
  'embed-v4': { model: 'embed-v4.0', context_window: 128_000 },
  'command-nightly': { capabilities: TEXT, successor: 'command-a-03-2025' },
});

const AI21_LIST = "AI21's price list, 2026-11";

/** At AI21. */
// biome-ignore format: a table, one model a line
export const ai21Models = modelsOf('ai21', {
  'jamba-large': { context_window: 256_000, max_output_tokens: 4_096, capabilities: TEXT, price: { input: 2, output: 8 }, priceSource: AI21_LIST },
  'jamba-mini': { context_window: 256_000, max_output_tokens: 4_096, capabilities: TEXT, price: { input: 0.2, output: 0.4 }, priceSource: AI21_LIST },
  // The day it went is not known, and no replacement is named: Jamba is what AI21 has served since.
  'j2-ultra': { context_window: 8_192, capabilities: { images: false, tools: false, reasoning: false }, successor: 'jamba-large' },
});

/** At Google. */
// biome-ignore format: a table, one model a line
export const geminiModels = modelsOf('gemini', {
  'gemini-3.8-flash': { context_window: 1_000_000, capabilities: SEEING_REASONING },
  'gemini-3.7-flash': { context_window: 1_000_000, capabilities: SEEING_REASONING },
  'gemini-3.6-flash': { context_window: 1_000_000, capabilities: SEEING_REASONING },
  'gemini-3.5-flash': { context_window: 1_000_000, capabilities: SEEING_REASONING },
  'gemini-3.5-flash-lite': { context_window: 1_000_000, capabilities: SEEING_REASONING },
  'gemini-3.1-pro': { model: 'gemini-3.1-pro-preview', capabilities: SEEING_REASONING },
  'gemini-3.1-flash-lite': { context_window: 1_000_000, capabilities: SEEING_REASONING },
  'gemini-3-pro': { model: 'gemini-3-pro-preview', capabilities: SEEING_REASONING, retired: '2026-03-09', successor: 'gemini-3.1-pro-preview' },
  'gemini-2.5-pro': { context_window: 1_048_576, max_output_tokens: 65_536, capabilities: SEEING_REASONING, retired: '2026-12-01', successor: 'gemini-3.8-flash' },
  'gemini-2.5-flash': { context_window: 1_048_576, max_output_tokens: 65_536, capabilities: SEEING_REASONING, retired: '2026-12-01', successor: 'gemini-3.5-flash-lite' },
  'gemini-2.5-flash-lite': { context_window: 1_048_576, max_output_tokens: 65_536, capabilities: SEEING_REASONING },
  'gemini-embedding-001': { context_window: 2_048 },
  'gemini-2.0-flash': { context_window: 1_048_576, max_output_tokens: 8_192, capabilities: IMAGES, retired: '2026-06-01', successor: 'gemini-3.6-flash' },
  'gemini-2.0-flash-lite': { context_window: 1_048_576, max_output_tokens: 8_192, capabilities: IMAGES, retired: '2026-06-01', successor: 'gemini-3.1-flash-lite' },
});

/** At Mistral. */
// biome-ignore format: a table, one model a line
export const mistralModels = modelsOf('mistral', {
  'codestral': { model: 'codestral-latest', context_window: 256_000, capabilities: TEXT },
  'codestral-2501': { context_window: 256_000, capabilities: TEXT, retired: '2025-11-30', successor: 'codestral-2508' },
  'devstral': { model: 'devstral-2512', context_window: 262_144 },
  'devstral-medium': { model: 'devstral-medium-2507', context_window: 131_072, capabilities: TEXT, retired: '2026-05-31', successor: 'devstral-2512' },
  'codestral-embed': { model: 'codestral-embed', context_window: 8_192, price: { input: 0.15, output: 0 }, priceSource: "Mistral's price list, 2026-11" },
  'mistral-embed': { context_window: 8_192 },
  'mistral-large': { model: 'mistral-large-2512', context_window: 262_144, capabilities: IMAGES },
  'mistral-medium': { model: 'mistral-medium-3-5', context_window: 262_144 },
  'mistral-medium-2312': { context_window: 32_768, capabilities: TEXT, retired: '2025-06-16', successor: 'mistral-medium-3-5' },
  'mistral-small': { model: 'mistral-small-2603', context_window: 262_144 },
  'ministral-8b': { model: 'ministral-8b-2512', context_window: 262_144, capabilities: IMAGES },
  'pixtral-12b': { model: 'pixtral-12b-2409', context_window: 131_072, capabilities: IMAGES, retired: '2025-12-31', successor: 'ministral-14b-2512' },
});

/** At DeepSeek. */
// biome-ignore format: a table, one model a line
export const deepseekModels = modelsOf('deepseek', {
  'deepseek-v4-pro': { context_window: 1_000_000, max_output_tokens: 384_000, capabilities: REASONING },
  'deepseek-v4-flash': { context_window: 1_000_000, max_output_tokens: 384_000, capabilities: REASONING },
  'deepseek-chat': { retired: '2026-07-24', successor: 'deepseek-v4-flash' },
  'deepseek-reasoner': { capabilities: REASONING, retired: '2026-07-24', successor: 'deepseek-v4-flash' },
});

/** At xAI. */
// biome-ignore format: a table, one model a line
export const xaiModels = modelsOf('xai', {
  'grok-4.6': { context_window: 500_000, capabilities: REASONING },
  'grok-4.5': { context_window: 500_000, capabilities: SEEING_REASONING },
  'grok-4.3': { context_window: 1_000_000, capabilities: REASONING },
  'grok-build': { model: 'grok-build-0.1', context_window: 256_000 },
  'grok-code-fast-1': { context_window: 256_000, capabilities: { images: false, reasoning: true }, retired: '2026-05-15', successor: 'grok-4.3' },
  'grok-4-fast': { model: 'grok-4-fast-reasoning', context_window: 2_000_000, capabilities: SEEING_REASONING, retired: '2026-05-15', successor: 'grok-4.3' },
  'grok-4': { model: 'grok-4-0709', context_window: 256_000, capabilities: SEEING_REASONING, retired: '2026-05-15', successor: 'grok-4.3' },
  'grok-3': { context_window: 131_072, capabilities: TEXT, retired: '2026-05-15', successor: 'grok-4.3' },
});

/** At Perplexity. */
// biome-ignore format: a table, one model a line
export const perplexityModels = modelsOf('perplexity', {
  'sonar': { context_window: 128_000, capabilities: { reasoning: false } },
  'sonar-pro': { context_window: 200_000, capabilities: { reasoning: false } },
  'sonar-reasoning-pro': { context_window: 128_000, capabilities: REASONING },
  'sonar-deep-research': { context_window: 128_000, capabilities: REASONING },
});

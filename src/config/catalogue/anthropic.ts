import { modelsOf } from './entry.ts';

const TEXT = { images: false, tools: false, reasoning: false } as const;
const IMAGES = { images: true, reasoning: false } as const;
const REASONING = { images: true, reasoning: true } as const;

const OVERVIEW = "Anthropic's overview of claude-sonnet-5-5, 2026-11 (cache writes kept for five minutes)";
const OLD_LIST = "Anthropic's price list, 2024";

/**
 * Anthropic's models. Windows and output caps: the models overview as of 2026-11; those of retired models as once
 * documented, not read again. Retirements: the deprecations page, as of 2026-11. Where the replacement named there
 * has itself been retired or overtaken, the successor is the current model of the same line (Haiku, Sonnet, Opus).
 */
// biome-ignore format: a table, one model a line
export const anthropicModels = modelsOf('anthropic', {
  'claude-fable-5-1': { context_window: 1_000_000, max_output_tokens: 128_000, capabilities: REASONING },
  'claude-opus-5-5': { context_window: 1_000_000, max_output_tokens: 128_000, capabilities: REASONING },
  'claude-sonnet-5-5': { context_window: 1_000_000, max_output_tokens: 128_000, capabilities: REASONING, price: { input: 2, output: 10, cached_input: 0.2, cache_write: 2.5 }, priceSource: OVERVIEW },
  // Its price depends on the length of the prompt, which a flat price cannot say.
  'claude-haiku-5-5': { context_window: 1_000_000, max_output_tokens: 128_000, capabilities: REASONING },
  'claude-fable-5': { context_window: 1_000_000, max_output_tokens: 128_000, capabilities: REASONING },
  'claude-opus-5': { context_window: 1_000_000, max_output_tokens: 128_000, capabilities: REASONING },
  'claude-sonnet-5': { context_window: 1_000_000, max_output_tokens: 128_000, capabilities: REASONING },
  'claude-opus-4-8': { context_window: 1_000_000, max_output_tokens: 128_000, capabilities: REASONING },
  'claude-opus-4-7': { context_window: 1_000_000, max_output_tokens: 128_000, capabilities: REASONING },
  'claude-opus-4-6': { context_window: 1_000_000, max_output_tokens: 128_000, capabilities: REASONING },
  'claude-sonnet-4-6': { context_window: 1_000_000, capabilities: REASONING },
  'claude-opus-4-5': { context_window: 200_000, max_output_tokens: 64_000, capabilities: REASONING },
  'claude-haiku-4-5': { context_window: 200_000, max_output_tokens: 64_000, capabilities: REASONING },
  'claude-sonnet-4-5': { context_window: 200_000, max_output_tokens: 64_000, capabilities: REASONING, retired: '2026-11-30', successor: 'claude-sonnet-5-5' },
  'claude-opus-4-1': { context_window: 200_000, max_output_tokens: 32_000, capabilities: REASONING, retired: '2026-08-05', successor: 'claude-opus-5-5' },
  'claude-opus-4': { model: 'claude-opus-4-0', context_window: 200_000, max_output_tokens: 32_000, capabilities: REASONING, retired: '2026-06-15', successor: 'claude-opus-5-5' },
  'claude-sonnet-4': { model: 'claude-sonnet-4-0', context_window: 200_000, max_output_tokens: 64_000, capabilities: REASONING, retired: '2026-06-15', successor: 'claude-sonnet-5-5' },
  'claude-3-7-sonnet': { model: 'claude-3-7-sonnet-latest', context_window: 200_000, max_output_tokens: 64_000, capabilities: REASONING, retired: '2026-02-19', successor: 'claude-sonnet-5-5' },
  'claude-3-5-sonnet': { model: 'claude-3-5-sonnet-20241022', context_window: 200_000, max_output_tokens: 8_192, capabilities: IMAGES, retired: '2025-10-28', successor: 'claude-sonnet-5-5' },
  'claude-3-5-haiku': { model: 'claude-3-5-haiku-20241022', context_window: 200_000, max_output_tokens: 8_192, capabilities: IMAGES, retired: '2026-02-19', successor: 'claude-haiku-5-5' },
  'claude-3-opus': { model: 'claude-3-opus-20240229', context_window: 200_000, max_output_tokens: 4_096, capabilities: IMAGES, retired: '2026-01-05', successor: 'claude-opus-5-5' },
  'claude-3-sonnet': { model: 'claude-3-sonnet-20240229', context_window: 200_000, max_output_tokens: 4_096, capabilities: IMAGES, retired: '2025-07-21', successor: 'claude-sonnet-5-5' },
  'claude-3-haiku': { model: 'claude-3-haiku-20240307', context_window: 200_000, max_output_tokens: 4_096, capabilities: IMAGES, retired: '2026-04-20', successor: 'claude-haiku-5-5' },
  'claude-2.1': { context_window: 200_000, max_output_tokens: 4_096, capabilities: TEXT, price: { input: 8, output: 24 }, priceSource: OLD_LIST, retired: '2025-07-21', successor: 'claude-sonnet-5-5' },
  'claude-2': { context_window: 100_000, max_output_tokens: 4_096, capabilities: TEXT, retired: '2025-07-21', successor: 'claude-sonnet-5-5' },
  'claude-instant': { model: 'claude-instant-1.2', context_window: 100_000, max_output_tokens: 4_096, capabilities: TEXT, price: { input: 0.8, output: 2.4 }, priceSource: OLD_LIST, retired: '2024-11-06', successor: 'claude-haiku-5-5' },
});

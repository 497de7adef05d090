/**
 * OpenAI's models, and those of Azure, where a deployment is assumed to be named after its model.
 * Windows and output caps: genai-prices 0.1.8 and OpenAI's model pages; those of retired models as once documented,
 * not read again. Retirements and successors: OpenAI's deprecations page, as of 2026-11. Azure keeps a calendar of
 * its own, which we do not know.
 */
import { modelsOf } from './entry.ts';

const TEXT = { images: false, reasoning: false } as const;
const IMAGES = { images: true, reasoning: false } as const;
/** These refuse `logprobs`, at any effort. */
const EARLY_REASONING = { images: true, reasoning: true, logprobs: false } as const;
const REASONING = { images: true, reasoning: true } as const;

/** At OpenAI. */
// biome-ignore format: a table, one model a line
export const openaiModels = modelsOf('openai', {
  'gpt-6-astra': { context_window: 1_050_000, max_output_tokens: 128_000, capabilities: REASONING },
  'gpt-6-sol': { context_window: 1_050_000, max_output_tokens: 128_000, capabilities: REASONING },
  'gpt-6-luna': { context_window: 1_050_000, max_output_tokens: 128_000, capabilities: REASONING },
  'gpt-6.1-sol': { capabilities: { reasoning: true } },
  'gpt-6.1-terra': { capabilities: { reasoning: true } },
  'gpt-5.6-sol': { context_window: 1_050_000, max_output_tokens: 128_000, capabilities: REASONING },
  'gpt-5.6-terra': { context_window: 1_050_000, max_output_tokens: 128_000, capabilities: REASONING },
  'gpt-5.6-luna': { context_window: 1_050_000, max_output_tokens: 128_000, capabilities: REASONING },
  'gpt-5.5': { context_window: 1_000_000, max_output_tokens: 128_000, capabilities: REASONING },
  'gpt-5.4': { context_window: 1_050_000, max_output_tokens: 128_000, capabilities: REASONING },
  'gpt-5.4-mini': { context_window: 400_000, max_output_tokens: 128_000, capabilities: REASONING },
  'gpt-5.4-nano': { context_window: 400_000, max_output_tokens: 128_000, capabilities: REASONING },
  'gpt-5.2': { context_window: 400_000, max_output_tokens: 128_000, capabilities: REASONING },
  'gpt-5.1': { context_window: 400_000, max_output_tokens: 128_000, capabilities: REASONING, retired: '2027-04-01' },
  'gpt-5': { context_window: 400_000, max_output_tokens: 128_000, capabilities: EARLY_REASONING, retired: '2026-12-11', successor: 'gpt-5.6-sol' },
  'gpt-5-mini': { context_window: 400_000, max_output_tokens: 128_000, capabilities: EARLY_REASONING, retired: '2026-12-11', successor: 'gpt-5.6-terra' },
  'gpt-5-nano': { context_window: 400_000, max_output_tokens: 128_000, capabilities: EARLY_REASONING, retired: '2026-12-11', successor: 'gpt-5.6-luna' },
  'o3': { context_window: 200_000, max_output_tokens: 100_000, capabilities: EARLY_REASONING, retired: '2026-12-11', successor: 'gpt-5.6-sol' },
  'o4-mini': { context_window: 200_000, max_output_tokens: 100_000, capabilities: EARLY_REASONING, retired: '2026-10-23', successor: 'gpt-5.6-terra' },
  'o3-mini': { context_window: 200_000, max_output_tokens: 100_000, capabilities: { images: false, reasoning: true, logprobs: false }, retired: '2026-10-23', successor: 'gpt-5.6-sol' },
  'o1': { context_window: 200_000, max_output_tokens: 100_000, capabilities: EARLY_REASONING, retired: '2026-10-23', successor: 'gpt-5.6-sol' },
  'gpt-4.1': { context_window: 1_047_576, max_output_tokens: 32_768, capabilities: IMAGES, retired: '2027-01-14', successor: 'gpt-6-luna' },
  'gpt-4.1-mini': { context_window: 1_047_576, max_output_tokens: 32_768, capabilities: IMAGES, retired: '2027-01-14', successor: 'gpt-6-luna' },
  'gpt-4.1-nano': { context_window: 1_047_576, max_output_tokens: 32_768, capabilities: IMAGES, retired: '2026-10-23', successor: 'gpt-5.6-luna' },
  'gpt-4o': { context_window: 128_000, max_output_tokens: 16_384, capabilities: IMAGES, retired: '2027-01-14', successor: 'gpt-6-luna' },
  'gpt-4o-mini': { context_window: 128_000, max_output_tokens: 16_384, capabilities: IMAGES, retired: '2027-01-14', successor: 'gpt-6-luna' },
  'gpt-4-turbo': { context_window: 128_000, max_output_tokens: 4_096, capabilities: IMAGES, retired: '2026-10-23', successor: 'gpt-5.6-sol' },
  'gpt-4': { context_window: 8_192, max_output_tokens: 8_192, capabilities: TEXT, retired: '2026-10-23', successor: 'gpt-5.6-sol' },
  'gpt-3.5-turbo-instruct': { context_window: 4_096, max_output_tokens: 4_096, capabilities: TEXT },
  'text-embedding-3-small': { context_window: 8_192 },
  'text-embedding-3-large': { context_window: 8_192 },
  'text-embedding-ada-002': { context_window: 8_192 },
  'gpt-3.5-turbo': { context_window: 16_385, max_output_tokens: 4_096, capabilities: TEXT, retired: '2026-10-23', successor: 'gpt-5.6-terra' },
});

/** At Azure, each under its model's name and `-azure`. */
// biome-ignore format: a table, one model a line
export const azureModels = modelsOf('azure', {
  'gpt-5.6-terra-azure': { model: 'gpt-5.6-terra', context_window: 1_050_000, max_output_tokens: 128_000, capabilities: REASONING },
  'gpt-4.1-azure': { model: 'gpt-4.1', context_window: 1_047_576, max_output_tokens: 32_768, capabilities: IMAGES },
  'gpt-4o-azure': { model: 'gpt-4o', context_window: 128_000, max_output_tokens: 16_384, capabilities: IMAGES },
});

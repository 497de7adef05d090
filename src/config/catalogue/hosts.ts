/**
 * Open-weight models at hosts other than Together, named after model and host: `gpt-oss-120b-groq`.
 * Windows: genai-prices 0.1.8. Retirements and successors: the hosts' deprecation pages, as of 2026-11.
 */
import { modelsOf } from './entry.ts';

const TEXT = { images: false, reasoning: false } as const;
const REASONING = { images: false, reasoning: true } as const;

/** At Groq. */
// biome-ignore format: a table, one model a line
export const groqModels = modelsOf('groq', {
  'gpt-oss-120b-groq': { model: 'openai/gpt-oss-120b', context_window: 131_072, capabilities: REASONING },
  'gpt-oss-20b-groq': { model: 'openai/gpt-oss-20b', context_window: 131_072, capabilities: REASONING },
  'llama-3.3-70b-groq': { model: 'llama-3.3-70b-versatile', context_window: 131_072, capabilities: TEXT, retired: '2026-08-16', successor: 'openai/gpt-oss-120b' },
  'llama-3.1-8b-groq': { model: 'llama-3.1-8b-instant', context_window: 131_072, capabilities: TEXT, retired: '2026-08-16', successor: 'openai/gpt-oss-20b' },
  'mixtral-8x7b-groq': { model: 'mixtral-8x7b-32768', context_window: 32_768, capabilities: TEXT, retired: '2025-03-20' },
});

/** At Cerebras. */
// biome-ignore format: a table, one model a line
export const cerebrasModels = modelsOf('cerebras', {
  'gpt-oss-120b-cerebras': { model: 'gpt-oss-120b', context_window: 131_072, capabilities: REASONING },
  'llama-3.3-70b-cerebras': { model: 'llama-3.3-70b', context_window: 128_000, capabilities: TEXT, retired: '2026-02-16', successor: 'gpt-oss-120b' },
  // The replacement named then, zai-glm-4.7, is gone as well.
  'qwen3-coder-cerebras': { model: 'qwen-3-coder-480b', capabilities: TEXT, retired: '2025-11-05', successor: 'gpt-oss-120b' },
});

/** At Fireworks. */
// biome-ignore format: a table, one model a line
export const fireworksModels = modelsOf('fireworks', {
  'glm-5.2-fireworks': { model: 'accounts/fireworks/models/glm-5p2', context_window: 1_040_000 },
  'kimi-k3-fireworks': { model: 'accounts/fireworks/models/kimi-k3', context_window: 1_040_000 },
  'deepseek-v4-pro-fireworks': { model: 'accounts/fireworks/models/deepseek-v4-pro', context_window: 1_048_576 },
  'gpt-oss-120b-fireworks': { model: 'accounts/fireworks/models/gpt-oss-120b', context_window: 131_072, capabilities: REASONING },
});

/** At OpenRouter. */
// biome-ignore format: a table, one model a line
export const openrouterModels = modelsOf('openrouter', {
  'qwen3-coder-openrouter': { model: 'qwen/qwen3-coder', capabilities: TEXT },
  'deepseek-v4-flash-openrouter': { model: 'deepseek/deepseek-v4-flash', capabilities: { reasoning: true } },
});

/**
 * Open-weight models for code, where they are (or were) served: Together, Hugging Face, Replicate, and one's own
 * machine. Windows: the model cards. Together's list and prices: 2026-11, the prices of old models as genai-prices
 * 0.1.8 has them. The days on which Together, Hugging Face and Replicate took old models off are not known. None of
 * them names replacements: the successors are models on Together's list of 2026-11 that are used for code.
 */
import { modelsOf } from './entry.ts';

const OLD_TEXT = { images: false, tools: false, reasoning: false } as const;

/** What Together names CodeLlama's id is not what genai-prices names it. */
const CODELLAMA = 'genai-prices 0.1.8, together: codellama/CodeLlama-34b-Instruct-hf';
const GPT_OSS = 'genai-prices 0.1.8, huggingface_together: openai/gpt-oss-120b';
const GPT_OSS_SMALL = 'genai-prices 0.1.8, huggingface_together: openai/gpt-oss-20b';
/** Read at second hand: in public catalogues that follow Together's list (models.dev, LiteLLM's price map). */
const TOGETHER_LIST = "Together's price list as public catalogues have it, 2026-10";
/** Read at second hand, likewise. */
const REPLICATE_LIST = "Replicate's price list as LiteLLM's price map has it";

/** At Together. */
// biome-ignore format: a table, one model a line
export const togetherModels = modelsOf('together', {
  'codellama': { model: 'togethercomputer/CodeLlama-34b-Instruct', context_window: 16_384, capabilities: OLD_TEXT, price: { input: 0.776, output: 0.776 }, priceSource: CODELLAMA, successor: 'zai-org/GLM-5.3' },
  'codellama-70b': { model: 'codellama/CodeLlama-70b-Instruct-hf', capabilities: OLD_TEXT, successor: 'zai-org/GLM-5.3' },
  'codellama-13b': { model: 'codellama/CodeLlama-13b-Instruct-hf', context_window: 16_384, capabilities: OLD_TEXT, successor: 'zai-org/GLM-5.3-Flash' },
  'codellama-7b': { model: 'codellama/CodeLlama-7b-Instruct-hf', context_window: 16_384, capabilities: OLD_TEXT, successor: 'zai-org/GLM-5.3-Flash' },
  'deepseek-coder': { model: 'deepseek-ai/deepseek-coder-33b-instruct', context_window: 16_384, capabilities: OLD_TEXT, successor: 'deepseek-ai/DeepSeek-V4.1-Flash' },
  'glm-5.3': { model: 'zai-org/GLM-5.3', context_window: 1_048_575, capabilities: { reasoning: true }, price: { input: 1.4, output: 4.4, cached_input: 0.26 }, priceSource: TOGETHER_LIST },
  'glm-5.3-flash': { model: 'zai-org/GLM-5.3-Flash', capabilities: { reasoning: true } },
  'kimi-k3': { model: 'moonshotai/Kimi-K3', context_window: 1_048_576, capabilities: { reasoning: true }, price: { input: 3, output: 15 }, priceSource: TOGETHER_LIST },
  'deepseek-v4.1-flash': { model: 'deepseek-ai/DeepSeek-V4.1-Flash' },
  'minimax-m3': { model: 'MiniMaxAI/MiniMax-M3', context_window: 524_288 },
  'gpt-oss-120b': { model: 'openai/gpt-oss-120b', context_window: 131_072, capabilities: { images: false, reasoning: true }, price: { input: 0.15, output: 0.6 }, priceSource: GPT_OSS },
  'gpt-oss-20b': { model: 'openai/gpt-oss-20b', context_window: 131_072, capabilities: { images: false, reasoning: true }, price: { input: 0.05, output: 0.2 }, priceSource: GPT_OSS_SMALL },
  'llama-3.3-70b': { model: 'meta-llama/Llama-3.3-70B-Instruct-Turbo', context_window: 131_072, capabilities: { images: false, reasoning: false } },
});

/** At Hugging Face's inference providers. */
// biome-ignore format: a table, one model a line
export const huggingFaceModels = modelsOf('huggingface', {
  'starcoder': { model: 'bigcode/starcoder', context_window: 8_192, capabilities: OLD_TEXT },
  'starcoder2': { model: 'bigcode/starcoder2-15b', context_window: 16_384, capabilities: OLD_TEXT },
  'phind-codellama': { model: 'Phind/Phind-CodeLlama-34B-v2', context_window: 16_384, capabilities: OLD_TEXT },
  'wizardcoder': { model: 'WizardLMTeam/WizardCoder-Python-34B-V1.0', context_window: 16_384, capabilities: OLD_TEXT },
  'replit-code': { model: 'replit/replit-code-v1_5-3b', context_window: 4_096, capabilities: OLD_TEXT },
  'qwen3-coder': { model: 'Qwen/Qwen3-Coder-480B-A35B-Instruct', context_window: 262_144, capabilities: { images: false, reasoning: false } },
  'qwen3-coder-30b': { model: 'Qwen/Qwen3-Coder-30B-A3B-Instruct', context_window: 262_144, capabilities: { images: false, reasoning: false } },
  'qwen2.5-coder': { model: 'Qwen/Qwen2.5-Coder-32B-Instruct', context_window: 131_072, capabilities: { images: false, reasoning: false } },
});

/** At Replicate. */
// biome-ignore format: a table, one model a line
export const replicateModels = modelsOf('replicate', {
  'code-llama-replicate': { model: 'meta/codellama-34b-instruct', context_window: 16_384, capabilities: OLD_TEXT },
  'codellama-70b-replicate': { model: 'meta/codellama-70b-instruct', capabilities: OLD_TEXT },
  'llama-2-70b-chat': { model: 'meta/llama-2-70b-chat', context_window: 4_096, capabilities: OLD_TEXT, price: { input: 0.65, output: 2.75 }, priceSource: REPLICATE_LIST },
  'llama-3-70b-replicate': { model: 'meta/meta-llama-3-70b-instruct', context_window: 8_192, capabilities: OLD_TEXT },
});

/** No windows: Ollama cuts prompts at its own `num_ctx`, whatever the model could take. */
const FREE = { price: { input: 0, output: 0 }, priceSource: "no one is paid: it runs on the user's machine" };

/** On one's own machine, by Ollama: free of charge. */
// biome-ignore format: a table, one model a line
export const ollamaModels = modelsOf('ollama', {
  'codellama-local': { model: 'codellama', capabilities: OLD_TEXT, ...FREE },
  'deepseek-coder-local': { model: 'deepseek-coder', capabilities: OLD_TEXT, ...FREE },
  'qwen-coder-local': { model: 'qwen2.5-coder', capabilities: { images: false, reasoning: false }, ...FREE },
  'starcoder2-local': { model: 'starcoder2', capabilities: OLD_TEXT, ...FREE },
  'nomic-embed-local': { model: 'nomic-embed-text', ...FREE },
  'gpt-oss-local': { model: 'gpt-oss:20b', capabilities: { images: false, reasoning: true }, ...FREE },
});

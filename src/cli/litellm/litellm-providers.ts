/** What stands before the slash of a LiteLLM model name, in this server's words. */
import type { PROVIDER_NAMES } from '../../providers/registry.ts';

/** After https://docs.litellm.ai/docs/providers; a prefix that is not here has no counterpart. */
export const PROVIDER_OF_PREFIX: Readonly<Record<string, (typeof PROVIDER_NAMES)[number]>> = {
  openai: 'openai',
  text_completion_openai: 'openai',
  custom_openai: 'openai-compatible',
  openai_like: 'openai-compatible',
  azure: 'azure',
  anthropic: 'anthropic',
  together_ai: 'together',
  cohere: 'cohere',
  cohere_chat: 'cohere',
  huggingface: 'huggingface',
  replicate: 'replicate',
  ai21: 'ai21',
  ai21_chat: 'ai21',
  groq: 'groq',
  mistral: 'mistral',
  codestral: 'mistral',
  deepseek: 'deepseek',
  xai: 'xai',
  fireworks_ai: 'fireworks',
  openrouter: 'openrouter',
  gemini: 'gemini',
  perplexity: 'perplexity',
  cerebras: 'cerebras',
  ollama: 'ollama',
  ollama_chat: 'ollama',
  hosted_vllm: 'vllm',
  vllm: 'vllm',
  llamafile: 'llama.cpp',
  lm_studio: 'lm-studio',
};

/**
 * @param written such as `azure/my-deployment`, `openrouter/anthropic/claude-3.5`, or a bare name
 * @returns nothing for a provider this server has not
 */
export function toProvider(written: string): { provider: string; model: string } | undefined {
  const slash = written.indexOf('/');
  const provider = slash > 0 ? PROVIDER_OF_PREFIX[written.slice(0, slash)] : undefined;
  if (provider) return { provider, model: written.slice(slash + 1) };
  if (slash > 0) return undefined;
  // LiteLLM knows bare names by its own list; these are the makers whose names say so.
  if (/^claude/.test(written)) return { provider: 'anthropic', model: written };
  if (/^(gpt|o\d|chatgpt|text-embedding)/.test(written)) return { provider: 'openai', model: written };
  if (/^gemini/.test(written)) return { provider: 'gemini', model: written };
  if (/^command/.test(written)) return { provider: 'cohere', model: written };
  if (/^(mistral|codestral)/.test(written)) return { provider: 'mistral', model: written };
  if (/^deepseek/.test(written)) return { provider: 'deepseek', model: written };
  return undefined;
}

/** @param name for many models, such as `anthropic/*` or `*` */
export function isOurPrefix(name: string): boolean {
  const prefix = name.split('/')[0]!;
  return name === '*' || (PROVIDER_OF_PREFIX[prefix] === prefix && name === `${prefix}/*`);
}

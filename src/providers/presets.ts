/**
 * Servers that speak the OpenAI wire, a line each: where they are, the environment name of their key, and what is
 * different about them. Addresses and differences are those of each one's own API reference (read in 2026-11).
 */
import type { Dialect } from './openai-compatible.ts';

export interface Preset extends Dialect {
  /** Base URL, unless the environment (`GROQ_BASE_URL`) or the configuration names another. */
  readonly url: string;
  /** Environment names of its key; a server of one's own needs none. */
  readonly keys: readonly string[];
  /** Runs on one's own machine: no key is needed, and it is there only when asked for by name. */
  readonly isLocal?: boolean;
}

/** Several choices are made by several calls where a server is not known to give them. */
const ONE_CHOICE = { n: 'emulated' } as const;
const TEXT_ONLY = { images: 'refused', audio: 'refused', files: 'refused' } as const;

export const presets = {
  ollama: {
    url: 'http://127.0.0.1:11434/v1',
    keys: [],
    isLocal: true,
    features: {
      ...ONE_CHOICE,
      logprobs: 'refused',
      logit_bias: 'dropped',
      user: 'dropped',
      audio: 'refused',
      files: 'refused',
    },
  },
  vllm: { url: 'http://127.0.0.1:8000/v1', keys: [], isLocal: true },
  'llama.cpp': { url: 'http://127.0.0.1:8080/v1', keys: [], isLocal: true, features: ONE_CHOICE },
  'lm-studio': { url: 'http://127.0.0.1:1234/v1', keys: [], isLocal: true, features: ONE_CHOICE },
  groq: {
    url: 'https://api.groq.com/openai/v1',
    keys: ['GROQ_API_KEY'],
    features: {
      ...ONE_CHOICE,
      logprobs: 'refused',
      logit_bias: 'dropped',
      audio: 'refused',
      files: 'refused',
    },
  },
  mistral: { url: 'https://api.mistral.ai/v1', keys: ['MISTRAL_API_KEY'] },
  deepseek: { url: 'https://api.deepseek.com/v1', keys: ['DEEPSEEK_API_KEY'] },
  xai: { url: 'https://api.x.ai/v1', keys: ['XAI_API_KEY'] },
  fireworks: { url: 'https://api.fireworks.ai/inference/v1', keys: ['FIREWORKS_API_KEY'] },
  openrouter: { url: 'https://openrouter.ai/api/v1', keys: ['OPENROUTER_API_KEY'] },
  gemini: {
    url: 'https://generativelanguage.googleapis.com/v1beta/openai',
    keys: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  },
  perplexity: { url: 'https://api.perplexity.ai', keys: ['PERPLEXITY_API_KEY'] },
  cerebras: { url: 'https://api.cerebras.ai/v1', keys: ['CEREBRAS_API_KEY'], features: TEXT_ONLY },
  huggingface: { url: 'https://router.huggingface.co/v1', keys: ['HUGGINGFACE_API_KEY', 'HF_TOKEN'] },
  ai21: {
    url: 'https://api.ai21.com/studio/v1',
    keys: ['AI21_API_KEY'],
    cap: 'max_tokens',
    largestCap: 4_096,
    toolsOnlyWhole: true,
    features: TEXT_ONLY,
  },
} as const satisfies Record<string, Preset>;

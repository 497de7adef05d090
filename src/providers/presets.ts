/**
 * Servers that speak the OpenAI wire, a line each: where they are, the environment name of their key, and what is
 * different about them. Addresses and differences are those of each one's own API reference or types (read in 2026-11);
 * what only some of its models lack is the configuration's to say (`capabilities`).
 */
import { MESSAGE_FIELDS } from './dialect-messages.ts';
import { MISTRAL_TOOL_IDS } from './fit/tool-ids.ts';
import type { ServerDialect } from './openai-compatible.ts';

/** One server. */
export interface Preset extends ServerDialect {
  /** Base URL, unless the environment (`GROQ_BASE_URL`) or the configuration names another. */
  readonly url: string;
  /** Environment names of its key; a server of one's own needs none. */
  readonly keys: readonly string[];
  /** Runs on one's own machine: no key is needed, and it is there only where the environment names its address. */
  readonly isLocal?: boolean;
}

/** Several choices are made by several calls where a server is not known to give them. */
const ONE_CHOICE = { n: 'emulated' } as const;
const NO_MEDIA = { audio: 'refused', files: 'refused' } as const;
const TEXT_ONLY = { images: 'refused', ...NO_MEDIA } as const;
/** What OpenAI alone keeps: its logs and its latest models' style. */
const NO_LABELS = { metadata: 'dropped', verbosity: 'dropped' } as const;
const NO_PENALTIES = { presence_penalty: 'dropped', frequency_penalty: 'dropped' } as const;
/** Takes prompts as they are, of all its models. */
const RAW = { path: '/completions' } as const;
/** Fields of OpenAI's own service and of Anthropic's and open models' servers, for servers that answer 400 to what they do not know. */
const OTHERS_OWN = [
  ...['store', 'safety_identifier', 'moderation', 'web_search_options'],
  ...['prompt_cache_key', 'prompt_cache_options', 'prompt_cache_retention'],
  ...['top_k', 'thinking'],
];

/** Texts and calls in one choice, and none of OpenAI's finer options. */
const PLAIN_CHAT = {
  ...ONE_CHOICE,
  ...NO_MEDIA,
  ...NO_LABELS,
  logit_bias: 'dropped',
  parallel_tool_calls: 'dropped',
  user: 'dropped',
} as const;

/** By the name that stands before the slash of a model. */
export const presets = {
  // docs.ollama.com/api/openai-compatibility: fields it does not list, `max_completion_tokens` among them, have no effect.
  ollama: {
    url: 'http://127.0.0.1:11434/v1',
    keys: [],
    embeddings: { dimensions: 'dimensions' },
    completions: { ...RAW, takesSuffix: true },
    isLocal: true,
    cap: 'max_tokens',
    features: PLAIN_CHAT,
  },
  // docs.vllm.ai, OpenAI-compatible server: `user` has no effect.
  vllm: {
    url: 'http://127.0.0.1:8000/v1',
    keys: [],
    embeddings: { dimensions: 'dimensions', givesBase64: true },
    completions: RAW,
    isLocal: true,
    features: { ...NO_LABELS, files: 'refused', user: 'dropped' },
  },
  // github.com/ggml-org/llama.cpp, tools/server/README.md
  'llama.cpp': {
    url: 'http://127.0.0.1:8080/v1',
    keys: [],
    embeddings: {},
    completions: RAW,
    isLocal: true,
    cap: 'max_tokens',
    features: { ...ONE_CHOICE, ...NO_LABELS, files: 'refused', user: 'dropped' },
  },
  // lmstudio.ai/docs/developer/openai-compat: `response_format` is `json_schema` or `text`.
  'lm-studio': {
    url: 'http://127.0.0.1:1234/v1',
    keys: [],
    embeddings: {},
    completions: RAW,
    isLocal: true,
    cap: 'max_tokens',
    features: {
      ...ONE_CHOICE,
      ...NO_MEDIA,
      ...NO_LABELS,
      json_object: 'emulated',
      logprobs: 'refused',
      parallel_tool_calls: 'dropped',
      user: 'dropped',
    },
  },
  // console.groq.com/docs/openai: 400 to log probabilities, `logit_bias`, names in messages and `n` above 1; penalties
  // are "not yet supported".
  groq: {
    url: 'https://api.groq.com/openai/v1',
    keys: ['GROQ_API_KEY'],
    partTypes: [],
    drops: [...OTHERS_OWN, 'prediction'],
    messageFields: ['tool_calls', 'tool_call_id'],
    mostStops: 4,
    features: {
      ...ONE_CHOICE,
      ...NO_MEDIA,
      ...NO_LABELS,
      ...NO_PENALTIES,
      logprobs: 'refused',
      logit_bias: 'dropped',
    },
  },
  // docs.mistral.ai/api: 422 "Extra inputs are not permitted" to any other field; usage comes with the last chunk.
  mistral: {
    url: 'https://api.mistral.ai/v1',
    keys: ['MISTRAL_API_KEY'],
    embeddings: { dimensions: 'output_dimension' },
    // docs.mistral.ai/api, fim: for its models for code; a prompt without `suffix` only goes on.
    completions: {
      path: '/fim/completions',
      models: /^(?:codestral(?!.*(?:embed|mamba))|mistral-code)/,
      takesSuffix: true,
      givesOneChoice: true,
    },
    partTypes: ['document_url', 'reference', 'thinking'],
    toolTypes: [],
    names: { seed: 'random_seed' },
    drops: [...OTHERS_OWN, 'service_tier'],
    messageFields: ['tool_calls', 'tool_call_id', 'prefix'],
    prefillMark: 'prefix',
    // 400 "Unexpected role 'user' after role 'tool'".
    answersResultsFirst: true,
    // 400 "Assistant message must have either content or tool_calls, but not none."
    refusesEmptyTurns: true,
    toolIds: MISTRAL_TOOL_IDS,
    cap: 'max_tokens',
    refusesStreamOptions: true,
    features: {
      ...NO_MEDIA,
      ...NO_LABELS,
      logprobs: 'refused',
      logit_bias: 'dropped',
      reasoning_effort: 'dropped',
      user: 'dropped',
    },
  },
  // api-docs.deepseek.com: 400 to `json_schema` and to the role `developer`; `max_completion_tokens` has no effect.
  deepseek: {
    url: 'https://api.deepseek.com/v1',
    keys: ['DEEPSEEK_API_KEY'],
    // api-docs.deepseek.com/guides/fim_completion: beta, beside the API's first version.
    completions: { path: '/../beta/completions', models: /^(?!deepseek-reasoner)/, takesSuffix: true },
    messageFields: ['name', 'tool_calls', 'tool_call_id', 'reasoning_content', 'prefix'],
    partTypes: [],
    toolTypes: [],
    cap: 'max_tokens',
    mostStops: 16,
    features: {
      ...ONE_CHOICE,
      ...TEXT_ONLY,
      ...NO_LABELS,
      json_schema: 'emulated',
      logit_bias: 'dropped',
      parallel_tool_calls: 'dropped',
      seed: 'dropped',
      user: 'dropped',
    },
  },
  // docs.x.ai, reasoning: its reasoning models, which are nearly all, answer 400 to `stop` and to penalties, even of 0.
  xai: {
    url: 'https://api.x.ai/v1',
    keys: ['XAI_API_KEY'],
    mostStops: 0,
    features: { ...NO_MEDIA, ...NO_LABELS, ...NO_PENALTIES, stop: 'emulated', logit_bias: 'dropped' },
  },
  // docs.fireworks.ai/api-reference/post-chatcompletions
  fireworks: {
    url: 'https://api.fireworks.ai/inference/v1',
    keys: ['FIREWORKS_API_KEY'],
    embeddings: { dimensions: 'dimensions' },
    completions: RAW,
    mostStops: 4,
    features: { ...NO_MEDIA, ...NO_LABELS },
  },
  // openrouter.ai/docs/api-reference/parameters: it leaves out itself what a model has not.
  openrouter: {
    url: 'https://openrouter.ai/api/v1',
    keys: ['OPENROUTER_API_KEY'],
    embeddings: { dimensions: 'dimensions' },
    keepsSystemMessages: true,
    keepsTextLists: true,
    takesCacheMarks: true,
    messageFields: [...MESSAGE_FIELDS, 'refusal', 'reasoning_details'],
    features: ONE_CHOICE,
  },
  // ai.google.dev/gemini-api/docs/openai: 400 "Unknown name" to any other field.
  gemini: {
    url: 'https://generativelanguage.googleapis.com/v1beta/openai',
    keys: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    embeddings: { dimensions: 'dimensions', maxBatch: 100 },
    toolCallFields: ['extra_content'],
    messageFields: ['name', 'tool_calls', 'tool_call_id'],
    partTypes: [],
    drops: [...OTHERS_OWN, 'service_tier', 'prediction'],
    mostStops: 5,
    features: {
      ...NO_LABELS,
      ...NO_PENALTIES,
      files: 'refused',
      logprobs: 'refused',
      logit_bias: 'dropped',
      parallel_tool_calls: 'dropped',
      seed: 'dropped',
      user: 'dropped',
    },
  },
  // docs.perplexity.ai/api-reference: no tools; usage comes with every chunk.
  perplexity: {
    url: 'https://api.perplexity.ai',
    keys: ['PERPLEXITY_API_KEY'],
    messageFields: [],
    partTypes: [],
    cap: 'max_tokens',
    refusesStreamOptions: true,
    mostStops: 0,
    features: {
      ...ONE_CHOICE,
      ...NO_MEDIA,
      ...NO_LABELS,
      tools: 'refused',
      tool_choice: 'refused',
      parallel_tool_calls: 'dropped',
      json_object: 'emulated',
      logprobs: 'refused',
      logit_bias: 'dropped',
      seed: 'dropped',
      stop: 'emulated',
      user: 'dropped',
    },
  },
  // inference-docs.cerebras.ai/resources/openai: 400 to penalties, `logit_bias`, `parallel_tool_calls`, `service_tier`.
  cerebras: {
    url: 'https://api.cerebras.ai/v1',
    keys: ['CEREBRAS_API_KEY'],
    completions: RAW,
    messageFields: ['name', 'tool_calls', 'tool_call_id'],
    partTypes: [],
    toolTypes: [],
    drops: [...OTHERS_OWN, 'service_tier'],
    cap: 'max_completion_tokens',
    mostStops: 4,
    features: {
      ...ONE_CHOICE,
      ...TEXT_ONLY,
      ...NO_LABELS,
      ...NO_PENALTIES,
      logit_bias: 'dropped',
      parallel_tool_calls: 'dropped',
    },
  },
  // huggingface.co/docs/inference-providers/tasks/chat-completion: what all the providers behind it have in common.
  huggingface: {
    url: 'https://router.huggingface.co/v1',
    keys: ['HUGGINGFACE_API_KEY', 'HF_TOKEN'],
    cap: 'max_tokens',
    stopAsList: true,
    features: PLAIN_CHAT,
  },
  // docs.ai21.com/reference/jamba-1-6-api-ref: usage comes with the last chunk; no streams with tools.
  ai21: {
    url: 'https://api.ai21.com/studio/v1',
    keys: ['AI21_API_KEY'],
    messageFields: ['tool_calls', 'tool_call_id'],
    partTypes: [],
    toolTypes: [],
    drops: [...OTHERS_OWN, 'service_tier', 'prediction'],
    cap: 'max_tokens',
    maxOutputCap: 4_096,
    refusesStreamOptions: true,
    toolsOnlyWhole: true,
    stopAsList: true,
    features: {
      ...ONE_CHOICE,
      ...TEXT_ONLY,
      ...NO_LABELS,
      ...NO_PENALTIES,
      tool_choice: 'refused',
      parallel_tool_calls: 'dropped',
      json_schema: 'emulated',
      logprobs: 'refused',
      logit_bias: 'dropped',
      reasoning_effort: 'dropped',
      seed: 'dropped',
      user: 'dropped',
    },
  },
} as const satisfies Record<string, Preset>;

/** Names of models as other programs write them, made into `provider/model-id`. */

/** What other programs call our providers (LiteLLM's provider list, docs.litellm.ai, 2026-11). */
const PROVIDER_ALIASES: Readonly<Record<string, string>> = {
  together_ai: 'together',
  fireworks_ai: 'fireworks',
  cohere_chat: 'cohere',
  ai21_chat: 'ai21',
  ollama_chat: 'ollama',
  hosted_vllm: 'vllm',
  lm_studio: 'lm-studio',
  lmstudio: 'lm-studio',
  llamacpp: 'llama.cpp',
  azure_openai: 'azure',
};

/**
 * Dated snapshots and fine-tunes of a maker's own models: the family says whose it is, the date that the name is no
 * slip of another. (The makers' model pages, 2026-11.)
 */
const SNAPSHOTS: readonly (readonly [provider: string, name: RegExp])[] = [
  ['openai', /^ft:[\w.-]+:.+$/],
  ['openai', /^(?:gpt-|chatgpt-|o\d).*-(?:\d{4}-\d{2}-\d{2}|[01]\d{3}|latest)$/],
  ['anthropic', /^claude-.*-(?:20\d{6}|latest)$/],
  ['gemini', /^gemini-.*-(?:\d{2}-\d{2}|\d{2}-\d{4}|\d{3}|latest|preview)$/],
  [
    'mistral',
    /^(?:(?:open-)?mi[sx]tral|ministral|codestral|devstral|magistral|pixtral)-.*?(?:\d{4}|latest)$/,
  ],
  ['xai', /^grok-.*-(?:\d{4}|latest)$/],
  ['cohere', /^(?:command|c4ai)-.*-\d{2}-\d{4}$/],
];

/** @returns the name in our own form, or the name itself */
export function canonicalModelName(name: string): string {
  const slash = name.indexOf('/');
  if (slash < 0) {
    const maker = SNAPSHOTS.find(([, pattern]) => name.length <= 200 && pattern.test(name))?.[0];
    return maker === undefined ? name : `${maker}/${name}`;
  }
  const provider = name.slice(0, slash).toLowerCase();
  // Together's own models, under the name of its first years.
  if (provider === 'togethercomputer') return `together/${name}`;
  const own = Object.hasOwn(PROVIDER_ALIASES, provider) ? PROVIDER_ALIASES[provider]! : provider;
  return `${own}${name.slice(slash)}`;
}

/**
 * Fields that make a provider charge for more than tokens of the model that was asked for, or answer with another model.
 * A budget could not be kept with them, nor a list of allowed models.
 */
import type { Fields } from '../../core/json-object.ts';
import type { ChatRequest } from '../../core/openai-types.ts';
import { invalidRequest } from '../../failures/failure.ts';
import { USUAL_OUTPUT } from '../../pricing/bounds.ts';

/** Names in providers' own references, 2026-11. */
const COSTLY_FIELDS: Readonly<Record<string, string>> = {
  // OpenRouter: other models, other providers, searches.
  models: 'chooses other models',
  fallbacks: 'chooses other models',
  route: 'chooses other models',
  preset: 'chooses other models',
  provider: 'chooses other providers',
  provider_options: 'chooses other providers',
  providerOptions: 'chooses other providers',
  plugins: 'is charged extra',
  transforms: 'changes what is charged',
  // OpenAI: tiers, searches, sound.
  service_tier: 'changes the price',
  web_search_options: 'is charged extra',
  modalities: 'changes the price',
  audio: 'changes the price',
  // xAI, Perplexity, DashScope, Groq: searches and tools of the provider.
  search_parameters: 'is charged extra',
  enable_search: 'is charged extra',
  search_options: 'is charged extra',
  compound_custom: 'chooses other models',
  web_search: 'is charged extra',
  connectors: 'is charged extra',
  // Mistral, Hugging Face: what stands behind an agent or an adapter is another model.
  agent_id: 'chooses other models',
  adapter_id: 'chooses other models',
  // vLLM, Together, Hugging Face: more answers, or longer ones, than were asked for.
  best_of: 'asks for more answers than are given',
  num_return_sequences: 'asks for more answers than are given',
  num_completions: 'asks for more answers than are given',
  candidate_count: 'asks for more answers than are given',
  candidateCount: 'asks for more answers than are given',
  use_beam_search: 'asks for more answers than are given',
  num_beams: 'asks for more answers than are given',
  max_output_tokens: 'is another cap of the output; send `max_tokens`',
  max_new_tokens: 'is another cap of the output; send `max_tokens`',
  safety_model: 'chooses other models',
  tier: 'changes the price',
  priority: 'changes the price',
  extra_body: 'carries fields that are not looked at',
  // Anthropic: faster and regional service, tools that run there.
  speed: 'changes the price',
  inference_geo: 'changes the price',
  mcp_servers: 'is charged extra',
  container: 'is charged extra',
};

/** Values of such a field that change nothing. */
const HARMLESS: Readonly<Record<string, readonly string[]>> = {
  service_tier: ['default', 'standard_only'],
};

/** @throws {Failure} `invalid_request` naming the first such field */
export function rejectCostlyFields(request: ChatRequest): void {
  rejectProvidersTools(request);
  rejectThinkingBeyondCap(request);
  for (const [field, value] of Object.entries(request)) rejectCostlyField(field, value);
}

/** @throws {Failure} `invalid_request` where it is one of them */
export function rejectCostlyField(field: string, value: unknown): void {
  const effect = Object.hasOwn(COSTLY_FIELDS, field) ? COSTLY_FIELDS[field] : undefined;
  if (effect === undefined || value === null || value === undefined || isHarmless(field, value)) return;
  throw invalidRequest(
    `\`${field}\` ${effect}, so a key with a budget or a list of models may not send it. Leave it out.`,
    field,
  );
}

/** Tools that run at the provider, which charges for them: searches, code interpreters. */
function rejectProvidersTools({ tools }: ChatRequest): void {
  const index = (tools ?? []).findIndex(({ type }) => type !== 'function' && type !== 'custom');
  if (index < 0) return;
  throw invalidRequest(
    `\`tools.${index}\` runs at the provider and is charged extra, so a key with a budget or a list of models may not send it.`,
    `tools.${index}`,
  );
}

/** Some providers count what a model thinks apart from the cap (DashScope), so a budget for it may be no more than that. */
function rejectThinkingBeyondCap(request: ChatRequest): void {
  const cap = Math.max(request.max_completion_tokens ?? 0, request.max_tokens ?? 0) || USUAL_OUTPUT;
  const fields = request as unknown as Record<string, unknown>;
  for (const [name, within] of THINKING_BUDGETS) {
    const value = within === undefined ? fields[name] : (fields[name] as Fields | null | undefined)?.[within];
    if (!(Number(value) > cap)) continue;
    const field = within === undefined ? name : `${name}.${within}`;
    throw invalidRequest(
      `\`${field}\` is more than the ${cap} tokens that the answer may have, thinking included: send a larger \`max_tokens\`, or leave it out.`,
      field,
    );
  }
}

/** DashScope and SiliconFlow; vLLM; OpenRouter; Anthropic's own form. */
const THINKING_BUDGETS: readonly (readonly [string, string?])[] = [
  ['thinking_budget'],
  ['thinking_token_budget'],
  ['reasoning_budget'],
  ['reasoning', 'max_tokens'],
  ['thinking', 'budget_tokens'],
];

function isHarmless(field: string, value: unknown): boolean {
  if (field === 'modalities') return JSON.stringify(value) === '["text"]';
  return typeof value === 'string' && (HARMLESS[field]?.includes(value) ?? false);
}

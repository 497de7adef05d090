/**
 * Fields that make a provider charge for more than tokens of the model that was asked for, or answer with another model.
 * A budget could not be kept with them, nor a list of allowed models.
 */
import type { ChatRequest } from '../../core/openai-types.ts';
import { invalidRequest } from '../../failures/failure.ts';

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
  for (const [field, value] of Object.entries(request)) {
    const effect = Object.hasOwn(COSTLY_FIELDS, field) ? COSTLY_FIELDS[field] : undefined;
    if (effect === undefined || value === null || value === undefined || isHarmless(field, value)) continue;
    throw invalidRequest(
      `\`${field}\` ${effect}, so a key with a budget or a list of models may not send it. Leave it out.`,
      field,
    );
  }
}

function isHarmless(field: string, value: unknown): boolean {
  if (field === 'modalities') return JSON.stringify(value) === '["text"]';
  return typeof value === 'string' && (HARMLESS[field]?.includes(value) ?? false);
}

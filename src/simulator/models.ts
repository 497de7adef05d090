/** The providers' model lists. Any other model name is served as well: faults decide what is gone. */
import { providerHeaders } from './errors.ts';
import { jsonReply, type PlannedWholeReply, type SimulatedProvider } from './wire.ts';

const openaiModels = ['gpt-4', 'gpt-5.6-sol', 'gpt-5.6-terra', 'gpt-6-luna'];
const anthropicModels = ['claude-2', 'claude-sonnet-5-5', 'claude-haiku-5-5'];
const togetherModels = [
  'togethercomputer/CodeLlama-34b-Instruct',
  'zai-org/GLM-5.3',
  'moonshotai/Kimi-K3',
  'deepseek-ai/DeepSeek-V4.1-Flash',
];
/** 2026-01-01, for all of them. */
const created = 1_767_225_600;

/** The reply to `GET …/models`: Together's is a bare array, Anthropic's a page. */
export function modelsReply(provider: SimulatedProvider, callNumber: number): PlannedWholeReply {
  return jsonReply(200, modelsBody(provider), providerHeaders(provider, callNumber));
}

function modelsBody(provider: SimulatedProvider): unknown {
  switch (provider) {
    case 'together':
      return togetherModels.map((id) => ({
        id,
        object: 'model',
        created,
        type: 'chat',
        display_name: id.split('/')[1],
        organization: id.split('/')[0],
        context_length: 131_072,
        pricing: { hourly: 0, input: 0.5, output: 0.5, base: 0, finetune: 0 },
      }));
    case 'anthropic':
      return {
        data: anthropicModels.map((id) => ({
          type: 'model',
          id,
          display_name: id,
          created_at: new Date(created * 1000).toISOString(),
          lifecycle: 'active',
        })),
        has_more: false,
        first_id: anthropicModels[0],
        last_id: anthropicModels.at(-1),
      };
    default:
      return {
        object: 'list',
        data: openaiModels.map((id) => ({
          id,
          object: 'model',
          created,
          owned_by: 'openai',
          shutdown_date: null,
        })),
      };
  }
}

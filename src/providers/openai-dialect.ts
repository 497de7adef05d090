/** What OpenAI's models take on its chat wire, by what is known of each; Azure serves the same. */
import type { ChatRequest } from '../core/openai-types.ts';
import { type Features, features } from './feature-table.ts';
import { type Dialect, fitOpenAiRequest } from './fit/openai-request.ts';
import { OPENAI_TOOL_IDS } from './fit/tool-ids.ts';
import { isReasoningModel } from './openai-models.ts';
import type { Call, Target } from './provider.ts';

/** Older chat models do not know what came with those. */
const CHAT_MODEL = /^(?:ft:)?gpt-[34]/;

const everything = features();
const chatModelFeatures = features({ reasoning_effort: 'dropped', verbosity: 'dropped' });
const reasoningModelFeatures = features({
  temperature: 'dropped',
  top_p: 'dropped',
  presence_penalty: 'dropped',
  frequency_penalty: 'dropped',
  logit_bias: 'dropped',
  logprobs: 'refused',
  stop: 'emulated',
});

/** What OpenAI's own wire has and others do not; a message's fields are those of its reference. */
export const OPENAI_DIALECT: Dialect = {
  // "Unrecognized request argument supplied: top_k"; what comes in by Anthropic's and Gemini's doors often has it, and what
  // was meant for Claude has `thinking`.
  drops: ['top_k', 'thinking'],
  keepsSystemMessages: true,
  keepsTextLists: true,
  takesNullContent: true,
  messageFields: ['name', 'refusal', 'audio', 'tool_calls', 'tool_call_id'],
  partTypes: ['refusal'],
  toolIds: OPENAI_TOOL_IDS,
  hasAllowedTools: true,
  toolTypes: ['custom'],
  formats: [],
  servesOpenAiModels: true,
};
const REASONING_DIALECT: Dialect = { ...OPENAI_DIALECT, cap: 'max_completion_tokens' };

type Model = Pick<Target, 'model' | 'capabilities'>;

/**
 * What a model has of what may be asked for: reasoning models take less than chat models, and what is unknown is left to
 * OpenAI to say.
 */
export function openAiFeatures(target: Model): Features {
  if (isReasoningModel(target)) return reasoningModelFeatures;
  return CHAT_MODEL.test(target.model) ? chatModelFeatures : everything;
}

/** OpenAI's reference, "stop": up to 4, and none with its reasoning models, nor on its Responses API. */
export function mostOpenAiStops(target: Target): number {
  return isReasoningModel(target) || target.wire === 'responses' ? 0 : 4;
}

/** @throws {UpstreamFailure} unsupported, when the request needs what the model has not */
export function openAiBody(request: ChatRequest, target: Target, call: Call) {
  const dialect = isReasoningModel(target) ? REASONING_DIALECT : OPENAI_DIALECT;
  return fitOpenAiRequest(request, dialect, openAiFeatures(target), target, call);
}

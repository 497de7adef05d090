/** OpenAI, by its official package: URL, key, organisation and version headers are the SDK's. */
import type { ChatRequest } from '../core/openai-types.ts';
import { completionEndpoint } from './completions/completion-endpoint.ts';
import { embeddingEndpoint } from './embeddings/embedding-endpoint.ts';
import { type Features, features } from './feature-table.ts';
import { type Dialect, fitOpenAiRequest } from './fit/openai-request.ts';
import { OPENAI_TOOL_IDS } from './fit/tool-ids.ts';
import { chatEndpoint } from './openai-chat-endpoint.ts';
import { isReasoningModel } from './openai-models.ts';
import type { Call, Provider, Target } from './provider.ts';
import type { Transport } from './transport.ts';

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
const OPENAI_DIALECT: Dialect = {
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

/** Its last models for plain text (OpenAI's reference, "Completions", 2026-11); all others are for chats. */
export const OPENAI_COMPLETIONS = {
  endpoint: {
    path: '/completions',
    models: /^(?:ft:)?(?:gpt-3\.?5-turbo-instruct|davinci-002|babbage-002)/,
    takesSuffix: true,
  },
  dialect: OPENAI_DIALECT,
  features: openAiFeatures,
} as const;

export const OPENAI_EMBEDDINGS = {
  endpoint: { givesBase64: true, dimensions: 'dimensions' },
  features: everything,
} as const;

export function openai(transport: Transport): Provider {
  return {
    name: 'openai',
    features: everything,
    ...chatEndpoint(transport, { toBody: openAiBody, client: clientOf }),
    complete: completionEndpoint(transport, { ...OPENAI_COMPLETIONS, client: clientOf }),
    embed: embeddingEndpoint(transport, { ...OPENAI_EMBEDDINGS, client: clientOf }),
    mostStops: mostOpenAiStops,
  };
}

async function clientOf({ apiKey, baseUrl }: Target): Promise<unknown> {
  const { default: OpenAI } = await import('openai');
  return new OpenAI({ apiKey, baseURL: baseUrl, maxRetries: 0 });
}

type Model = Pick<Target, 'model' | 'capabilities'>;

export function openAiFeatures(target: Model): Features {
  if (isReasoningModel(target)) return reasoningModelFeatures;
  return CHAT_MODEL.test(target.model) ? chatModelFeatures : everything;
}

/** OpenAI's reference, "stop": up to 4, and none with its reasoning models. */
export function mostOpenAiStops(target: Model): number {
  return isReasoningModel(target) ? 0 : 4;
}

/** @throws {UpstreamFailure} unsupported, when the request needs what the model has not */
export function openAiBody(request: ChatRequest, target: Target, call: Call) {
  const dialect = isReasoningModel(target) ? REASONING_DIALECT : OPENAI_DIALECT;
  return fitOpenAiRequest(request, dialect, openAiFeatures(target), target, call);
}

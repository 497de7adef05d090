/** OpenAI, by its official package: URL, key, organisation and version headers are the SDK's. */
import type { ChatRequest } from '../core/openai-types.ts';
import { type Features, features } from './features.ts';
import { type Dialect, fitOpenAiRequest } from './fit/openai-request.ts';
import { OPENAI_TOOL_IDS } from './fit/tool-ids.ts';
import { memoizePerTarget } from './memoize-per-target.ts';
import { sendOpenAiShaped } from './openai-wire.ts';
import { prepareRequest } from './prepared-request.ts';
import type { Call, Provider, Target } from './provider.ts';
import type { Transport } from './transport.ts';

/** Reasoning models (o-series, gpt-5 and later) name the output cap anew and refuse sampling parameters and `stop`
 * (OpenAI's API reference and its replies of status 400, 2026-11). */
const REASONING_MODEL = /^(?:ft:)?(?:o\d|gpt-(?:[5-9]|\d\d))/;
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
  stop: 'refused',
});

/** What OpenAI's own wire has and others do not; a message's fields are those of its reference. */
const OPENAI_DIALECT: Dialect = {
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

export function openai(transport: Transport): Provider {
  const prepared = memoizePerTarget(async (target) => {
    const { default: OpenAI } = await import('openai');
    const client = new OpenAI({ apiKey: target.apiKey, baseURL: target.baseUrl, maxRetries: 0 });
    return prepareRequest(client, '/chat/completions', target.headers);
  });
  return {
    name: 'openai',
    features: everything,
    fit: openAiBody,
    async send(request, target, call) {
      const { body, dropped } = openAiBody(request, target, call);
      return sendOpenAiShaped(transport, await prepared(target), body, target, call, dropped);
    },
  };
}

type Model = Pick<Target, 'model' | 'capabilities'>;

/** A name may hide the model (Azure's deployments are named at will): then the configuration says what it is. */
function isReasoningModel({ model, capabilities }: Model): boolean {
  return capabilities.reasoning_effort ?? REASONING_MODEL.test(model);
}

export function openAiFeatures(target: Model): Features {
  if (isReasoningModel(target)) return reasoningModelFeatures;
  return CHAT_MODEL.test(target.model) ? chatModelFeatures : everything;
}

/** @throws {UpstreamFailure} unsupported, when the request needs what the model has not */
export function openAiBody(request: ChatRequest, target: Target, call: Call) {
  const dialect = isReasoningModel(target) ? REASONING_DIALECT : OPENAI_DIALECT;
  return fitOpenAiRequest(request, dialect, openAiFeatures(target), target, call);
}

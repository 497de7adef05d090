/** OpenAI, by its official package: URL, key, organisation and version headers are the SDK's. */
import type { ChatRequest } from '../core/openai-types.ts';
import { type Features, features, fitRequest } from './features.ts';
import { oncePerTarget } from './once-per-target.ts';
import { sendOpenAiShaped } from './openai-wire.ts';
import { prepareRequest } from './prepared-request.ts';
import type { Provider, Target } from './provider.ts';
import type { Transport } from './transport.ts';

/** Reasoning models (o-series, gpt-5 and later) name the output cap anew and refuse sampling parameters. */
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
});

export function openai(transport: Transport): Provider {
  const prepared = oncePerTarget(async (target) => {
    const { default: OpenAI } = await import('openai');
    const client = new OpenAI({ apiKey: target.apiKey, baseURL: target.baseUrl, maxRetries: 0 });
    return prepareRequest(client, '/chat/completions', target.headers);
  });
  return {
    name: 'openai',
    features: everything,
    async send(request, target, call) {
      const fitted = fitRequest(request, openAiFeatures(target), target, call);
      const body = openAiBody(fitted.request, target);
      return sendOpenAiShaped(transport, await prepared(target), body, target, call, fitted.dropped);
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

export function openAiBody(request: ChatRequest, target: Model) {
  const { max_tokens: cap, ...rest } = request;
  const renamesCap = cap != null && isReasoningModel(target);
  return {
    ...(renamesCap ? { max_completion_tokens: cap, ...rest } : request),
    model: target.model,
    // Usage is always wanted for the receipt; the caller sees it only on request.
    ...(request.stream && { stream_options: { ...request.stream_options, include_usage: true } }),
  };
}

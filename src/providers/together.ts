import type { ChatRequest } from '../core/openai-types.ts';
import { completionEndpoint } from './completions/completion-endpoint.ts';
import { embeddingEndpoint } from './embeddings/embedding-endpoint.ts';
import { features } from './feature-table.ts';
import { type Dialect, fitOpenAiRequest } from './fit/openai-request.ts';
import { chatEndpoint } from './openai-chat-endpoint.ts';
import type { Call, Provider, Target } from './provider.ts';
import type { Transport } from './transport.ts';

const togetherFeatures = features({
  audio: 'refused',
  files: 'refused',
  parallel_tool_calls: 'dropped',
  user: 'dropped',
  metadata: 'dropped',
  verbosity: 'dropped',
});
/** Together wants `max_tokens`, `stop` as a list and `logprobs` as a number (together-ai 0.52 types). */
const TOGETHER_DIALECT: Dialect = {
  // OpenAI's own affairs, which Together has no place for.
  drops: [
    'store',
    'service_tier',
    'prediction',
    'prompt_cache_key',
    'prompt_cache_retention',
    'safety_identifier',
  ],
  cap: 'max_tokens',
  stopAsList: true,
  logprobsAsNumber: true,
};

/** Together, by its official package; the wire is OpenAI's with a few differences in the request. */
export function together(transport: Transport): Provider {
  return {
    name: 'together',
    features: togetherFeatures,
    ...chatEndpoint(transport, { toBody: togetherBody, client: clientOf }),
    complete: completionEndpoint(transport, {
      endpoint: { path: '/completions' },
      dialect: TOGETHER_DIALECT,
      features: () => togetherFeatures,
      client: clientOf,
    }),
    embed: embeddingEndpoint(transport, {
      endpoint: {},
      features: togetherFeatures,
      drops: TOGETHER_DIALECT.drops!,
      client: clientOf,
    }),
  };
}

function togetherBody(request: ChatRequest, target: Target, call: Call) {
  return fitOpenAiRequest(request, TOGETHER_DIALECT, togetherFeatures, target, call);
}

async function clientOf({ apiKey, baseUrl }: Target): Promise<unknown> {
  const { default: Together } = await import('together-ai');
  return new Together({ apiKey, baseURL: baseUrl, maxRetries: 0 });
}

/** Together, by its official package; the wire is OpenAI's with a few differences in the request. */
import type { ChatRequest } from '../core/openai-types.ts';
import { completionEndpoint } from './completions/completion-endpoint.ts';
import { embeddingEndpoint } from './embeddings/embedding-endpoint.ts';
import { features } from './feature-table.ts';
import { type Dialect, fitOpenAiRequest } from './fit/openai-request.ts';
import { sendOpenAiShaped } from './openai-wire.ts';
import { memoizePerTarget, prepareRequest } from './prepared-request.ts';
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

export function together(transport: Transport): Provider {
  const prepared = memoizePerTarget(async (target) =>
    prepareRequest(await clientOf(target), '/chat/completions', target.headers),
  );
  return {
    name: 'together',
    features: togetherFeatures,
    fit: togetherBody,
    async send(request, target, call) {
      const { body, dropped } = togetherBody(request, target, call);
      return sendOpenAiShaped(transport, await prepared(target), body, target, call, dropped);
    },
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

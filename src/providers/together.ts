/** Together, by its official package; the wire is OpenAI's with a few differences in the request. */
import type { ChatRequest } from '../core/openai-types.ts';
import { features, fitRequest } from './features.ts';
import { oncePerTarget } from './once-per-target.ts';
import { sendOpenAiShaped } from './openai-wire.ts';
import { prepareRequest } from './prepared-request.ts';
import type { Provider } from './provider.ts';
import type { Transport } from './transport.ts';

const togetherFeatures = features({
  audio: 'refused',
  files: 'refused',
  parallel_tool_calls: 'dropped',
  user: 'dropped',
  metadata: 'dropped',
  verbosity: 'dropped',
});
/** OpenAI's own affairs, which Together has no place for. */
const UNKNOWN = ['store', 'service_tier', 'prediction'];

export function together(transport: Transport): Provider {
  const prepared = oncePerTarget(async (target) => {
    const { default: Together } = await import('together-ai');
    const client = new Together({ apiKey: target.apiKey, baseURL: target.baseUrl, maxRetries: 0 });
    return prepareRequest(client, '/chat/completions', target.headers);
  });
  return {
    name: 'together',
    features: togetherFeatures,
    async send(request, target, call) {
      const { request: fitted, dropped } = fitRequest(request, togetherFeatures, target, call, UNKNOWN);
      const body = togetherBody(fitted, target.model);
      return sendOpenAiShaped(transport, await prepared(target), body, target, call, dropped);
    },
  };
}

/** Together wants `max_tokens`, `stop` as a list and `logprobs` as a number (together-ai 0.52 types). */
export function togetherBody(request: ChatRequest, model: string) {
  const { max_completion_tokens: cap, stop, logprobs, top_logprobs: topLogprobs, ...rest } = request;
  return {
    ...rest,
    model,
    ...(cap != null && { max_tokens: cap }),
    ...(stop != null && { stop: typeof stop === 'string' ? [stop] : stop }),
    ...(logprobs && { logprobs: Math.max(1, topLogprobs ?? 1) }),
    ...(request.stream && { stream_options: { include_usage: true } }),
  };
}

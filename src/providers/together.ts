/** Together, by its official package; the wire is OpenAI's with a few differences in the request. */
import type { ChatRequest } from '../core/openai-types.ts';
import { oncePerTarget } from './once-per-target.ts';
import { sendOpenAiShaped } from './openai-wire.ts';
import { dropParams } from './parameters.ts';
import { prepareRequest } from './prepared-request.ts';
import type { Provider } from './provider.ts';
import type { Transport } from './transport.ts';

export function together(transport: Transport): Provider {
  const prepared = oncePerTarget(async (target) => {
    const { default: Together } = await import('together-ai');
    const client = new Together({ apiKey: target.apiKey, baseURL: target.baseUrl, maxRetries: 0 });
    return prepareRequest(client, '/chat/completions', target.headers);
  });
  return {
    name: 'together',
    async send(request, target, call) {
      const { body, dropped } = togetherBody(request, target.model, target.dropParams);
      return sendOpenAiShaped(transport, await prepared(target), body, target, call, dropped);
    },
  };
}

/** OpenAI parameters Together has no place for and that do not change what is asked. */
const UNKNOWN_TO_TOGETHER = [
  'user',
  'metadata',
  'store',
  'service_tier',
  'parallel_tool_calls',
  'prediction',
  'verbosity',
];

/** Together wants `max_tokens`, `stop` as a list and `logprobs` as a number (together-ai 0.52 types). */
export function togetherBody(request: ChatRequest, model: string, unwanted: readonly string[]) {
  const { body, dropped } = dropParams(request, [...UNKNOWN_TO_TOGETHER, ...unwanted]);
  const { max_completion_tokens: cap, stop, logprobs, top_logprobs: topLogprobs, ...rest } = body;
  return {
    dropped,
    body: {
      ...rest,
      model,
      ...(cap != null && { max_tokens: cap }),
      ...(stop != null && { stop: typeof stop === 'string' ? [stop] : stop }),
      ...(logprobs && { logprobs: Math.max(1, topLogprobs ?? 1) }),
      ...(request.stream && { stream_options: { include_usage: true } }),
    },
  };
}

/** Anthropic, by its official package: the Messages API under both of its versions. */
import { toJsonBody } from '../fit/json-body.ts';
import { memoizePerTarget } from '../memoize-per-target.ts';
import { withNChoices } from '../n-choices.ts';
import { type PreparedRequest, prepareRequest } from '../prepared-request.ts';
import type { Provider, Target } from '../provider.ts';
import type { Transport } from '../transport.ts';
import { readReply } from '../whole-or-stream.ts';
import { readMessage } from './anthropic-reply.ts';
import { anthropicFeatures, messagesBody } from './anthropic-request.ts';
import { readEvents } from './anthropic-stream.ts';

const PATH = '/v1/messages';

export function anthropic(transport: Transport): Provider {
  const prepared = memoizePerTarget(prepareBothVersions);
  return withNChoices({
    name: 'anthropic',
    features: anthropicFeatures,
    fit: messagesBody,
    async send(request, target, call) {
      const { body, dropped, answer } = messagesBody(request, target, call);
      const { current, sampling } = await prepared(target);
      const version = 'temperature' in body || 'top_p' in body || 'top_k' in body ? sampling : current;
      const reply = await transport.post(version, toJsonBody(body), target, call);
      return readReply(reply, {
        target,
        dropped,
        wantsStream: request.stream,
        readWhole: (text) => ({ completion: readMessage(text, reply.headers, target, answer) }),
        readStream: (bytes) => readEvents(bytes, target, answer),
      });
    },
  });
}

/**
 * The SDK's own version (2026-10-21, Bearer) refuses `temperature`, `top_p` and `top_k` with 400; the older one
 * (2023-06-01, x-api-key) still takes them. So requests with sampling parameters go under the older.
 */
async function prepareBothVersions(
  target: Target,
): Promise<{ current: PreparedRequest; sampling: PreparedRequest }> {
  const { default: Anthropic } = await import('@anthropic-ai/sdk');
  const options = { baseURL: target.baseUrl, maxRetries: 0 };
  const current = new Anthropic({ ...options, apiKey: target.apiKey });
  const sampling = new Anthropic({
    ...options,
    apiKey: null,
    authToken: null,
    defaultHeaders: { 'x-api-key': target.apiKey, 'anthropic-version': '2023-06-01' },
  });
  return {
    current: await prepareRequest(current, PATH, target.headers),
    sampling: await prepareRequest(sampling, PATH, target.headers),
  };
}

import type { ChatRequest } from '../../core/openai-types.ts';
import { composeBody } from '../fit/compose-body.ts';
import { withNChoices } from '../n-choices.ts';
import { memoizePerTarget, type PreparedRequest, prepareRequest } from '../prepared-request.ts';
import type { Call, Provider, Target } from '../provider.ts';
import type { Transport } from '../transport.ts';
import { readReply } from '../whole-or-stream.ts';
import { readMessage } from './anthropic-reply.ts';
import {
  type AnthropicBody,
  type AnthropicRequest,
  anthropicFeatures,
  toAnthropicRequest,
} from './anthropic-request.ts';
import { readAnthropicEvents } from './anthropic-stream.ts';
import { nativeMessagesBody } from './native-messages-body.ts';

const PATH = '/v1/messages';
const OLDER_VERSION = '2023-06-01';
const SAMPLING = ['temperature', 'top_p', 'top_k'];

/** By version of the API. */
interface Prepared {
  readonly current: PreparedRequest;
  readonly sampling: PreparedRequest;
}

/** Anthropic, by its official package: the Messages API under both of its versions. */
export function anthropic(transport: Transport): Provider {
  const prepared = memoizePerTarget(prepareBothVersions);
  return withNChoices({
    name: 'anthropic',
    features: anthropicFeatures,
    // Anthropic refuses stop sequences of white space.
    takesStop: (stop) => stop.trim() !== '',
    fit: bodyOf,
    async send(request, target, call) {
      const { body, dropped, answer, isNative } = bodyOf(request, target, call);
      const reply = await transport.post(
        withHeaders(await prepared(target), body, isNative ? call.native!.headers : undefined),
        await composeBody(body, isNative ? call.native!.body : call.source),
        target,
        call,
      );
      const options = { answer, isNative, isUnsigned: call.isOtherModel === true };
      return readReply(reply, {
        target,
        dropped,
        isNative,
        wantsStream: request.stream,
        readWhole: (text) => readMessage(text, reply.headers, target, options),
        readStream: (bytes) => readAnthropicEvents(bytes, target, options),
      });
    },
  });
}

/** As the caller wrote it where that is this wire; else in translation. */
function bodyOf(request: ChatRequest, target: Target, call: Call): AnthropicRequest & { isNative: boolean } {
  const { native } = call;
  const own = native?.wire === 'messages' ? nativeMessagesBody(native, request, target, call) : undefined;
  return own ? { ...own, isNative: true } : { ...toAnthropicRequest(request, target, call), isNative: false };
}

/**
 * Betas and version are the caller's, whose events are to be what it expects. The configuration's own headers stay, and so
 * does the older version where only that takes what is asked.
 */
function withHeaders(
  { current, sampling }: Prepared,
  body: AnthropicBody,
  headers: Readonly<Record<string, string>> = {},
): PreparedRequest {
  const { 'anthropic-version': version, 'anthropic-beta': betas } = headers;
  const isOlder = SAMPLING.some((name) => name in body) || version === OLDER_VERSION;
  const prepared = isOlder ? sampling : current;
  if (version === undefined && betas === undefined) return prepared;
  const own = prepared.headers['anthropic-beta'];
  return {
    ...prepared,
    headers: {
      ...prepared.headers,
      ...(version !== undefined && !isOlder && { 'anthropic-version': version }),
      ...(betas !== undefined && { 'anthropic-beta': own === undefined ? betas : `${own},${betas}` }),
    },
  };
}

/**
 * The SDK's own version (2026-10-21, Bearer) refuses `temperature`, `top_p` and `top_k` with 400; the older one
 * (2023-06-01, x-api-key) still takes them. So requests with sampling parameters go under the older.
 */
async function prepareBothVersions(target: Target): Promise<Prepared> {
  const { default: Anthropic } = await import('@anthropic-ai/sdk');
  const options = { baseURL: target.baseUrl, maxRetries: 0 };
  const current = new Anthropic({ ...options, apiKey: target.apiKey });
  const sampling = new Anthropic({
    ...options,
    apiKey: null,
    authToken: null,
    defaultHeaders: { 'x-api-key': target.apiKey, 'anthropic-version': OLDER_VERSION },
  });
  return {
    current: await prepareRequest(current, PATH, target.headers),
    sampling: await prepareRequest(sampling, PATH, target.headers),
  };
}

import type Anthropic from '@anthropic-ai/sdk';
import type { ChatRequest } from '../../core/openai-types.ts';
import { asOnOwnWire } from '../features.ts';
import { composeBody } from '../fit/compose-body.ts';
import { withNChoices } from '../n-choices.ts';
import { memoizePerTarget, type PreparedRequest, prepareRequest } from '../prepared-request.ts';
import type { Call, Provider, Target } from '../provider.ts';
import type { Transport } from '../transport.ts';
import { readReply, readText } from '../whole-or-stream.ts';
import { readMessage } from './anthropic-reply.ts';
import {
  type AnthropicBody,
  type AnthropicRequest,
  anthropicFeatures,
  toAnthropicRequest,
} from './anthropic-request.ts';
import { readAnthropicEvents } from './anthropic-stream.ts';
import { nativeMessagesBody } from './native-messages-body.ts';
import { countedPart, readTokenCount } from './token-count.ts';

const PATH = '/v1/messages';
const COUNT_PATH = '/v1/messages/count_tokens';
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
  const preparedCount = memoizePerTarget(prepareCount);
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
    async countTokens({ wire, body, headers }, target, call) {
      if (wire !== 'messages') return undefined;
      const { 'anthropic-beta': betas } = headers;
      const reply = await transport.post(
        withBetas(await preparedCount(target), betas),
        await composeBody(countedPart(body, target), body),
        target,
        call,
      );
      return readTokenCount(await readText(reply.body, target), target);
    },
  });
}

/** As the caller wrote it where that is this wire; else in translation. */
function bodyOf(request: ChatRequest, target: Target, call: Call): AnthropicRequest & { isNative: boolean } {
  const { native } = call;
  const own =
    native?.wire === 'messages' ? nativeMessagesBody(native, request, target, asOnOwnWire(call)) : undefined;
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
  const asked = withBetas(prepared, betas);
  if (version === undefined || isOlder) return asked;
  return { ...asked, headers: { ...asked.headers, 'anthropic-version': version } };
}

function withBetas(prepared: PreparedRequest, betas: string | undefined): PreparedRequest {
  if (betas === undefined) return prepared;
  const own = prepared.headers['anthropic-beta'];
  const all = own === undefined ? betas : `${own},${betas}`;
  return { ...prepared, headers: { ...prepared.headers, 'anthropic-beta': all } };
}

/**
 * The SDK's own version (2026-10-21, Bearer) refuses `temperature`, `top_p` and `top_k` with 400; the older one
 * (2023-06-01, x-api-key) still takes them. So requests with sampling parameters go under the older.
 */
async function prepareBothVersions(target: Target): Promise<Prepared> {
  const { default: Anthropic } = await import('@anthropic-ai/sdk');
  const current = new Anthropic({ baseURL: target.baseUrl, maxRetries: 0, apiKey: target.apiKey });
  return {
    current: await prepareRequest(current, PATH, target.headers),
    sampling: await prepareRequest(await olderClient(target), PATH, target.headers),
  };
}

async function olderClient(target: Target): Promise<Anthropic> {
  const { default: Anthropic } = await import('@anthropic-ai/sdk');
  return new Anthropic({
    baseURL: target.baseUrl,
    maxRetries: 0,
    apiKey: null,
    authToken: null,
    defaultHeaders: { 'x-api-key': target.apiKey, 'anthropic-version': OLDER_VERSION },
  });
}

/** Under the older version, which counts whatever either takes. */
async function prepareCount(target: Target): Promise<PreparedRequest> {
  return prepareRequest(await olderClient(target), COUNT_PATH, target.headers);
}

/** Error replies as each provider words and shapes them. Sources: provider docs and public issue threads. */

import { type ErrorDetails, errorTexts, type NamedError } from './error-texts.ts';
import { anthropicRequestId, openaiRequestId, togetherId } from './ids.ts';
import { rateLimitHeaders } from './rate-limits.ts';
import { jsonReply, type PlannedWholeReply, type SimulatedProvider } from './wire.ts';

/** The JSON body of an error in a provider's shape. */
export function errorBody(provider: SimulatedProvider, error: ErrorDetails, callNumber: number): unknown {
  const { type, message, code = null, param = null, details } = error;
  switch (provider) {
    case 'anthropic':
      return {
        type: 'error',
        error: { type, message, ...(details && { details }) },
        request_id: anthropicRequestId(callNumber),
      };
    case 'together':
      return { id: togetherId(callNumber), error: { message, type, param, code } };
    case 'openai':
      return { error: { message, type, param, code } };
    case 'promptlayer':
      return { success: false, message };
  }
}

/** A whole error reply: status, the provider's headers, body. */
export function errorReply(
  provider: SimulatedProvider,
  status: number,
  error: ErrorDetails,
  callNumber: number,
  headers: { [name: string]: string } = {},
): PlannedWholeReply {
  return jsonReply(status, errorBody(provider, error, callNumber), {
    ...providerHeaders(provider, callNumber),
    ...headers,
  });
}

/**
 * The reply for a status fault (`429`) or a named one (`quota`), or `undefined` when the fault is about
 * something else.
 * @param retryAfterSeconds sent as `retry-after` and in the provider's own reset headers.
 */
export function errorReplyForFault(
  provider: SimulatedProvider,
  faultName: string,
  model: string,
  callNumber: number,
  retryAfterSeconds?: number,
): PlannedWholeReply | undefined {
  const found: NamedError | undefined = errorTexts(provider, model)[faultName];
  if (!found) return undefined;
  const limited = found.status === 429 || found.status === 503 || found.status === 529;
  const isRateLimit = faultName === '429';
  const retry: { [name: string]: string } =
    limited && retryAfterSeconds !== undefined ? { 'retry-after': String(retryAfterSeconds) } : {};
  return errorReply(provider, found.status, found.error, callNumber, {
    ...(isRateLimit ? rateLimitHeaders(provider, { exhausted: true, resetSeconds: retryAfterSeconds }) : {}),
    ...retry,
  });
}

/** The error a provider reports as an event in mid stream. */
export function streamError(
  provider: SimulatedProvider,
  kind: 'error_event' | 'rate_limit_event',
  callNumber: number,
): unknown {
  const texts = errorTexts(provider, '');
  const name = kind === 'rate_limit_event' ? '429' : provider === 'anthropic' ? '529' : '500';
  return errorBody(provider, texts[name]!.error, callNumber);
}

/** Headers a provider puts on every reply, good or bad. */
export function providerHeaders(provider: SimulatedProvider, callNumber: number): { [name: string]: string } {
  switch (provider) {
    case 'openai':
      return {
        'x-request-id': openaiRequestId(callNumber),
        'openai-version': '2020-10-01',
        'openai-organization': 'org-simulated',
        'openai-processing-ms': '12',
      };
    case 'anthropic':
      return {
        'request-id': anthropicRequestId(callNumber),
        'anthropic-organization-id': '00000000-0000-4000-8000-000000000000',
      };
    case 'together':
      return { 'x-request-id': togetherId(callNumber) };
    case 'promptlayer':
      return {};
  }
}

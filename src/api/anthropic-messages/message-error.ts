/** Failures as Anthropic tells them; clients act on the type, on the status, and on some messages word for word. */
import type { Failure } from '../../failures/failure.ts';

/** By HTTP status (Anthropic's list of errors, 2026). */
const TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

export function toMessageError(failure: Failure, requestId: string): object {
  return { type: 'error', error: errorOf(failure), request_id: requestId };
}

/** Within a stream the status has been sent; what makes clients ask again is `overloaded_error`. */
export function toStreamError(failure: Failure, requestId: string): object {
  const error = errorOf(failure);
  return {
    type: 'error',
    error: failure.status >= 500 ? { ...error, type: 'overloaded_error' } : error,
    request_id: requestId,
  };
}

function errorOf(failure: Failure): object {
  const type = TYPES[failure.status] ?? (failure.status >= 500 ? 'api_error' : 'invalid_request_error');
  return {
    type,
    message: messageOf(failure),
    // In these words the SDK's tool runner reads that it has to send the conversation itself.
    ...(failure.param === 'thread' && {
      details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] },
    }),
  };
}

/** Claude Code makes the conversation shorter when it reads these words, and only then. */
function messageOf({ kind, message }: Failure): string {
  if (kind !== 'context_length_exceeded' || /prompt is too long: \d+ tokens > \d+/.test(message))
    return message;
  const [most, asked] = windowIn(message);
  if (most === undefined || asked === undefined) return `prompt is too long: ${message}`;
  return `prompt is too long: ${asked} tokens > ${most} maximum`;
}

/** "maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens" → 8192, 9001 */
function windowIn(message: string): [most?: number, asked?: number] {
  const numbers = [...message.slice(0, 2_000).matchAll(/\b(\d{3,9})\s*(?:input |prompt )?tokens?\b/g)].map(
    ([, digits]) => Number(digits),
  );
  const [first, second] = numbers;
  if (first === undefined || second === undefined) return [];
  return [Math.min(first, second), Math.max(first, second)];
}

/** Failures as Anthropic tells them; clients act on the type, on the status, and on some messages word for word. */
import type { Failure } from '../../failures/failure.ts';
import { tooLongMessage } from './too-long.ts';

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

/** The body of a failure, in the shape of https://docs.claude.com/en/api/errors. */
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
    message: failure.kind === 'context_length_exceeded' ? tooLongMessage(failure.message) : failure.message,
    // In these words the SDK's tool runner reads that it has to send the conversation itself.
    ...(failure.param === 'thread' && {
      details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] },
    }),
  };
}

/** Anthropic's error object where no status tells what it is: in a stream, or in a reply with status 200. */

import { UpstreamFailure } from '../../failures/upstream-failure.ts';
import { eventFailure } from '../openai-wire.ts';

/** The status of the same error as a reply (Anthropic's API reference, "Errors"). */
const STATUS_OF: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

/** @param parsed `{"type": "error", "error": {type, message, details?}}` */
export function errorFailure(parsed: { error?: { type?: string } }, provider: string): UpstreamFailure {
  const { facts } = eventFailure(parsed, provider);
  return new UpstreamFailure({ ...facts, status: STATUS_OF[parsed.error?.type ?? ''] ?? facts.status });
}

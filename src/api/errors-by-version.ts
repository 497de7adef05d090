/** Errors of routes that belong to no door: in OpenAI's shape or, for those who name Anthropic's version, in Anthropic's. */
import type { IncomingHttpHeaders } from 'node:http';
import { anthropicMessages } from './anthropic-messages/anthropic-messages.ts';
import type { ErrorFormat } from './api-format.ts';
import { openAiErrors } from './openai-chat/openai-error.ts';

/** Anthropic's SDKs send their version with each request. */
export function isForAnthropic(headers: IncomingHttpHeaders): boolean {
  return headers['anthropic-version'] !== undefined;
}

/** For routes of both APIs: Anthropic's SDKs find their request id in the header that they look for. */
export const errorsByVersion: ErrorFormat = {
  error(failure, requestId, headers) {
    if (!isForAnthropic(headers)) return openAiErrors.error(failure, requestId);
    const reply = anthropicMessages.error(failure, requestId, headers);
    return { ...reply, headers: ['request-id', requestId, ...(reply.headers ?? [])] };
  },
};

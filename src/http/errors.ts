/** Failures as the caller sees them: OpenAI's error shape, the kind as `code`, our request id beside it. */
import type { ServerResponse } from 'node:http';
import { type Failure, failureTable, type RateState } from '../routing/failures.ts';

export interface ErrorBody {
  readonly error: { message: string; type: string; param: string | null; code: string };
  readonly request_id: string;
}

export function errorBody(failure: Failure, requestId: string): ErrorBody {
  const { type } = failureTable[failure.kind];
  return {
    error: { message: failure.message, type, param: failure.param ?? null, code: failure.kind },
    request_id: requestId,
  };
}

/** Every 429 and 503 says when to come back. */
export function sendFailure(response: ServerResponse, failure: Failure, requestId: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (failure.status === 429 || failure.status === 503) {
    response.setHeader('retry-after', Math.max(1, Math.ceil((failure.retryAfterMs ?? 1_000) / 1000)));
  }
  if (failure.rates) setRates(response, failure.rates);
  sendJson(response, failure.status, errorBody(failure, requestId));
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  sendText(response, status, JSON.stringify(body));
}

/** @param text JSON */
export function sendText(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('content-length', Buffer.byteLength(text));
  response.end(text);
}

/** OpenAI's names and forms: whole numbers, and the time as `12.5s`. */
export function setRates(
  response: ServerResponse,
  rates: Partial<Record<'requests' | 'tokens', RateState | undefined>>,
): void {
  for (const [name, rate] of Object.entries(rates)) {
    if (!rate) continue;
    response.setHeader(`x-ratelimit-limit-${name}`, rate.limit);
    response.setHeader(`x-ratelimit-remaining-${name}`, rate.remaining);
    response.setHeader(`x-ratelimit-reset-${name}`, `${rate.resetMs / 1000}s`);
  }
}

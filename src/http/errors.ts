/** Failures as the caller sees them: OpenAI's error shape, our request id beside it. */
import type { ServerResponse } from 'node:http';
import type { Failure, RateState, Rates } from '../failures/failure.ts';

/** Headers as `writeHead` takes them, names and values in turn: at once they cost half of what `setHeader` for each costs. */
export type Head = string[];

export interface ErrorBody {
  readonly error: { message: string; type: string; param: string | null; code: string };
  readonly request_id: string;
}

export function errorBody(failure: Failure, requestId: string): ErrorBody {
  const { message, type, param = null, code } = failure;
  return { error: { message, type, param, code }, request_id: requestId };
}

/**
 * Every 429 and 503 says when to come back.
 * @param head what the reply has besides
 */
export function sendFailure(
  response: ServerResponse,
  failure: Failure,
  requestId: string,
  head: Head = [],
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (failure.status === 429 || failure.status === 503) {
    head.push('retry-after', `${Math.max(1, Math.ceil((failure.retryAfterMs ?? 1_000) / 1000))}`);
  }
  if (failure.rates) addRates(head, failure.rates);
  sendText(response, failure.status, JSON.stringify(errorBody(failure, requestId)), head);
}

/** @param text JSON */
export function sendText(response: ServerResponse, status: number, text: string, head: Head): void {
  head.push('content-type', 'application/json; charset=utf-8');
  head.push('content-length', `${Buffer.byteLength(text)}`);
  response.writeHead(status, head);
  response.end(text);
}

/** OpenAI's names and forms: whole numbers, and the time as `12.5s`. */
export function addRates(head: Head, { requests, tokens }: Rates): void {
  if (requests) addRate(head, 'requests', requests);
  if (tokens) addRate(head, 'tokens', tokens);
}

function addRate(head: Head, what: keyof Rates, { limit, remaining, resetMs }: RateState): void {
  head.push(
    `x-ratelimit-limit-${what}`,
    `${limit}`,
    `x-ratelimit-remaining-${what}`,
    `${remaining}`,
    `x-ratelimit-reset-${what}`,
    `${resetMs / 1000}s`,
  );
}

/** How replies in one piece leave: JSON, and failures in the shape of the door they are for. */
import type { ServerResponse } from 'node:http';
import type { ErrorFormat, HeaderList } from '../api/api-format.ts';
import { LARGE } from '../core/large-work.ts';
import type { EventOf, Events } from '../events/event.ts';
import { asFailure, type Failure, type RateState, type RateStates } from '../failures/failure.ts';
import { writeInTurns } from './write-in-turns.ts';

/**
 * Every 429 and 503 says when to come back.
 * @param head what the reply has besides
 */
export function sendFailure(
  response: ServerResponse,
  failure: Failure,
  requestId: string,
  head: HeaderList,
  format: ErrorFormat,
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const {
    body,
    status = failure.status,
    headers = [],
  } = format.error(failure, requestId, response.req.headers);
  if (failure.status === 429 || failure.status === 503) {
    head.push('retry-after', `${Math.max(1, Math.ceil((failure.retryAfterMs ?? 1_000) / 1000))}`);
  }
  if (failure.rates) addRates(head, failure.rates);
  // Who is refused today may be admitted tomorrow, and what is not there may be: for no store on the way.
  head.push('cache-control', 'no-store');
  head.push(...headers, ...(format.headers?.(requestId, failure.rates) ?? []));
  endUpload(response, head);
  void sendText(response, status, JSON.stringify(body), head);
}

/** What is known of a request that is not admitted. */
export type RefusedFacts = Omit<EventOf<'request_refused'>, 'type' | 'at' | 'kind' | 'status' | 'fault'>;

/** A request that was not admitted: told and answered. */
export function refuse(
  error: unknown,
  refused: RefusedFacts,
  { response, head, format }: { response: ServerResponse; head: HeaderList; format: ErrorFormat },
  events: Events,
): void {
  const failure = asFailure(error);
  const { kind, status, cause, rule } = failure;
  if (events.isHeard.request_refused) {
    const fault = rule.isOurFault ? { cause } : undefined;
    const path = withoutKeys(refused.path);
    events.publish({ type: 'request_refused', ...refused, path, kind, status, fault });
  }
  sendFailure(response, failure, refused.requestId, head, format);
}

/** Bytes of an upload that are still read after its request was refused, so that its sender gets to see why. */
const MAX_READ_ON = 1024 * 1024;
/** Milliseconds. */
const READ_ON_TIMEOUT = 2_000;

/** What a refused request still sends is not read on: its connection ends soon after the reply. */
function endUpload({ req: request }: ServerResponse, head: HeaderList): void {
  if (request.complete) return;
  head.push('connection', 'close');
  let length = 0;
  request.on('data', (part: Buffer) => {
    length += part.length;
    if (length > MAX_READ_ON) request.destroy();
  });
  setTimeout(() => request.complete || request.destroy(), READ_ON_TIMEOUT).unref();
}

/** Milliseconds a caller may leave a whole reply unread. */
const READER_TIMEOUT = 60_000;

/** A caller may have put a key into the path. */
function withoutKeys(path: string): string {
  return path.slice(0, 500).replace(/sk-[\w-]{8,}/g, '[redacted]');
}

/**
 * @param text JSON, unless its type says otherwise; one in pieces leaves without its length
 * @returns a promise for a text that is too long to be written at once
 */
export function sendText(
  response: ServerResponse,
  status: number,
  text: string | Iterable<string>,
  head: HeaderList,
  contentType = 'application/json; charset=utf-8',
): Promise<void> | undefined {
  head.push('content-type', contentType);
  const isInPieces = typeof text !== 'string';
  if (!isInPieces) head.push('content-length', `${Buffer.byteLength(text)}`);
  response.writeHead(status, head);
  if (isInPieces || text.length >= LARGE) {
    destroyUnread(response);
    return writeInTurns(response, isInPieces ? text : [text]).then(() => {
      if (!response.destroyed) response.end();
    });
  }
  response.end(text);
  // What its reader's socket did not take at once waits here.
  if (response.socket?.writableLength) destroyUnread(response);
  return undefined;
}

function destroyUnread(response: ServerResponse): void {
  const timer = setTimeout(() => response.destroy(), READER_TIMEOUT);
  response.once('close', () => clearTimeout(timer));
}

/** OpenAI's names and forms: whole numbers, and the time as `12.5s`. */
export function addRates(head: HeaderList, { requests, tokens }: RateStates): void {
  if (requests) addRate(head, 'requests', requests);
  if (tokens) addRate(head, 'tokens', tokens);
}

function addRate(head: HeaderList, what: keyof RateStates, { limit, remaining, resetMs }: RateState): void {
  head.push(
    `x-ratelimit-limit-${what}`,
    `${limit}`,
    `x-ratelimit-remaining-${what}`,
    `${remaining}`,
    `x-ratelimit-reset-${what}`,
    `${resetMs / 1000}s`,
  );
}

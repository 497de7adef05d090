/** `POST /chat/completions`: from an HTTP request to a chat and back. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ChatAnswer } from '../chat/answer.ts';
import { chat } from '../chat/chat.ts';
import type { ChatParts, Incoming } from '../chat/incoming.ts';
import { orderedId } from '../core/ids.ts';
import { dollarsText } from '../core/money.ts';
import { asFailure, invalidRequest } from '../routing/failures.ts';
import type { Access } from './access.ts';
import { readJson } from './body.ts';
import { errorBody, sendFailure, sendText, setRates } from './errors.ts';
import { EventStream } from './event-stream.ts';
import type { InFlight } from './in-flight.ts';

export interface CompletionsParts {
  readonly chat: () => ChatParts;
  readonly access: Access;
  readonly maxBodyBytes: number;
  readonly inFlight: InFlight;
  /** Demo mode: checks `x-simulate` and lets it through to the simulator. @throws {Error} saying what is wrong */
  readonly checkSimulate?: (header: string) => void;
}

export function completions(parts: CompletionsParts) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    parts.inFlight.enter();
    const gone = new AbortController();
    const closed = new Promise<void>((resolve) => {
      response.on('close', () => {
        if (!response.writableFinished) gone.abort();
        resolve();
      });
    });
    try {
      await answer(request, response, gone.signal, parts);
    } finally {
      // A call is over when its bytes have left and it is settled, also after its caller hung up.
      void closed.then(() => parts.inFlight.leave());
    }
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
  parts: CompletionsParts,
): Promise<void> {
  const { clock } = parts.chat();
  const arrivedAt = clock.elapsed();
  const arrivedOn = clock.now();
  const { caller } = await parts.access.identify(request);
  const body = await readJson(request, parts.maxBodyBytes);
  const incoming: Incoming = {
    id: requestId(response),
    body,
    caller,
    cacheControl: cacheControl(request.headers['cache-control']),
    upstreamHeaders: simulateHeader(request, parts.checkSimulate),
    user: userOf(request, body),
    signal,
    arrivedAt,
    arrivedOn,
  };
  if (wantsStream(body)) await answerStream(incoming, response, parts.chat());
  else await answerWhole(incoming, response, parts.chat());
}

async function answerWhole(incoming: Incoming, response: ServerResponse, parts: ChatParts): Promise<void> {
  const answer = await chat(incoming, parts);
  if (response.destroyed) return;
  setHeaders(response, answer);
  if (answer.kind === 'failed') sendFailure(response, answer.failure, incoming.id);
  if (answer.kind !== 'whole') return;
  if (answer.cost !== null) response.setHeader('x-cost-usd', dollarsText(answer.cost));
  sendText(response, 200, answer.json);
}

/** Until the first event is out a failure still has a status of its own; after it, it is an event in the stream. */
async function answerStream(incoming: Incoming, response: ServerResponse, parts: ChatParts): Promise<void> {
  const events = new EventStream(response);
  let answer: ChatAnswer | undefined;
  try {
    answer = await chat(incoming, parts);
    if (!response.headersSent) setHeaders(response, answer);
    if (answer.kind === 'failed') throw answer.failure;
    if (answer.kind === 'stream') await events.write(answer.batches);
    events.done();
  } catch (error) {
    const failure = asFailure(error);
    if (response.headersSent) return events.fail(errorBody(failure, incoming.id));
    events.abandon();
    if (answer?.kind === 'stream') await answer.batches.return(undefined).catch(() => {});
    if (!response.destroyed) sendFailure(response, failure, incoming.id);
  }
}

function setHeaders(response: ServerResponse, answer: ChatAnswer): void {
  response.setHeader('x-cache', answer.cache);
  if (answer.attempts) response.setHeader('x-attempts', printable(answer.attempts));
  if (answer.rates) setRates(response, answer.rates);
  if (answer.kind === 'failed') return;
  response.setHeader('x-model', printable(answer.model));
  if (answer.age !== undefined) response.setHeader('age', Math.floor(answer.age / 1000));
  if (answer.dropped.length > 0) response.setHeader('x-dropped-params', answer.dropped.join(', '));
}

/** The configuration may name a model in any script; a header holds less. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}

/** The caller's own id when it is one, so that a request can be followed through several systems. */
export function giveRequestId(request: IncomingMessage, response: ServerResponse): void {
  const own = request.headers['x-request-id'];
  const id = typeof own === 'string' && /^[\w.:-]{1,128}$/.test(own) ? own : `req_${orderedId()}`;
  response.setHeader('x-request-id', id);
}

export function requestId(response: ServerResponse): string {
  return String(response.getHeader('x-request-id'));
}

function cacheControl(header: string | undefined): Incoming['cacheControl'] {
  return { noCache: /\bno-cache\b/i.test(header ?? ''), noStore: /\bno-store\b/i.test(header ?? '') };
}

function simulateHeader(
  request: IncomingMessage,
  check: CompletionsParts['checkSimulate'],
): Record<string, string> | undefined {
  const header = request.headers['x-simulate'];
  if (!check || typeof header !== 'string') return undefined;
  try {
    check(header);
  } catch (error) {
    throw invalidRequest(`x-simulate: ${(error as Error).message}`, 'x-simulate');
  }
  return { 'x-simulate': header };
}

function userOf(request: IncomingMessage, body: unknown): string | undefined {
  const user = (body as { user?: unknown } | null)?.user ?? request.headers['x-user'];
  return typeof user === 'string' && user !== '' ? user.slice(0, 256) : undefined;
}

/** Only to choose who tells a failure; the value itself is validated with the rest. */
function wantsStream(body: unknown): boolean {
  const stream = (body as { stream?: unknown } | null)?.stream;
  return stream === true || stream === 'true' || stream === 'True';
}

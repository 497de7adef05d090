/** `POST /chat/completions`: from an HTTP request to a chat and back. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ChatAnswer } from '../chat/answer.ts';
import { chat } from '../chat/chat.ts';
import type { ChatParts, Incoming } from '../chat/incoming.ts';
import { flatText } from '../core/flat-text.ts';
import { orderedId } from '../core/ids.ts';
import { dollarsText } from '../core/money.ts';
import { Stop, type StopSignal } from '../core/stop-signal.ts';
import { asFailure, invalidRequest } from '../failures/failure.ts';
import type { Access } from './access.ts';
import { readJson } from './body.ts';
import { addRates, errorBody, type Head, sendFailure, sendText } from './errors.ts';
import { EventStream } from './event-stream.ts';
import type { InFlight } from './in-flight.ts';

export const CHAT_PATHS = ['/chat/completions', '/v1/chat/completions'];

export interface CompletionsParts {
  readonly chat: () => ChatParts;
  readonly access: Access;
  readonly maxBodyBytes: number;
  readonly inFlight: InFlight;
  /** Demo mode: checks `x-simulate` and lets it through to the simulator. @throws {Error} saying what is wrong */
  readonly checkSimulate?: (header: string) => void;
}

/** @returns a handler; `head` is what every reply has, whatever becomes of the request */
export function completions(parts: CompletionsParts) {
  return async (
    request: IncomingMessage,
    response: ServerResponse,
    id: string,
    head: Head,
  ): Promise<void> => {
    parts.inFlight.enter();
    const gone = new Stop();
    let open = 2;
    // A call is over when its bytes have left and it is settled, also after its caller hung up.
    const ended = () => {
      open -= 1;
      if (open === 0) parts.inFlight.leave();
    };
    response.on('close', () => {
      if (!response.writableFinished) gone.abort();
      ended();
    });
    try {
      const incoming = await read(request, id, gone, parts);
      if (wantsStream(incoming.body)) await answerStream(incoming, response, head, parts.chat());
      else await answerWhole(incoming, response, head, parts.chat());
    } finally {
      ended();
    }
  };
}

async function read(
  request: IncomingMessage,
  id: string,
  signal: StopSignal,
  parts: CompletionsParts,
): Promise<Incoming> {
  const { clock } = parts.chat();
  const arrivedAt = clock.elapsed();
  const arrivedOn = clock.now();
  const { caller } = await parts.access.identify(request);
  const body = await readJson(request, parts.maxBodyBytes);
  return {
    id,
    // A row of the ledger that has it, too, needs no second index.
    ownId: id === request.headers['x-request-id'] ? undefined : flatText(id.slice(OWN.length)),
    body,
    caller,
    cacheControl: cacheControl(request.headers['cache-control']),
    upstreamHeaders: simulateHeader(request, parts.checkSimulate),
    user: userOf(request, body),
    signal,
    arrivedAt,
    arrivedOn,
  };
}

async function answerWhole(
  incoming: Incoming,
  response: ServerResponse,
  head: Head,
  parts: ChatParts,
): Promise<void> {
  const answer = await chat(incoming, parts);
  if (response.destroyed) return;
  addFacts(head, answer);
  if (answer.kind === 'failed') sendFailure(response, answer.failure, incoming.id, head);
  if (answer.kind !== 'whole') return;
  if (answer.cost !== null) head.push('x-cost-usd', dollarsText(answer.cost));
  sendText(response, 200, answer.json, head);
}

/** Until the first event is out a failure still has a status of its own; after it, it is an event in the stream. */
async function answerStream(
  incoming: Incoming,
  response: ServerResponse,
  head: Head,
  parts: ChatParts,
): Promise<void> {
  const events = new EventStream(response, head);
  let answer: ChatAnswer | undefined;
  try {
    answer = await chat(incoming, parts);
    if (!response.headersSent) addFacts(head, answer);
    if (answer.kind === 'failed') throw answer.failure;
    if (answer.kind === 'stream') await events.write(answer.batches);
    events.done();
  } catch (error) {
    const failure = asFailure(error);
    if (response.headersSent) return events.fail(errorBody(failure, incoming.id));
    events.abandon();
    if (answer?.kind === 'stream') await answer.batches.leave().catch(() => {});
    if (!response.destroyed) sendFailure(response, failure, incoming.id, head);
  }
}

function addFacts(head: Head, answer: ChatAnswer): void {
  head.push('x-cache', answer.cache);
  if (answer.attempts) head.push('x-attempts', printable(answer.attempts));
  if (answer.rates) addRates(head, answer.rates);
  if (answer.kind === 'failed') return;
  head.push('x-model', printable(answer.model));
  if (answer.age !== undefined) head.push('age', `${Math.floor(answer.age / 1000)}`);
  if (answer.dropped.length > 0) head.push('x-dropped-params', answer.dropped.join(', '));
}

/** The configuration may name a model in any script; a header holds less. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}

/** What ids of ours begin with. */
const OWN = 'req_';

/** The caller's own id when it is one, so that a request can be followed through several systems. */
export function requestIdFor({ headers }: IncomingMessage): string {
  const own = headers['x-request-id'];
  return typeof own === 'string' && /^[\w.:-]{1,128}$/.test(own) ? own : flatText(OWN, orderedId());
}

const NO_CONTROL: Incoming['cacheControl'] = { noCache: false, noStore: false };

function cacheControl(header: string | undefined): Incoming['cacheControl'] {
  if (header === undefined) return NO_CONTROL;
  return { noCache: /\bno-cache\b/i.test(header), noStore: /\bno-store\b/i.test(header) };
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

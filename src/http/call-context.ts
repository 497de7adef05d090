/** Who calls, when, and whether they are still there. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ReportLimit } from '../accounts/ledger/report-limit.ts';
import type { RequestContext } from '../api/api-format.ts';
import type { ApiServices, Endpoint, Identity } from '../api/endpoint.ts';
import type { CallContext } from '../chat/incoming.ts';
import type { NewestRequests } from '../chat/newest-requests.ts';
import type { TraceContext } from '../events/receipt.ts';
import { invalidRequest } from '../failures/failure.ts';
import type { Access } from './access.ts';
import type { BodyReads } from './body-reads.ts';
import { OWN_ID_PREFIX } from './common-headers.ts';
import type { ConcurrencyLimit } from './concurrency-limit.ts';

/** What serving an endpoint needs beside the services that it calls itself. */
export interface EndpointDependencies extends ApiServices {
  readonly access: Access;
  readonly concurrency: ConcurrencyLimit;
  readonly bodyReads: BodyReads;
  /** Of endpoints that may be asked so many times a minute. */
  readonly throttles: Map<Endpoint, ReportLimit>;
  /** Ends what editors do not wait for any more. */
  readonly newest: NewestRequests;
  /** Demo mode: checks `x-simulate` and lets it through to the simulator. @throws {Error} saying what is wrong */
  readonly checkSimulate?: ((header: string) => void) | undefined;
}

/** One request on its way through an endpoint. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly id: string;
  /** What the reply has, whatever becomes of the request. */
  readonly head: string[];
  readonly context: RequestContext;
  /** `clock.elapsed()` and `clock.now()` at arrival. */
  readonly arrivedAt: number;
  readonly arrivedOn: number;
  /** The model that the path named, as Azure's clients have it. */
  readonly deployment: string | undefined;
  /** Who calls, from when that is known. */
  call: CallContext | undefined;
}

/** @returns a signal that aborts when the caller leaves before its reply has left */
function callerSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.on('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}

/** @param key sent where only this door's clients send it @throws {Failure} */
export async function callContext(
  exchange: Exchange,
  dependencies: EndpointDependencies,
  key?: string,
): Promise<{ call: CallContext; identity: Identity }> {
  const { request, response, id, arrivedAt, arrivedOn } = exchange;
  const signal = callerSignal(response);
  const identity = await dependencies.access.identify(request, key);
  const { caller, isAdmin } = identity;
  const { headers } = request;
  const call: CallContext = {
    id,
    // A row of the ledger that has it, too, needs no second index.
    ownId: id === headers['x-request-id'] ? undefined : id.slice(OWN_ID_PREFIX.length),
    caller,
    isAdmin,
    cacheControl: cacheControl(headers),
    upstreamHeaders: simulateHeader(request, dependencies.checkSimulate),
    user: typeof headers['x-user'] === 'string' ? headers['x-user'].slice(0, 256) || undefined : undefined,
    trace: traceContext(headers),
    signal,
    arrivedAt,
    arrivedOn,
  };
  exchange.call = call;
  return { call, identity };
}

/** https://www.w3.org/TR/trace-context/: version, trace id, parent id, flags; ids of zeros are none. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/;
const MAX_TRACESTATE = 512;

function traceContext({ traceparent, tracestate }: IncomingMessage['headers']): TraceContext | undefined {
  if (typeof traceparent !== 'string' || !TRACEPARENT.test(traceparent)) return undefined;
  const state =
    typeof tracestate === 'string' && tracestate.length <= MAX_TRACESTATE ? tracestate : undefined;
  return { traceparent, tracestate: state };
}

const NO_CONTROL: CallContext['cacheControl'] = { noCache: false, noStore: false };

function cacheControl(headers: IncomingMessage['headers']): CallContext['cacheControl'] {
  const { 'cache-control': header, 'x-semantic-cache': similar } = headers;
  if (header === undefined && similar === undefined) return NO_CONTROL;
  return {
    noCache: /\bno-cache\b/i.test(header ?? ''),
    noStore: /\bno-store\b/i.test(header ?? ''),
    ...(similar !== undefined && { similar: similarity(similar) }),
  };
}

/** @throws {Failure} for what would be taken for something else than was meant */
function similarity(header: string | string[]): 'off' | 'strict' {
  const value = String(header).trim().toLowerCase();
  if (value === 'off' || value === 'strict') return value;
  throw invalidRequest(
    'x-semantic-cache must be "off" (only the very same question) or "strict" (only small differences).',
    'x-semantic-cache',
  );
}

function simulateHeader(
  request: IncomingMessage,
  check: EndpointDependencies['checkSimulate'],
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

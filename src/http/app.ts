/** Who answers a request: the endpoints of the public API do without Express, which everything else goes through. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ErrorFormat, HeaderList } from '../api/api-format.ts';
import { readAttribution } from '../api/attribution.ts';
import { endpoints } from '../api/endpoints.ts';
import { errorsByVersion } from '../api/errors-by-version.ts';
import type { Clock } from '../core/clock.ts';
import { asFailure, Failure, invalidRequest } from '../failures/failure.ts';
import type { EndpointDependencies, Exchange } from './call-context.ts';
import { serveChat } from './chat-endpoint.ts';
import { commonHeaders, requestIdFor } from './common-headers.ts';
import { crossOrigin } from './cross-origin.ts';
import type { ExpressDependencies } from './express-app.ts';
import { servePlain } from './plain-endpoint.ts';
import { normalizePath } from './request-path.ts';
import { MALFORMED, type Match, routeTable } from './route-table.ts';
import { type RefusedFacts, refuse, sendFailure } from './send-reply.ts';

/** Everything the HTTP side needs. */
export interface AppDependencies extends EndpointDependencies, ExpressDependencies {
  readonly isDemo: boolean;
  readonly clock: Clock;
  readonly corsOrigins: readonly string[];
}

/**
 * What Express does for a request costs as much as all our own work on it, and loading it a quarter of the start: so
 * it is not there for what is asked thousands of times a second, nor before it is needed.
 */
export function createApp(dependencies: AppDependencies): RequestListener {
  const throughExpress = lazyExpress(dependencies);
  const find = routeTable(endpoints);
  const headersOf = commonHeaders(dependencies.isDemo);
  const allowOrigins = crossOrigin(dependencies.corsOrigins);
  const { clock } = dependencies;

  const serve = (match: Match | undefined, exchange: Exchange) => {
    const { request, response, head } = exchange;
    const ended = match ? serveMatch(match, exchange, dependencies) : throughExpress(request, response, head);
    ended.catch((error: unknown) => {
      const format: ErrorFormat = match?.endpoint.format ?? errorsByVersion;
      try {
        refuse(error, refusedFacts(exchange, match, clock), { response, head, format }, dependencies.events);
      } catch {
        // A header cannot be sent; those that every reply has can.
        sendFailure(response, asFailure(error), exchange.id, headersOf(exchange.id), format);
      }
    });
  };
  return (request, response) => {
    const deployment = normalizePath(request);
    const id = requestIdFor(request);
    const head = headersOf(id);
    const match = find(request.method!, request.url!);
    const exchange: Exchange = {
      request,
      response,
      id,
      head,
      context: { headers: request.headers, params: match?.params ?? {}, query: match?.query ?? '' },
      arrivedAt: clock.elapsed(),
      arrivedOn: clock.now(),
      deployment,
      call: undefined,
    };
    if (!allowOrigins) return serve(match, exchange);
    // The reply to a preflight request is made there and then.
    if (request.method === 'OPTIONS') setHeaders(response, head);
    allowOrigins(request, response, () => serve(match, exchange));
  };
}

async function serveMatch(
  { endpoint, takesMethod, allow }: Match,
  exchange: Exchange,
  dependencies: AppDependencies,
): Promise<void> {
  if (exchange.context.params === MALFORMED) throw invalidRequest('The path is not valid percent-encoding.');
  if (!takesMethod) {
    const { request, head } = exchange;
    head.push('allow', allow);
    const message = `${pathOf(request.url!)} takes ${allow}, not ${request.method}.`;
    throw new Failure('invalid_request', message, { status: 405 });
  }
  if (endpoint.kind === 'chat') await serveChat(endpoint, exchange, dependencies);
  else await servePlain(endpoint, exchange, dependencies);
}

/** What is told of a request that was not admitted. */
function refusedFacts(
  { request, id, arrivedAt, call }: Exchange,
  match: Match | undefined,
  clock: Clock,
): RefusedFacts {
  const { endpoint } = match ?? {};
  return {
    requestId: id,
    path: pathOf(request.url!),
    route: endpoint?.paths[0],
    door: endpoint?.kind === 'chat' ? endpoint.format.name : undefined,
    keyId: call?.caller.keyId ?? null,
    projectId: call?.caller.projectId ?? null,
    ...readAttribution(request.headers, undefined),
    duration_ms: clock.elapsed() - arrivedAt,
    trace: call?.trace,
  };
}

/** Express from its first request on. */
function lazyExpress(dependencies: AppDependencies) {
  let app: Promise<RequestListener> | undefined;
  const load = async () => (await import('./express-app.ts')).createExpressApp(dependencies);
  return async (request: IncomingMessage, response: ServerResponse, head: HeaderList) => {
    app ??= load();
    const listener = await app;
    setHeaders(response, head);
    head.length = 0;
    listener(request, response);
  };
}

function setHeaders(response: ServerResponse, head: HeaderList): void {
  for (let at = 0; at < head.length; at += 2) response.setHeader(head[at]!, head[at + 1]!);
}

function pathOf(url: string): string {
  return url.split('?', 1)[0]!;
}

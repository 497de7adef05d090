/** An endpoint that answers in one piece by a function of its own. */
import { ReportLimit } from '../accounts/ledger/report-limit.ts';
import type { Identity, PlainEndpoint } from '../api/endpoint.ts';
import type { CallContext } from '../chat/incoming.ts';
import { Failure } from '../failures/failure.ts';
import { callContext, type EndpointDependencies, type Exchange } from './call-context.ts';
import { sendEvents } from './event-source.ts';
import { sendText } from './send-reply.ts';
import { isSecure, refuseOtherSites } from './session-cookie.ts';

/**
 * Times a minute that a caller may ask for what is free and cheap: a lookup or a list from memory, such as the receipt of every
 * call of a busy key, and no way to keep the server busy.
 */
const MAX_PER_MINUTE = 3_000;

/** @throws {Failure} */
export async function servePlain(
  endpoint: PlainEndpoint,
  exchange: Exchange,
  dependencies: EndpointDependencies,
): Promise<void> {
  const { format, hasBody, isCall, isForOwnPages, maxBodyBytes } = endpoint;
  const { request, response, id, head, context } = exchange;
  const { concurrency, bodyReads } = dependencies;
  if (isCall) concurrency.checkDraining();
  if (isForOwnPages) refuseOtherSites(request);
  const { call, identity } = await identified(endpoint, exchange, dependencies);
  const address = request.socket.remoteAddress ?? '';
  const scope = identity?.caller.scope ?? address;
  const perMinute = endpoint.perMinute ?? (identity && !identity.isAdmin ? MAX_PER_MINUTE : undefined);
  if (perMinute) throttle(endpoint, perMinute, call?.caller.keyId ?? address, dependencies);
  const json = hasBody
    ? await bodyReads.readJson(request, scope, exchange.deployment, maxBodyBytes)
    : undefined;
  const ended = isCall ? concurrency.enter(response) : undefined;
  try {
    const reply = await endpoint.answer(
      {
        ...context,
        body: json,
        call,
        identity,
        address,
        isSecure: isSecure(request),
        identify: async () => dependencies.access.identify(request, format.keyOf?.(context)),
      },
      dependencies,
    );
    if (response.destroyed && !reply.events) return;
    // What one caller may see is for no store on the way to another.
    if (endpoint.access !== 'anyone' || endpoint.identifies) head.push('cache-control', 'no-store');
    head.push(...(reply.headers ?? []), ...(format.headers?.(id, undefined) ?? []));
    const status = reply.status ?? 200;
    if (reply.events) await sendEvents(response, head, reply.events);
    else if (reply.text) await sendText(response, status, reply.text.text, head, reply.text.contentType);
    else if (reply.body) await sendText(response, status, JSON.stringify(reply.body), head);
    else response.writeHead(status, head).end();
  } finally {
    ended?.();
  }
}

/** Who asks, as far as the endpoint wants to know. @throws {Failure} `unauthorized` for who may not */
async function identified(
  { access, format, identifies }: PlainEndpoint,
  exchange: Exchange,
  dependencies: EndpointDependencies,
): Promise<{ call?: CallContext; identity?: Identity }> {
  const { context } = exchange;
  const identify = () => callContext(exchange, dependencies, format.keyOf?.(context));
  // Where anyone may ask, a key that is wrong is as good as none.
  if (access === 'scraper') {
    await dependencies.access.checkScraper(exchange.request);
    return {};
  }
  if (access === 'anyone') return identifies?.(context) ? identify().catch(() => ({})) : {};
  const known = await identify();
  const { isAdmin, mayManage } = known.identity;
  if (access === 'admin' && !isAdmin) throw forbidden('This is for the administrator.');
  if (access === 'manager' && !mayManage) {
    throw forbidden(
      'Only the administrator key manages keys and projects: set ADMIN_KEY and send it, or use the command `keys` (`npm run keys`, `codellama-server keys`).',
    );
  }
  return known;
}

function forbidden(message: string): Failure {
  return new Failure('unauthorized', message, { status: 403 });
}

/** @param asker a key, or the address of one who needs none @throws {Failure} `rate_limited` */
function throttle(
  endpoint: PlainEndpoint,
  perMinute: number,
  asker: string,
  { throttles, chat }: EndpointDependencies,
): void {
  let limit = throttles.get(endpoint);
  if (!limit) {
    limit = new ReportLimit(chat().clock, perMinute, `requests to ${endpoint.paths[0]}`);
    throttles.set(endpoint, limit);
  }
  limit.take(asker);
}

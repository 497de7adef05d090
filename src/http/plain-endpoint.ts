/** An endpoint that answers in one piece by a function of its own. */
import type { PlainEndpoint } from '../api/endpoint.ts';
import { Failure } from '../failures/failure.ts';
import { readJson } from './body.ts';
import {
  callContext,
  callerSignal,
  type EndpointDependencies,
  type Exchange,
  enter,
} from './call-context.ts';
import { sendText } from './errors.ts';

/** @throws {Failure} */
export async function servePlain(
  endpoint: PlainEndpoint,
  exchange: Exchange,
  dependencies: EndpointDependencies,
): Promise<void> {
  const { format, access, hasBody, isCall } = endpoint;
  const { request, response, id, head, context } = exchange;
  const { concurrency, bodyReads, maxBodyBytes } = dependencies;
  if (isCall) concurrency.checkDraining();
  const identify = () => callContext(exchange, callerSignal(response), dependencies, format.keyOf?.(context));
  // Where anyone may ask, a key that is wrong is as good as none.
  const call =
    access !== 'anyone'
      ? await identify()
      : endpoint.identifies?.(context)
        ? await identify().catch(() => undefined)
        : undefined;
  if (access === 'admin' && !call?.isAdmin)
    throw new Failure('unauthorized', 'This is for the administrator.', { status: 403 });
  const json = hasBody
    ? await bodyReads.within(call?.caller.scope ?? '', () => readJson(request, maxBodyBytes))
    : undefined;
  const ended = isCall ? enter(response, concurrency) : undefined;
  try {
    const reply = await endpoint.answer({ ...context, body: json, call }, dependencies);
    if (response.destroyed) return;
    head.push(...(reply.headers ?? []), ...(format.headers?.(id, undefined) ?? []));
    if (reply.body) sendText(response, reply.status ?? 200, JSON.stringify(reply.body), head);
    else response.writeHead(reply.status ?? 200, head).end();
  } finally {
    ended?.();
  }
}

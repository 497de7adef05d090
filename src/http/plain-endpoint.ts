/** An endpoint that answers in one piece by a function of its own. */
import type { PlainEndpoint } from '../api/endpoint.ts';
import { Stop } from '../core/stop-signal.ts';
import { readJson } from './body.ts';
import { callContext, type EndpointDependencies, type Exchange, enter } from './call-context.ts';
import { sendText } from './errors.ts';

/** @throws {Failure} */
export async function servePlain(
  endpoint: PlainEndpoint,
  exchange: Exchange,
  dependencies: EndpointDependencies,
): Promise<void> {
  if (!endpoint.isCall) return answer(endpoint, exchange, new Stop(), dependencies);
  const { signal, ended } = enter(exchange.response, dependencies.concurrency);
  try {
    await answer(endpoint, exchange, signal, dependencies);
  } finally {
    ended();
  }
}

async function answer(
  endpoint: PlainEndpoint,
  exchange: Exchange,
  signal: Stop | ReturnType<typeof enter>['signal'],
  dependencies: EndpointDependencies,
): Promise<void> {
  const { format, access, hasBody } = endpoint;
  const { request, response, id, head, context } = exchange;
  const call =
    access === 'anyone'
      ? undefined
      : await callContext(exchange, signal, dependencies, format.keyOf?.(context));
  const json = hasBody ? await readJson(request, dependencies.maxBodyBytes) : undefined;
  const {
    status = 200,
    headers,
    body,
  } = await endpoint.answer({ ...context, body: json, call }, dependencies);
  if (response.destroyed) return;
  head.push(...(headers ?? []), ...(format.headers?.(id, undefined) ?? []));
  if (body) sendText(response, status, JSON.stringify(body), head);
  else response.writeHead(status, head).end();
}

/** Who answers a request: the hot route and the health checks do without Express, which everything else goes through. */
import type { RequestListener } from 'node:http';
import helmet from 'helmet';
import { CHAT_PATHS, completions, requestIdFor } from './completions.ts';
import { sendText } from './errors.ts';
import { type AppParts, headOfAll, refuse } from './every-reply.ts';
import { healthReply } from './health.ts';
import { normalizePath } from './request-path.ts';

/**
 * What Express does for a request costs as much as all our own work on it, and loading it a quarter of the start: so
 * it is not there for what is asked thousands of times a second, nor before it is needed.
 */
export function createApp(parts: AppParts): RequestListener {
  const throughExpress = lazyExpress(parts);
  if (parts.corsOrigins.length > 0) {
    return (request, response) => {
      normalizePath(request);
      throughExpress(request, response);
    };
  }
  const answer = completions(parts);
  const safe = helmet();
  return (request, response) => {
    normalizePath(request);
    const { method, url } = request;
    if (method === 'POST' && CHAT_PATHS.includes(url!)) {
      const id = requestIdFor(request);
      const head = headOfAll(id, parts);
      head.push('x-content-type-options', 'nosniff');
      answer(request, response, id, head).catch((error: unknown) =>
        refuse(error, { path: url!, id, head }, response, parts.log),
      );
      return;
    }
    const health = method === 'GET' ? healthReply(url!, parts) : undefined;
    if (!health) return throughExpress(request, response);
    const head = headOfAll(requestIdFor(request), parts);
    safe(request, response, () => sendText(response, health.status, JSON.stringify(health.body), head));
  };
}

/** Express from its first request on. */
function lazyExpress(parts: AppParts): RequestListener {
  let app: Promise<RequestListener> | undefined;
  const load = async () => (await import('./express-app.ts')).createExpressApp(parts);
  return async (request, response) => {
    try {
      app ??= load();
      (await app)(request, response);
    } catch (error) {
      const id = requestIdFor(request);
      refuse(error, { path: request.url!, id, head: headOfAll(id, parts) }, response, parts.log);
    }
  };
}

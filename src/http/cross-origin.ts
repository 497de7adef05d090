/** Cross-origin requests from browsers (CORS), for the origins that are configured. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import cors from 'cors';

/** Headers our callers need to read from a browser. */
const EXPOSED = [
  'x-request-id',
  'request-id',
  'x-model',
  'x-attempts',
  'x-cache',
  'x-cache-differences',
  'x-cache-request',
  'age',
  'x-cost-usd',
  'x-demo',
  'x-dropped-params',
  'retry-after',
  ...['limit', 'remaining', 'reset'].flatMap((part) => [
    `x-ratelimit-${part}-requests`,
    `x-ratelimit-${part}-tokens`,
  ]),
];

/** @returns a step that answers preflight requests and lets all others go on to `next`; nothing without origins */
export function crossOrigin(origins: readonly string[]) {
  if (origins.length === 0) return undefined;
  const origin = origins.includes('*') ? '*' : [...origins];
  return cors<IncomingMessage>({ origin, exposedHeaders: EXPOSED, maxAge: 86_400 }) as (
    request: IncomingMessage,
    response: ServerResponse,
    next: () => void,
  ) => void;
}

/** Headers that every reply has, whichever route gives it. */
import type { IncomingMessage as Request } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';
import type { HeaderList } from '../api/api-format.ts';
import { orderedId } from '../core/ids.ts';
import { IncomingMessage, ServerResponse } from '../core/node-http.ts';

/** What ids of ours begin with. */
export const OWN_ID_PREFIX = 'req_';

/** The caller's own id when it is one, so that a request can be followed through several systems. */
export function requestIdFor({ headers }: Request): string {
  const own = headers['x-request-id'];
  return typeof own === 'string' && /^[\w.:-]{1,128}$/.test(own) ? own : OWN_ID_PREFIX + orderedId();
}

/** @returns the headers for a request id; each time a list of its own, to which more may be added */
export function commonHeaders(isDemo: boolean): (id: string) => HeaderList {
  const fixed = [...securityHeaders(), ...(isDemo ? ['x-demo', 'true'] : [])];
  return (id) => ['x-request-id', id, ...fixed];
}

/**
 * Pages take scripts, styles and data from this server alone, and nothing that is written into them. Nothing here asks for TLS,
 * which this server does not speak: a proxy that adds TLS sets such headers itself.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** What helmet sets is the same for every reply, so it is asked once. */
function securityHeaders(): HeaderList {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  helmet({
    contentSecurityPolicy: false,
    strictTransportSecurity: false,
    xFrameOptions: { action: 'deny' },
    // Ignored, with a complaint in the console, where a page is not served over TLS.
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
  })(response.req, response, () => {});
  const others = Object.entries(response.getHeaders()).flatMap(([name, value]) => [name, String(value)]);
  return ['content-security-policy', CONTENT_SECURITY_POLICY, ...others];
}

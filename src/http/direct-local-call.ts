/**
 * Open mode serves this machine and nobody else. What decides is that nothing stands between the caller and this process: a
 * reverse proxy on the same machine connects from loopback, too, and would let the world in.
 */
import type { IncomingMessage } from 'node:http';

/** Headers that proxies, load balancers and CDNs add; a direct call has none of them. */
const ADDED_BY_PROXIES =
  /^(?:forwarded|via|x-forwarded(?:-.*)?|x-real-ip|x-original-.*|x-client-ip|x-cluster-client-ip|x-envoy-.*|x-arr-.*|x-amzn-.*|x-azure-.*|cf-.*|cdn-loop|true-client-ip|client-ip|fastly-.*|fly-.*|x-nginx-.*|x-vercel-.*|x-cloud-trace-context|x-railway-.*|x-appengine-.*|x-akamai-.*|akamai-.*|x-sucuri-.*|x-varnish|ngrok-.*|x-host|x-scheme|tailscale-.*|wl-proxy-.*|proxy-connection|max-forwards)$/;
/** Names of whom a proxy speaks for, whoever made it: `do-connecting-ip`, `x-azure-clientip`, `x-remote-addr`. */
const NAMES_A_CALLER = /-(?:client)?ip$|(?:^|-)remote-(?:addr|address|host|ip|user)$/;

/**
 * @param corsOrigins web origins the owner has named: their pages may call, all others may not
 * @returns whether the call comes from a program or page of this machine, with nothing in between
 */
export function isDirectLocalCall(request: IncomingMessage, corsOrigins: readonly string[]): boolean {
  const { headers, socket } = request;
  if (!isLoopback(socket.remoteAddress ?? '')) return false;
  // nginx speaks HTTP/1.0 to what is behind it unless told otherwise; no client of today does.
  if (request.httpVersionMajor === 1 && request.httpVersionMinor === 0) return false;
  for (const name in headers) if (ADDED_BY_PROXIES.test(name) || NAMES_A_CALLER.test(name)) return false;
  // Of two names somebody else may believe the other one.
  if (request.headersDistinct.host?.length !== 1) return false;
  // A foreign host name that resolves to this address: DNS rebinding.
  if (!isLocalName(hostName(headers.host ?? ''))) return false;
  const { origin, referer } = headers;
  const isWelcome = (page: string) =>
    isOwnPage(page, headers.host) || corsOrigins.some((one) => page === one || page.startsWith(`${one}/`));
  if (origin !== undefined) return isWelcome(origin);
  // Browsers leave the origin out of some requests of other sites, such as images and links; old ones say only the page.
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  return referer === undefined || isWelcome(referer);
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
}

function isLocalName(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name);
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase();
}

/** @param page its address, or only its origin */
function isOwnPage(page: string, host: string | undefined): boolean {
  return URL.parse(page)?.host === host;
}

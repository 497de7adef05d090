/**
 * The cookie of a browser that is signed in, and what keeps other sites from using it: scripts cannot read it, browsers do
 * not send it along from other sites, and what changes anything must come from a page of this very server.
 */
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { COOKIE, SECURE_COOKIE } from '../api/session-cookie.ts';
import { Failure } from '../failures/failure.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** @returns what the cookie holds, valid or not */
export function sessionTokenOf({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  const { cookie } = headers;
  if (!cookie?.includes(COOKIE)) return undefined;
  const values = new Map<string, string>();
  for (const part of cookie.split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0) values.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
  }
  return values.get(SECURE_COOKIE) ?? values.get(COOKIE);
}

/** This connection, or the one of a proxy before us. Whoever lies about it only makes their own cookie stricter. */
export function isSecure({ socket, headers }: IncomingMessage): boolean {
  return (socket as TLSSocket).encrypted === true || /^https\b/i.test(String(headers['x-forwarded-proto']));
}

/**
 * A request that acts by its cookie must come from a page of this server: browsers say so by themselves.
 * @throws {Failure} `unauthorized` (403)
 */
export function checkSameOrigin(request: IncomingMessage): void {
  if (SAFE_METHODS.has(request.method!) || originOf(request) === 'own') return;
  throw fromElsewhere();
}

/** What programs send, which say nothing of an origin, is let through. @throws {Failure} `unauthorized` (403) */
export function refuseOtherSites(request: IncomingMessage): void {
  if (originOf(request) === 'other') throw fromElsewhere();
}

/** `undefined`: nothing is said. */
function originOf({ headers }: IncomingMessage): 'own' | 'other' | undefined {
  const { 'sec-fetch-site': site, origin } = headers;
  if (site !== undefined) return site === 'same-origin' ? 'own' : 'other';
  if (origin === undefined) return undefined;
  return URL.canParse(origin) && new URL(origin).host === headers.host ? 'own' : 'other';
}

function fromElsewhere(): Failure {
  const message = 'A browser session may be used from the pages of this server alone: send a key instead.';
  return new Failure('unauthorized', message, { status: 403 });
}

/**
 * Who may call. With `ADMIN_KEY` every call needs a key. Without it (open mode) only this very machine is served, so
 * that neither a reverse proxy, a web page nor DNS rebinding can spend the owner's money.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Failure } from '../routing/failures.ts';

export interface Caller {
  /** Answers are cached and shared only within one scope. */
  readonly scope: string;
  readonly keyId: string | null;
}

export interface AccessSettings {
  readonly adminKey: string | undefined;
  readonly allowAnonymous: boolean;
  readonly corsOrigins: readonly string[];
}

const LOCAL: Caller = { scope: 'local', keyId: null };
const ANONYMOUS: Caller = { scope: 'anonymous', keyId: null };
const ADMIN: Caller = { scope: 'admin', keyId: 'admin' };

/** @throws {Failure} `unauthorized`, saying what to set or send */
export function identify(request: IncomingMessage, settings: AccessSettings): Caller {
  if (settings.adminKey !== undefined) return withKey(request, settings.adminKey);
  if (settings.allowAnonymous) return ANONYMOUS;
  if (isLocal(request, settings.corsOrigins)) return LOCAL;
  throw new Failure(
    'unauthorized',
    'Without ADMIN_KEY this server answers only direct calls from its own machine. Set ADMIN_KEY (and send it as ' +
      '`Authorization: Bearer …`), or ALLOW_ANONYMOUS=true to open it to everyone on purpose.',
  );
}

function withKey(request: IncomingMessage, adminKey: string): Caller {
  const header = request.headers['x-api-key'] ?? request.headers.authorization?.replace(/^Bearer\s+/i, '');
  const key = Array.isArray(header) ? header[0] : header;
  if (!key) {
    throw new Failure(
      'unauthorized',
      'A key is needed: send it as `Authorization: Bearer …` or `x-api-key: …`.',
    );
  }
  if (!isEqual(key.trim(), adminKey)) throw new Failure('unauthorized', 'This key is not known here.');
  return ADMIN;
}

/** In constant time, also for keys of different length. */
function isEqual(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}

function isLocal(request: IncomingMessage, corsOrigins: readonly string[]): boolean {
  const { headers, socket } = request;
  if (!isLoopback(socket.remoteAddress ?? '')) return false;
  if (headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined) return false;
  if (!isLocalName(hostName(headers.host ?? ''))) return false;
  const { origin } = headers;
  return origin === undefined || corsOrigins.includes(origin) || isOwnOrigin(origin, headers.host);
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

/** A page of this server's own. */
function isOwnOrigin(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host;
}

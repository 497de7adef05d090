/**
 * Who may call. With `ADMIN_KEY` every call needs a key. Without it (open mode) only this very machine is served, so
 * that neither a reverse proxy, a web page nor DNS rebinding can spend the owner's money.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type AuthenticatedKey, callerWithoutLimits } from '../accounts/admission/caller.ts';
import type { BrowserSession } from '../accounts/keys/browser-sessions.ts';
import type { Key } from '../accounts/keys/key.ts';
import type { Identity, SessionServices } from '../api/endpoint.ts';
import { Failure, invalidRequest } from '../failures/failure.ts';
import { isDirectLocalCall } from './direct-local-call.ts';
import { checkSameOrigin, sessionTokenOf } from './session-cookie.ts';

/** What the settings say of who may call. */
export interface AccessSettings {
  readonly adminKey: string | undefined;
  /** May read the metrics and nothing else. */
  readonly metricsToken?: string | undefined;
  readonly allowAnonymous: boolean;
  /** In open mode this machine may manage keys over HTTP; without it only `npm run keys` does. */
  readonly openAdmin: boolean;
  readonly corsOrigins: readonly string[];
}

/** Where caller keys are known. */
export interface KeyAuthenticator {
  /**
   * Before a secret is compared that may be guessed: guesses of it are slowed down like those of any key. One that is wrong goes
   * to `authenticate`, which counts it.
   * @throws {Failure} `rate_limited` after too many unknown keys
   */
  checkAddress(address: string): void;
  /**
   * @param address of the caller, for those who try keys out
   * @returns a promise only where the key has to be looked up
   * @throws {Failure} `unauthorized` for a key that is unknown, expired or revoked, `rate_limited` for too many of
   * them, `overloaded` (503) when keys cannot be looked up now
   */
  authenticate(token: string, address: string): AuthenticatedKey | Promise<AuthenticatedKey>;
  /** The caller of a key that was authenticated before. */
  callerOf(key: Key): AuthenticatedKey;
}

const LOCAL: Identity = {
  caller: callerWithoutLimits('local'),
  key: undefined,
  isAdmin: true,
  mayManage: false,
};
const LOCAL_ADMIN: Identity = { ...LOCAL, mayManage: true };
const ANONYMOUS: Identity = {
  caller: callerWithoutLimits('anonymous'),
  key: undefined,
  isAdmin: false,
  mayManage: false,
};
const ADMIN: Identity = {
  caller: callerWithoutLimits('admin', 'admin'),
  key: undefined,
  isAdmin: true,
  mayManage: true,
};

/** Where browsers that are signed in are known. */
export interface SessionAuthenticator {
  begin(owner: BrowserSession['owner']): Promise<{ token: string; expiresAt: number }>;
  find(token: string): Promise<BrowserSession | undefined>;
  end(token: string): Promise<void>;
}

/** Finds out who calls: by a key, by the cookie of a signed-in browser, or by being on this machine. */
export class Access implements SessionServices {
  readonly #settings: AccessSettings;
  readonly #authenticator: KeyAuthenticator;
  readonly #sessions: SessionAuthenticator;
  readonly #adminKey: Secret | undefined;
  readonly #metricsToken: Secret | undefined;

  constructor(
    settings: AccessSettings,
    { authenticator, sessions }: { authenticator: KeyAuthenticator; sessions: SessionAuthenticator },
  ) {
    this.#settings = settings;
    this.#authenticator = authenticator;
    this.#sessions = sessions;
    this.#adminKey = secretOf(settings.adminKey);
    this.#metricsToken = secretOf(settings.metricsToken);
  }

  /**
   * A key counts more than a browser's session.
   * @param key found elsewhere than in the usual headers
   * @returns a promise only where something has to be looked up
   * @throws {Failure} `unauthorized`, saying what to set or send
   */
  identify(request: IncomingMessage, key?: string): Identity | Promise<Identity> {
    const token = tokenOf(request) ?? key;
    if (token === undefined) {
      const session = sessionTokenOf(request);
      if (session !== undefined) return this.#withSession(session, request);
    }
    return this.#withoutSession(request, token);
  }

  async signIn(key: string, address: string): Promise<Identity> {
    if (!this.#adminKey && !isCallerKey(key)) {
      const message = 'There is no ADMIN_KEY here to sign in with: only caller keys (sk-cl-…) are taken.';
      throw invalidRequest(message, 'key');
    }
    const identity = await this.#withKey(key, address);
    const owner = identity.key ? ({ kind: 'key', key: identity.key } as const) : ({ kind: 'admin' } as const);
    return { ...identity, session: await this.#sessions.begin(owner) };
  }

  signOut(token: string): Promise<void> {
    return this.#sessions.end(token);
  }

  async #withSession(token: string, request: IncomingMessage): Promise<Identity> {
    const found = await this.#sessions.find(token);
    // One that is over is none: in open mode nobody needs one.
    if (!found || !this.#isServed(request)) return this.#withoutSession(request, undefined);
    checkSameOrigin(request);
    const { owner, expiresAt } = found;
    const session = { token, expiresAt };
    if (owner.kind === 'admin') return { ...ADMIN, session };
    return { ...this.#authenticator.callerOf(owner.key), session };
  }

  /** In open mode only this machine is, whatever it sends. */
  #isServed(request: IncomingMessage): boolean {
    const { allowAnonymous, corsOrigins } = this.#settings;
    return this.#adminKey !== undefined || allowAnonymous || isDirectLocalCall(request, corsOrigins);
  }

  #withoutSession(request: IncomingMessage, token: string | undefined): Identity | Promise<Identity> {
    const address = request.socket.remoteAddress ?? '';
    if (this.#adminKey) {
      if (!token)
        throw new Failure(
          'unauthorized',
          'A key is needed: send it as `Authorization: Bearer …` or `x-api-key: …`.',
        );
      return this.#withKey(token, address);
    }
    const { allowAnonymous, openAdmin } = this.#settings;
    if (!this.#isServed(request))
      throw new Failure(
        'unauthorized',
        'Without ADMIN_KEY this server answers only direct calls from its own machine. Set ADMIN_KEY (and send it as ' +
          '`Authorization: Bearer …`), or ALLOW_ANONYMOUS=true to open it to everyone on purpose.',
      );
    // OpenAI clients send some key in any case; here only one of ours means anything.
    if (token && isCallerKey(token)) return this.#withKey(token, address);
    if (allowAnonymous) return ANONYMOUS;
    return openAdmin ? LOCAL_ADMIN : LOCAL;
  }

  /** Checks that the caller may read the metrics. @throws {Failure} `unauthorized`, saying what to set or send */
  async checkScraper(request: IncomingMessage): Promise<void> {
    const token = tokenOf(request);
    if (token && this.#is(this.#metricsToken, token, request.socket.remoteAddress ?? '')) return;
    const { isAdmin } = await this.identify(request);
    if (isAdmin) return;
    const message = 'The metrics are for the administrator: send the admin key, or METRICS_TOKEN.';
    throw new Failure('unauthorized', message, { status: 403 });
  }

  /** The administrator's key or a caller's. */
  #withKey(token: string, address: string): Identity | Promise<Identity> {
    if (this.#is(this.#adminKey, token, address)) return ADMIN;
    return this.#authenticator.authenticate(token, address);
  }

  /** In constant time, also for secrets of different length. @throws {Failure} `rate_limited` for guesses of one that may be guessed */
  #is(secret: Secret | undefined, token: string, address: string): boolean {
    if (!secret || isCallerKey(token)) return false;
    if (secret.mayBeGuessed) this.#authenticator.checkAddress(address);
    return timingSafeEqual(digest(token), secret.digest);
  }
}

/** What the owner has made up, or let a program make. */
interface Secret {
  readonly digest: Buffer;
  /** It is short enough to be found by trying: then it is not compared for addresses from which many unknown keys came. */
  readonly mayBeGuessed: boolean;
}

/** Characters of a secret that no number of tries finds; `openssl rand -hex 24` makes 48. */
const BEYOND_GUESSING = 40;

function secretOf(text: string | undefined): Secret | undefined {
  return text === undefined
    ? undefined
    : { digest: digest(text), mayBeGuessed: text.length < BEYOND_GUESSING };
}

function isCallerKey(token: string): boolean {
  return token.startsWith('sk-cl-');
}

/** The headers that clients send a key in, `api-key` being that of Azure's: the first that is not empty counts. */
function tokenOf({ headers }: IncomingMessage): string | undefined {
  const bearer = headers.authorization?.replace(/^Bearer(?:\s+|$)/i, '');
  for (const header of [headers['x-api-key'], bearer, headers['api-key']]) {
    const token = (Array.isArray(header) ? header[0] : header)?.trim();
    if (token) return token;
  }
  return undefined;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

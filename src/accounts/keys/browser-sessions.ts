import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../core/clock.ts';
import { HOUR } from '../../core/durations.ts';
import { atMost } from '../../core/entry-bound.ts';
import type { Database } from '../database/database.ts';
import type { Key } from './key.ts';
import type { KeyStore } from './key-store.ts';

/** Milliseconds a session lasts, used or not. */
export const SESSION_LIFETIME = 12 * HOUR;
/** Of one key, or of the administrator: with one more the oldest ends. */
const MAX_SESSIONS = 50;
/** Milliseconds after which a session is looked up again: another process may have ended it. */
const FRESH = 5_000;
const MAX_KNOWN = 10_000;

/** Whose session it is; a caller's has the key as it is now. */
export type SessionOwner = { readonly kind: 'admin' } | { readonly kind: 'key'; readonly key: Key };

/** Whose browser it is, and until when. */
export interface BrowserSession {
  readonly owner: SessionOwner;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

interface Known {
  readonly session: BrowserSession | undefined;
  readonly at: number;
}

/**
 * Browsers that are signed in. A session is a long random word in a cookie; the database has only its keyed hash, so that it
 * holds for all processes and restarts, and signing out ends it everywhere.
 */
export class BrowserSessions {
  readonly #database: Database;
  readonly #keys: KeyStore;
  readonly #clock: Clock;
  readonly #adminKey: string | undefined;
  readonly #known = new LRUCache<string, Known>(atMost(MAX_KNOWN));

  /** @param adminKey a session of the administrator ends when it changes */
  constructor(database: Database, keys: KeyStore, clock: Clock, adminKey: string | undefined) {
    this.#database = database;
    this.#keys = keys;
    this.#clock = clock;
    this.#adminKey = adminKey;
  }

  /** @returns the token for the cookie */
  async begin(owner: SessionOwner): Promise<{ token: string; expiresAt: number }> {
    const token = randomBytes(32).toString('base64url');
    const now = this.#clock.now();
    const expiresAt = now + SESSION_LIFETIME;
    const db = await this.#database.queries();
    const ownerId = await this.#ownerId(owner);
    await db.deleteFrom('sessions').where('expires_at', '<=', now).execute();
    await db
      .insertInto('sessions')
      .values({ hash: await this.#keys.hashOf(token), owner: ownerId, expires_at: expiresAt })
      .execute();
    const kept = db
      .selectFrom('sessions')
      .select('hash')
      .where('owner', '=', ownerId)
      .orderBy('expires_at', 'desc')
      .limit(MAX_SESSIONS);
    await db.deleteFrom('sessions').where('owner', '=', ownerId).where('hash', 'not in', kept).execute();
    return { token, expiresAt };
  }

  /** @returns nothing for a session that is unknown, over, or whose key works no more */
  async find(token: string): Promise<BrowserSession | undefined> {
    if (!/^[\w-]{43}$/.test(token)) return undefined;
    const known = this.#known.get(token);
    const session =
      known && this.#clock.elapsed() - known.at < FRESH ? known.session : await this.#lookUp(token);
    const now = this.#clock.now();
    if (!session || session.expiresAt <= now) return undefined;
    return session.owner.kind === 'key' && !isValid(session.owner.key, now) ? undefined : session;
  }

  async end(token: string): Promise<void> {
    const db = await this.#database.queries();
    await db
      .deleteFrom('sessions')
      .where('hash', '=', await this.#keys.hashOf(token))
      .execute();
    this.#known.delete(token);
  }

  /** All of a key: it has a new secret, and who knew the old one must not stay. */
  async endAllOf(keyId: string): Promise<void> {
    const db = await this.#database.queries();
    await db.deleteFrom('sessions').where('owner', '=', `key:${keyId}`).execute();
    this.#known.clear();
  }

  /** After a change of keys in this process. */
  forgetAll(): void {
    this.#known.clear();
  }

  async #lookUp(token: string): Promise<BrowserSession | undefined> {
    const session = await this.#read(token);
    this.#known.set(token, { session, at: this.#clock.elapsed() });
    return session;
  }

  async #read(token: string): Promise<BrowserSession | undefined> {
    const db = await this.#database.queries();
    const hash = await this.#keys.hashOf(token);
    const row = await db.selectFrom('sessions').selectAll().where('hash', '=', hash).executeTakeFirst();
    if (!row) return undefined;
    const expiresAt = row.expires_at;
    if (row.owner.startsWith('key:')) {
      const key = await this.#keys.get(row.owner.slice('key:'.length));
      return key && { owner: { kind: 'key', key }, expiresAt };
    }
    const admin: SessionOwner = { kind: 'admin' };
    return row.owner === (await this.#ownerId(admin)) ? { owner: admin, expiresAt } : undefined;
  }

  async #ownerId(owner: SessionOwner): Promise<string> {
    if (owner.kind === 'key') return `key:${owner.key.id}`;
    return `admin:${await this.#keys.hashOf(this.#adminKey ?? '')}`;
  }
}

function isValid({ revokedAt, blockedAt, expiresAt }: Key, now: number): boolean {
  return revokedAt === null && blockedAt === null && (expiresAt === null || expiresAt > now);
}

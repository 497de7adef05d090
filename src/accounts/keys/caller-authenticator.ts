import type { Clock } from '../../core/clock.ts';
import { Failure } from '../../failures/failure.ts';
import type { Admission } from '../admission/admission.ts';
import { type AuthenticatedKey, callerWithKey } from '../admission/caller.ts';
import { FailedAuthLimiter } from './failed-auth-limiter.ts';
import type { Key } from './key.ts';
import { KeyCache } from './key-cache.ts';
import type { KeyStore } from './key-store.ts';
import { KeysAtHand } from './keys-at-hand.ts';

/** From the secret a caller sends to the caller it belongs to; guesses are slowed down, and keys at hand need no database. */
export class CallerAuthenticator {
  readonly #cache: KeyCache;
  readonly #atHand: KeysAtHand;
  readonly #failures: FailedAuthLimiter;
  readonly #admission: Admission;
  readonly #clock: Clock;
  /** A key from the cache has one caller. */
  readonly #callers = new WeakMap<Key, AuthenticatedKey>();

  constructor(keys: KeyStore, admission: Admission, clock: Clock) {
    this.#cache = new KeyCache((token) => keys.byToken(token), clock);
    this.#atHand = new KeysAtHand(keys, clock);
    this.#failures = new FailedAuthLimiter(clock);
    this.#admission = admission;
    this.#clock = clock;
  }

  /**
   * @returns a promise only where the key has to be looked up
   * @throws {Failure} `unauthorized` for a key that does not work, `rate_limited` after too many unknown ones from an address
   */
  authenticate(token: string, address: string): AuthenticatedKey | Promise<AuthenticatedKey> {
    const check = (key: Key | undefined) => {
      if (!key) {
        this.#failures.failed(address);
        this.#atHand.refresh();
      }
      refuseUnlessValid(key, this.#clock.now());
      return this.callerOf(key);
    };
    // A key that works is no guess, and not held up by those of others behind the same address.
    const isHeldUp = this.#failures.isThrottled(address) && !this.#cache.isKnown(token);
    const found = isHeldUp ? this.#findAtHand(token, address) : this.#cache.find(token);
    return found instanceof Promise ? found.then(check) : check(found);
  }

  /** Nothing is looked up for an address that guesses, but for keys that there are. */
  async #findAtHand(token: string, address: string): Promise<Key | undefined> {
    if (!(await this.#atHand.has(token))) this.#failures.check(address);
    return this.#cache.find(token);
  }

  /** The caller of a key that was authenticated. */
  callerOf(key: Key): AuthenticatedKey {
    let one = this.#callers.get(key);
    if (!one) {
      one = { key, caller: callerWithKey(key, this.#admission), isAdmin: false, mayManage: false };
      this.#callers.set(key, one);
    }
    return one;
  }

  /** @throws {Failure} `rate_limited` where too many unknown keys came from this address */
  checkAddress(address: string): void {
    this.#failures.check(address);
  }

  /** After a change of keys: look them up again at once. */
  forgetAll(): void {
    this.#cache.forgetAll();
    this.#atHand.changed();
  }
}

function refuseUnlessValid(key: Key | undefined, now: number): asserts key is Key {
  if (!key) throw new Failure('unauthorized', 'This key is not known here.');
  if (key.revokedAt !== null) throw new Failure('unauthorized', 'This key has been revoked.');
  if (key.blockedAt !== null)
    throw new Failure('unauthorized', 'This key is blocked; the administrator can unblock it.');
  if (key.expiresAt !== null && key.expiresAt <= now)
    throw new Failure('unauthorized', `This key has expired on ${new Date(key.expiresAt).toISOString()}.`);
}

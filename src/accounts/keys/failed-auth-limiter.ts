import { isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../core/clock.ts';
import { Failure } from '../../failures/failure.ts';
import { SlidingWindow } from '../limits/sliding-window.ts';

const UNKNOWN_KEYS_A_MINUTE = 20;
const MAX_ADDRESSES = 5_000;
/** Keys that are looked up at a time for addresses that guess. */
const MAX_LOOK_UPS = 8;
const IPV4_IN_IPV6 = '::ffff:';

/**
 * Slows down guessing: so many unknown keys a minute from one address, whichever key they are meant to be.
 *
 * Behind a proxy all callers have one address, and a guesser must not lock out the others. What is a key of ours nobody guesses,
 * at whatever speed (256 random bits): so one that is right is let in from there, too, and the limit is on what looking keys up
 * takes. A secret that somebody made up may be found by guessing, and is not even compared (`check`) while it is too fast.
 */
export class FailedAuthLimiter {
  readonly #clock: Clock;
  readonly #failures = new LRUCache<string, SlidingWindow>({ max: MAX_ADDRESSES });
  #lookUps = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Before a secret is compared that may be guessed. @throws {Failure} `rate_limited` when too many unknown keys came from here */
  check(address: string): void {
    const window = this.#failures.get(networkOf(address));
    const now = this.#clock.elapsed();
    if (!window || window.used(now) < UNKNOWN_KEYS_A_MINUTE) return;
    const retryAfterMs = window.fallsTo(UNKNOWN_KEYS_A_MINUTE - 1, now);
    const message = 'Too many unknown keys came from your address. Check the key, and try later.';
    throw new Failure('rate_limited', message, { retryAfterMs });
  }

  /**
   * Looks a key up that nobody can guess.
   * @throws {Failure} `rate_limited` where its address has sent too many unknown ones and enough of them are being looked up
   */
  lookUp<Found>(address: string, find: () => Found | Promise<Found>): Found | Promise<Found> {
    if (this.#lookUps >= MAX_LOOK_UPS) this.check(address);
    const found = find();
    if (!(found instanceof Promise)) return found;
    this.#lookUps += 1;
    return found.finally(() => {
      this.#lookUps -= 1;
    });
  }

  /** An unknown key came from here. @throws {Failure} `rate_limited` when too many have */
  failed(address: string): void {
    this.check(address);
    const network = networkOf(address);
    const window = this.#failures.get(network) ?? new SlidingWindow();
    this.#failures.set(network, window);
    window.add(1, this.#clock.elapsed());
  }
}

/** An IPv6 user has a whole /64 to call from. What a socket that speaks both calls an IPv4 address is that address. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  if (address.startsWith(IPV4_IN_IPV6)) return address.slice(IPV4_IN_IPV6.length);
  const groups = address.split(':');
  const gap = groups.indexOf('');
  const head = gap >= 0 && gap < 4 ? [...groups.slice(0, gap), '0', '0', '0', '0'] : groups;
  return head.slice(0, 4).join(':');
}

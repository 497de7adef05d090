import { isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../core/clock.ts';
import { atMost } from '../../core/entry-bound.ts';
import { Failure } from '../../failures/failure.ts';
import { SlidingWindow } from '../limits/sliding-window.ts';

const UNKNOWN_KEYS_A_MINUTE = 20;
const MAX_ADDRESSES = 5_000;
const IPV4_IN_IPV6 = '::ffff:';

/** Slows down guessing: so many unknown keys a minute from one address, whichever key they are meant to be. */
export class FailedAuthLimiter {
  readonly #clock: Clock;
  readonly #failures = new LRUCache<string, SlidingWindow>(atMost(MAX_ADDRESSES));

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether too many unknown keys came from here of late. */
  isThrottled(address: string): boolean {
    const window = this.#failures.get(networkOf(address));
    return window !== undefined && window.used(this.#clock.elapsed()) >= UNKNOWN_KEYS_A_MINUTE;
  }

  /** Before a secret is compared that may be guessed. @throws {Failure} `rate_limited` when too many unknown keys came from here */
  check(address: string): void {
    if (!this.isThrottled(address)) return;
    const window = this.#failures.get(networkOf(address))!;
    const retryAfterMs = window.fallsTo(UNKNOWN_KEYS_A_MINUTE - 1, this.#clock.elapsed());
    const message = 'Too many unknown keys came from your address. Check the key, and try later.';
    throw new Failure('rate_limited', message, { retryAfterMs });
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

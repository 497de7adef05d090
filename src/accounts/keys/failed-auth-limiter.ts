/** Those who try keys out are slowed down: so many unknown keys a minute from one address, and no more. */
import { isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../core/clock.ts';
import { Failure } from '../../routing/failures.ts';
import { SlidingWindow } from '../limits/sliding-window.ts';

const UNKNOWN_KEYS_A_MINUTE = 20;
const MAX_ADDRESSES = 5_000;

export class FailedAuthLimiter {
  readonly #clock: Clock;
  readonly #failures = new LRUCache<string, SlidingWindow>({ max: MAX_ADDRESSES });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** An unknown key came from here. @throws {Failure} `rate_limited` when it was one too many */
  failed(address: string): void {
    const place = network(address);
    const now = this.#clock.now();
    const window = this.#failures.get(place) ?? new SlidingWindow();
    this.#failures.set(place, window);
    if (window.used(now) < UNKNOWN_KEYS_A_MINUTE) return window.add(1, now);
    const retryAfterMs = window.fallsTo(UNKNOWN_KEYS_A_MINUTE - 1, now);
    throw new Failure(
      'rate_limited',
      'Too many unknown keys came from your address. Check the key, and try later.',
      {
        retryAfterMs,
      },
    );
  }
}

/** An IPv6 user has a whole /64 to call from. */
function network(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const groups = address.split(':');
  const gap = groups.indexOf('');
  const head = gap >= 0 && gap < 4 ? [...groups.slice(0, gap), '0', '0', '0', '0'] : groups;
  return head.slice(0, 4).join(':');
}

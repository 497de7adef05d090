/**
 * Who of several processes does what only one of them should. A claim is short and renewed while its process is at work, so
 * that another takes over from one that dies; what has been done is remembered for as long as nobody should do it again.
 */
import type { Redis } from './connection.ts';
import { withTimeout } from './with-timeout.ts';

const PREFIX = 'cl:claim:';
const AT_WORK = 'at work';
const DONE = 'done';

/** `ours`: do it; `at work`: another does; `done`: another has, and for so many milliseconds nobody should. */
type Claim =
  | { readonly state: 'ours' }
  | { readonly state: 'at work' }
  | { readonly state: 'done'; readonly milliseconds: number };

/** All of them throw where Redis is unavailable. */
export interface Claims {
  /** @param milliseconds until it ends, unless it is renewed */
  take(name: string, milliseconds: number): Promise<Claim>;
  /** Of one's own claim. @param milliseconds from then on */
  renew(name: string, milliseconds: number): Promise<void>;
  /** Nobody does it again for so many milliseconds. */
  done(name: string, milliseconds: number): Promise<void>;
  /** Anybody may do it, at work or done. */
  release(name: string): Promise<void>;
}

/** Claims that all processes with the same Redis see. */
export function redisClaims(redis: Redis): Claims {
  const set = (name: string, value: string, milliseconds: number, condition?: 'NX') =>
    withTimeout(
      redis,
      redis.set(PREFIX + name, value, {
        expiration: { type: 'PX', value: Math.max(1, Math.round(milliseconds)) },
        ...(condition && { condition }),
      }),
    );
  return {
    async take(name, milliseconds) {
      if ((await set(name, AT_WORK, milliseconds, 'NX')) !== null) return { state: 'ours' };
      const [value, left] = await withTimeout(
        redis,
        Promise.all([redis.get(PREFIX + name), redis.pTTL(PREFIX + name)]),
      );
      // One that has just ended is anybody's at the next try.
      return value === DONE && left > 0 ? { state: 'done', milliseconds: left } : { state: 'at work' };
    },
    async renew(name, milliseconds) {
      await withTimeout(redis, redis.pExpire(PREFIX + name, milliseconds));
    },
    async done(name, milliseconds) {
      await set(name, DONE, milliseconds);
    },
    async release(name) {
      await withTimeout(redis, redis.del(PREFIX + name));
    },
  };
}

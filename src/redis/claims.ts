import type { Claims } from '../core/claims.ts';
import type { Redis } from './connection.ts';
import { withTimeout } from './with-timeout.ts';

const PREFIX = 'cl:claim:';
const AT_WORK = 'at work';
const DONE = 'done';

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

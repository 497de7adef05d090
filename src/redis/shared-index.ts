/** The index of the semantic cache, shared by all instances. A Redis that is slow or unavailable is a miss. */
import type { KeyValueStore } from '../cache/semantic/redis-index.ts';
import type { Redis } from './connection.ts';
import { withTimeout } from './with-timeout.ts';

export function sharedIndex(redis: Redis): KeyValueStore {
  return {
    get: (key) => withTimeout(redis, redis.get(key)),
    set: (key, value, ttl) =>
      withTimeout(redis, redis.set(key, value, { expiration: { type: 'PX', value: ttl } })),
  };
}

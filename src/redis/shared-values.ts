import type { Redis } from './connection.ts';
import { withTimeout } from './with-timeout.ts';

/** A store of texts by key. */
export interface SharedValues {
  get(key: string): Promise<string | null>;
  /** @param ttl milliseconds */
  set(key: string, value: string, ttl: number): Promise<unknown>;
  delete(key: string): Promise<unknown>;
}

/** Small values that all instances share, each for a time. A Redis that is slow or unavailable is an error, for the caller to bear. */
export function sharedValues(redis: Redis): SharedValues {
  return {
    get: (key) => withTimeout(redis, redis.get(key)),
    set: (key, value, ttl) =>
      withTimeout(redis, redis.set(key, value, { expiration: { type: 'PX', value: ttl } })),
    delete: (key) => withTimeout(redis, redis.del(key)),
  };
}

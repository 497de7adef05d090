/** Who of several processes does what only one of them should. */

import type { Redis } from './connection.ts';
import { withTimeout } from './with-timeout.ts';

const PREFIX = 'cl:claim:';

/** True for the first that claims a name, until so many milliseconds have passed. */
export async function claim(redis: Redis, name: string, milliseconds: number): Promise<boolean> {
  const options = { condition: 'NX', expiration: { type: 'PX', value: milliseconds } } as const;
  return (await withTimeout(redis, redis.set(PREFIX + name, '1', options))) !== null;
}

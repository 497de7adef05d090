/** Of several processes the first that claims a thing does it, until its claim ends. Needs a Redis. */
import { randomUUID } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { claim } from '../../src/redis/claims.ts';
import { connectRedis } from '../../src/redis/connection.ts';

const REDIS_URL = process.env.TEST_REDIS_URL;

it.runIf(REDIS_URL)('the first has it, others have not, and it ends', async () => {
  const one = await connectRedis(REDIS_URL!, () => {});
  const other = await connectRedis(REDIS_URL!, () => {});
  onTestFinished(() => {
    one.destroy();
    other.destroy();
  });
  const name = randomUUID();
  const answers = await Promise.all([claim(one, name, 2_000), claim(other, name, 2_000)]);
  expect(answers.filter(Boolean)).toHaveLength(1);
  await expect.poll(() => claim(other, name, 2_000)).toBe(true);
});

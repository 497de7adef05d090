/** Of several processes the first that claims a thing does it; another takes over where it dies. Needs a Redis. */
import { randomUUID } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { redisClaims } from '../../src/redis/claims.ts';
import { connectRedis } from '../../src/redis/connection.ts';

const REDIS_URL = process.env.TEST_REDIS_URL;

async function twoProcesses() {
  const one = await connectRedis(REDIS_URL!, () => {});
  const other = await connectRedis(REDIS_URL!, () => {});
  onTestFinished(() => {
    one.destroy();
    other.destroy();
  });
  return { one: redisClaims(one), other: redisClaims(other), name: randomUUID() };
}

it.runIf(REDIS_URL)(
  'the first has it, others have not, and it ends with a process that does not renew it',
  async () => {
    const { one, other, name } = await twoProcesses();
    const answers = await Promise.all([one.take(name, 2_000), other.take(name, 2_000)]);
    expect(answers.map(({ state }) => state).sort()).toEqual(['at work', 'ours']);
    await expect.poll(() => other.take(name, 2_000)).toEqual({ state: 'ours' });
  },
);

it.runIf(REDIS_URL)('what is done is known to others, with the time for which nobody does it', async () => {
  const { one, other, name } = await twoProcesses();
  await one.take(name, 100);
  await one.renew(name, 60_000);
  expect(await other.take(name, 1_000)).toEqual({ state: 'at work' });
  await one.done(name, 60_000);
  expect(await other.take(name, 1_000)).toEqual({ state: 'done', milliseconds: expect.any(Number) });
});

it.runIf(REDIS_URL)('what is given back is anybody’s', async () => {
  const { one, other, name } = await twoProcesses();
  await one.take(name, 60_000);
  await one.release(name);
  expect(await other.take(name, 1_000)).toEqual({ state: 'ours' });
  await other.release(name);
});

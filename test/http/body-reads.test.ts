import { expect, it } from 'vitest';
import { BodyReads } from '../../src/http/body-reads.ts';

const hanging = () => new Promise<never>(() => {});

it('one caller sends so many bodies at once and no more, and others are not held back', async () => {
  const reads = new BodyReads();
  for (let count = 0; count < 32; count++) void reads.within('ada', hanging);
  await expect(reads.within('ada', hanging)).rejects.toMatchObject({
    kind: 'rate_limited',
    retryAfterMs: 1_000,
  });
  expect(await reads.within('bob', async () => 'body')).toBe('body');
});

it('a body that has come, or broke off, makes room for the next', async () => {
  const reads = new BodyReads();
  for (let count = 0; count < 40; count++) await reads.within('ada', async () => count);
  for (let count = 0; count < 40; count++)
    await reads.within('ada', () => Promise.reject(new Error('cut'))).catch(() => {});
  expect(await reads.within('ada', async () => 'body')).toBe('body');
});

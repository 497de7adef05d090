import { expect, it } from 'vitest';
import { BodyReads } from '../../src/http/body-reads.ts';

const hanging = () => new Promise<never>(() => {});

it('one caller sends so many bodies at once and no more, and others are not held back', async () => {
  const reads = new BodyReads(1024);
  for (let count = 0; count < 32; count++) void reads.within('ada', 1_000, hanging);
  await expect(reads.within('ada', 1_000, hanging)).rejects.toMatchObject({
    kind: 'rate_limited',
    retryAfterMs: 1_000,
  });
  expect(await reads.within('bob', 1_000, async () => 'body')).toBe('body');
});

it('a body that has come, or broke off, makes room for the next', async () => {
  const reads = new BodyReads(1024);
  for (let count = 0; count < 40; count++) await reads.within('ada', 1_000, async () => count);
  for (let count = 0; count < 40; count++)
    await reads.within('ada', 1_000, () => Promise.reject(new Error('cut'))).catch(() => {});
  expect(await reads.within('ada', 1_000, async () => 'body')).toBe('body');
});

it('one caller sends 256 MB at once and no more, but for a single longer body', async () => {
  const reads = new BodyReads(1024);
  const megabytes = (count: number) => count * 1024 * 1024;
  void reads.within('ada', megabytes(300), hanging);
  await expect(reads.within('ada', megabytes(1), hanging)).rejects.toMatchObject({ kind: 'rate_limited' });
  void reads.within('bob', megabytes(200), hanging);
  void reads.within('bob', megabytes(50), hanging);
  await expect(reads.within('bob', megabytes(50), hanging)).rejects.toMatchObject({ kind: 'rate_limited' });
});

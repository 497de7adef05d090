import { expect, it } from 'vitest';
import { joinedBytes } from '../../src/core/joined-bytes.ts';
import { countedTurns } from '../helpers/counted-turns.ts';

it.each([
  ['no', []],
  ['one', [5]],
  ['small', [3, 0, 4]],
  ['large', [3_000_000, 1, 70_000, 1_048_576]],
])('%s parts are as one what they are together', async (_name, lengths) => {
  const parts = lengths.map((length, at) => Buffer.alloc(length, at + 1));
  const whole = Buffer.concat(parts);
  expect((await joinedBytes(parts, whole.length)).equals(whole)).toBe(true);
});

it('others are served while megabytes are copied', async () => {
  const turns = countedTurns();
  await joinedBytes(
    Array.from({ length: 200 }, () => Buffer.alloc(65_536)),
    200 * 65_536,
  );
  expect(turns()).toBeGreaterThan(5);
});

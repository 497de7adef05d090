import { expect, it, onTestFinished, vi } from 'vitest';
import { joinedBytes } from '../../src/core/joined-bytes.ts';

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
  let elapsed = 0;
  // Every look at the clock finds the turn used up.
  vi.spyOn(performance, 'now').mockImplementation(() => {
    elapsed += 50;
    return elapsed;
  });
  onTestFinished(() => void vi.restoreAllMocks());
  let turns = 0;
  let next = setImmediate(function count() {
    turns += 1;
    next = setImmediate(count);
  });
  onTestFinished(() => clearImmediate(next));
  await joinedBytes(
    Array.from({ length: 200 }, () => Buffer.alloc(65_536)),
    200 * 65_536,
  );
  expect(turns).toBeGreaterThan(5);
});

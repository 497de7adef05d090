import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type BackoffSettings, backoff } from '../../src/routing/backoff.ts';

function first(count: number, random: () => number, settings?: BackoffSettings): number[] {
  const waits = backoff(random, settings);
  return Array.from({ length: count }, () => waits.next().value);
}

it('the longest waits double from 250 ms and stay at 5 s', () => {
  expect(first(7, () => 1)).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
});

it('the shortest waits are none', () => {
  expect(first(3, () => 0)).toEqual([0, 0, 0]);
});

it('each wait has a chance of its own', () => {
  const chances = [0.5, 0.1, 0.9];
  expect(first(3, () => chances.shift()!)).toEqual([125, 50, 900]);
});

it('other settings have other bounds', () => {
  expect(first(4, () => 1, { base: 10, cap: 25 })).toEqual([10, 20, 25, 25]);
});

it('no wait is negative or longer than the cap', () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.array(chance, { minLength: 50, maxLength: 50 }), (chances) => {
      const waits = first(50, () => chances.pop()!);
      expect(waits.every((wait) => wait >= 0 && wait <= 5_000)).toBe(true);
    }),
  );
});

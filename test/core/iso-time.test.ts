import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isoTime } from '../../src/core/iso-time.ts';

it('is what Date says, in whatever order times are asked for', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 8.64e15 })), (times) => {
      for (const at of times.flatMap((time) => [time, time + 1, time + 0.5]).filter((at) => at <= 8.64e15))
        expect(isoTime(at)).toBe(new Date(at).toISOString());
    }),
  );
});

it('a time that is none throws, and leaves the next one alone', () => {
  expect(() => isoTime(Number.NaN)).toThrow(RangeError);
  expect(isoTime(1_795_000_000_007)).toBe(new Date(1_795_000_000_007).toISOString());
});

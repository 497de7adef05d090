import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dollarsText, fromDollars, toDollars } from '../../src/core/money.ts';

/** Up to a million dollars. */
const amount = fc.integer({ min: 0, max: 1e15 });

it('dollars and back is the same amount', () => {
  fc.assert(
    fc.property(amount, (nanoDollars) => {
      expect(fromDollars(toDollars(nanoDollars))).toBe(nanoDollars);
    }),
  );
});

it('the sum of a dime and two dimes is three dimes', () => {
  expect(toDollars(fromDollars(0.1) + fromDollars(0.2))).toBe(0.3);
});

it('half a nano-dollar is rounded', () => {
  expect(fromDollars(1.6e-9)).toBe(2);
});

describe('as text', () => {
  it.each([
    [0, '0'],
    [1, '0.000000001'],
    [42, '0.000000042'],
    [30_000, '0.00003'],
    [1_000_000_000, '1'],
    [100_000_000_000, '100'],
    [1_500_000_000, '1.5'],
  ])('%i nano-dollars are %s', (nanoDollars, text) => {
    expect(dollarsText(nanoDollars)).toBe(text);
  });

  it('every nano-dollar is there, without an exponent', () => {
    fc.assert(
      fc.property(amount, (nanoDollars) => {
        const [whole, fraction = ''] = dollarsText(nanoDollars).split('.');
        expect(BigInt(whole!) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'))).toBe(BigInt(nanoDollars));
      }),
    );
  });
});

/** Guesses of keys are counted by who can make them: an IPv4 address, or the whole /64 that an IPv6 user calls from. */
import { expect, it } from 'vitest';
import { FailedAuthLimiter } from '../../src/accounts/keys/failed-auth-limiter.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

function refusals(guessesFrom: readonly string[], ...addresses: string[]): boolean[] {
  const limiter = new FailedAuthLimiter(new ManualClock());
  for (const address of guessesFrom) limiter.failed(address);
  return addresses.map((address) => {
    try {
      limiter.check(address);
      return false;
    } catch {
      return true;
    }
  });
}

const twenty = (address: (index: number) => string) =>
  Array.from({ length: 20 }, (_, index) => address(index));

it('a /64 is one; its neighbours are others', () => {
  const guesses = twenty((index) => `2001:db8:0:1::${index.toString(16)}`);
  expect(refusals(guesses, '2001:db8:0:1:ffff::1', '2001:db8:0:1:1:2:3:4', '2001:db8:0:2::1')).toEqual([
    true,
    true,
    false,
  ]);
});

it('an IPv4 address is one, also where the socket speaks IPv6', () => {
  const guesses = twenty((index) => (index % 2 ? '::ffff:192.0.2.1' : '192.0.2.1'));
  expect(refusals(guesses, '::ffff:192.0.2.1', '192.0.2.1', '192.0.2.2', '::ffff:192.0.2.2')).toEqual([
    ...[true, true],
    ...[false, false],
  ]);
});

it('guesses from more addresses than are remembered forget the oldest, and nobody else is refused', () => {
  const guesses = twenty(() => '198.51.100.1');
  const many = Array.from({ length: 6_000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
  expect(refusals([...guesses, ...many], '10.0.20.1', '203.0.113.1')).toEqual([false, false]);
});

/** Keys that worked are told from guesses, also after a change that makes every key be looked up again. */
import { expect, it } from 'vitest';
import type { Key } from '../../src/accounts/keys/key.ts';
import { KeyCache } from '../../src/accounts/keys/key-cache.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const token = `sk-cl-${'a'.repeat(43)}`;

it('a key that worked is known until a look-up finds it no more', async () => {
  let key: Key | undefined = { id: 'key_1' } as Key;
  const cache = new KeyCache(async () => key, new ManualClock());
  expect(cache.isKnown(token)).toBe(false);
  await cache.find(token);
  expect(cache.isKnown(token)).toBe(true);
  cache.forgetAll();
  expect(cache.isKnown(token)).toBe(true);
  key = undefined;
  expect(await cache.find(token)).toBeUndefined();
  expect(cache.isKnown(token)).toBe(false);
});

it('tokens that somebody makes up push out no key: those that are known work on while the database is away', async () => {
  let isAway = false;
  const cache = new KeyCache(async (asked) => {
    if (isAway) throw new Error('away');
    return asked === token ? ({ id: 'key_1' } as Key) : undefined;
  }, new ManualClock());
  await cache.find(token);
  for (let guess = 0; guess < 10_001; guess++) await cache.find(`sk-cl-${String(guess).padStart(43, '0')}`);
  isAway = true;
  expect(await cache.find(token)).toEqual({ id: 'key_1' });
});

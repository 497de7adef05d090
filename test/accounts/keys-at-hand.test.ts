/** An address that guesses has nothing looked up; which keys there are is read now and then, for all addresses together. */
import { expect, it } from 'vitest';
import { KeysAtHand } from '../../src/accounts/keys/keys-at-hand.ts';
import { eventually } from '../helpers/eventually.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

function keysOf(hashes: string[]) {
  const clock = new ManualClock();
  const source = {
    reads: 0,
    isAway: false,
    async hashes() {
      source.reads += 1;
      if (source.isAway) throw new Error('away');
      return [...hashes];
    },
    hashOf: async (token: string) => `hash of ${token}`,
  };
  return { clock, source, keys: new KeysAtHand(source, clock) };
}

it('a thousand guesses read them once', async () => {
  const { source, keys } = keysOf(['hash of right']);
  for (let guess = 0; guess < 1_000; guess++) expect(await keys.has(`wrong ${guess}`)).toBe(false);
  expect(await keys.has('right')).toBe(true);
  expect(source.reads).toBe(1);
});

it('a key that another process made is known some seconds later, one of this process at once', async () => {
  const hashes: string[] = [];
  const { clock, keys } = keysOf(hashes);
  await keys.has('theirs');
  hashes.push('hash of theirs');
  expect(await keys.has('theirs')).toBe(false);
  clock.advance(5_000);
  await eventually(async () => expect(await keys.has('theirs')).toBe(true));
  hashes.push('hash of ours');
  keys.changed();
  await eventually(async () => expect(await keys.has('ours')).toBe(true));
});

it('nothing is read of a change while nobody guesses', () => {
  const { source, keys } = keysOf([]);
  keys.changed();
  expect(source.reads).toBe(0);
});

it('while the database is away those that were read hold', async () => {
  const { clock, source, keys } = keysOf(['hash of right']);
  await keys.has('right');
  source.isAway = true;
  clock.advance(60_000);
  await keys.has('right');
  expect(await keys.has('right')).toBe(true);
});

/** A list of many models holds nobody up, however long its prices take to look up. */
import { expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { ListPrices } from '../../src/pricing/list-prices.ts';

it('each price is looked up in a turn of its own, and known for a while', async () => {
  const prices = new ListPrices(systemClock);
  let turns = 0;
  const count = () => {
    turns += 1;
    immediate = setImmediate(count);
  };
  let immediate = setImmediate(count);
  const list = async () => {
    const before = turns;
    for (let model = 0; model < 100; model++)
      await prices.of({ provider: 'openai', model: `unheard-of-${model}` });
    return turns - before;
  };
  expect(await list()).toBeGreaterThanOrEqual(100);
  expect(await list()).toBe(0);
  clearImmediate(immediate);
});

it('a price of the configuration is the price; one of the library is known by name; others are unknown', async () => {
  const prices = new ListPrices(systemClock);
  const price = { input: 1, output: 2 };
  expect(await prices.of({ provider: 'openai', model: 'gpt-4o', price })).toEqual(price);
  expect(await prices.of({ provider: 'openai', model: 'gpt-4o' })).toMatchObject({ input: 2.5, output: 10 });
  expect(await prices.of({ provider: 'openai', model: 'unheard-of' })).toBeNull();
});

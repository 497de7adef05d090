/** How deployments of one model share its load. */
import { describe, expect, it } from 'vitest';
import type { Balance } from '../../src/providers/provider.ts';
import { inTurn } from '../../src/routing/balance.ts';
import { Load } from '../../src/routing/target-load.ts';
import { makeTarget } from '../helpers/targets.ts';

const deployment = (name: string, strategy: Balance['strategy'], weight = 1) =>
  makeTarget(name, { balance: { group: 'shared', strategy, weight } });
const names = (targets: readonly { name: string }[]) => targets.map(({ name }) => name).join(' ');

it('a chain without balanced models stays as it is', () => {
  const chain = [makeTarget('a'), makeTarget('b')];
  expect(inTurn(chain, new Load(), Math.random)).toBe(chain);
});

it('only the group is put into order, where it stands in the chain', () => {
  const chain = [
    makeTarget('first'),
    deployment('a', 'weighted'),
    deployment('b', 'weighted'),
    makeTarget('last'),
  ];
  expect(names(inTurn(chain, new Load(), () => 0.99))).toBe('first b a last');
});

describe('weighted', () => {
  it('gives each its share', () => {
    const chain = [deployment('a', 'weighted', 3), deployment('b', 'weighted', 1)];
    const load = new Load();
    const steps = Array.from({ length: 100 }, (_, step) => (step + 0.5) / 100);
    const first = steps.map((step) => inTurn(chain, load, () => step)[0]!.name);
    expect(first.filter((name) => name === 'a')).toHaveLength(75);
  });
});

describe('least_busy', () => {
  it('asks the one with the fewest calls in flight for its weight', () => {
    const [a, b] = [deployment('a', 'least_busy', 1), deployment('b', 'least_busy', 3)];
    const load = new Load();
    load.began(a);
    load.began(b);
    load.began(b);
    expect(names(inTurn([a, b], load, () => 0))).toBe('b a');
    load.ended(a);
    expect(names(inTurn([a, b], load, () => 0.99))).toBe('a b');
  });
});

describe('lowest_latency', () => {
  it('asks the quickest, and one that was never asked before any', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => deployment(name, 'lowest_latency'));
    const load = new Load();
    load.answered(a!, 300);
    load.answered(b!, 100);
    expect(names(inTurn([a!, b!, c!], load, () => 0))).toBe('c b a');
    load.answered(c!, 200);
    for (let call = 0; call < 20; call++) load.answered(b!, 900);
    expect(names(inTurn([a!, b!, c!], load, () => 0))).toBe('c a b');
  });
});

it('order asks them as they are written', () => {
  expect(names(inTurn([deployment('a', 'order'), deployment('b', 'order')], new Load(), () => 0.99))).toBe(
    'a b',
  );
});

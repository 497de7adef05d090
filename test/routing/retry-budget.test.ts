import { expect, it } from 'vitest';
import { RetryBudget } from '../../src/routing/retry-budget.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

function makeBudget() {
  const clock = new ManualClock();
  const budget = new RetryBudget(clock);
  const calls = (count: number) => {
    for (let call = 0; call < count; call++) budget.call();
  };
  /** Takes retries until there are no more. */
  const takeAll = () => {
    let taken = 0;
    while (budget.take()) taken += 1;
    return taken;
  };
  return { clock, calls, takeAll };
}

it('a quiet server has ten retries', () => {
  expect(makeBudget().takeAll()).toBe(10);
});

it('a busy server has a fifth of its calls on top', () => {
  const { calls, takeAll } = makeBudget();
  calls(100);
  expect(takeAll()).toBe(30);
});

it('calls earn retries again', () => {
  const { calls, takeAll } = makeBudget();
  takeAll();
  calls(5);
  expect(takeAll()).toBe(1);
});

it('what was spent comes back after a minute, not before', () => {
  const { clock, takeAll } = makeBudget();
  takeAll();
  clock.advance(49_000);
  expect(takeAll()).toBe(0);
  clock.advance(11_000);
  expect(takeAll()).toBe(10);
});

it('calls older than a minute earn nothing', () => {
  const { clock, calls, takeAll } = makeBudget();
  calls(100);
  clock.advance(60_000);
  expect(takeAll()).toBe(10);
});

it('a long silence is no trouble', () => {
  const { clock, calls, takeAll } = makeBudget();
  calls(100);
  takeAll();
  clock.advance(7 * 86_400_000);
  expect(takeAll()).toBe(10);
});

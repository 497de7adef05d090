import { describe, expect, it } from 'vitest';
import { ErrorBudget } from '../../../src/cache/semantic/error-budget.ts';
import { lowerBound, upperBound } from '../../../src/cache/semantic/intervals.ts';

const record = (budget: ErrorBudget, isWrong: boolean, times: number) => {
  for (let n = 0; n < times; n++) budget.record(isWrong, []);
};

describe('the error budget', () => {
  it('watches first, and opens after 391 right hits at 1 %', () => {
    const budget = new ErrorBudget(0.01, 0.6);
    record(budget, false, 390);
    expect(budget).toMatchObject({ state: 'watch', auditShare: 0.25 });
    record(budget, false, 1);
    expect(budget).toMatchObject({ state: 'open', auditShare: 0.05, limit: 0.6 });
  });

  it('tightens after three wrong ones in a row, step by step to nothing', () => {
    const budget = new ErrorBudget(0.01, 0.6);
    const limits = [budget.limit];
    while (budget.state !== 'off') {
      record(budget, true, 3);
      limits.push(budget.limit);
    }
    expect(limits).toEqual([0.6, 0.45, 0.3, 0.15, -1]);
    expect(budget.auditShare).toBe(0);
  });

  it('loosens one step when the tighter limit has proved right', () => {
    const budget = new ErrorBudget(0.01, 0.6);
    record(budget, true, 3);
    expect(budget.limit).toBe(0.45);
    record(budget, false, 391);
    expect(budget).toMatchObject({ limit: 0.6, state: 'watch' });
  });

  it('old right hits do not make up for new wrong ones', () => {
    const budget = new ErrorBudget(0.01, 0.6);
    record(budget, false, 391 + 10_000);
    record(budget, true, 3);
    expect(budget).toMatchObject({ state: 'watch', limit: 0.45 });
  });

  it('switches a rule off after two wrong hits of its own', () => {
    const budget = new ErrorBudget(0.5, 0.6);
    budget.record(true, ['optional all']);
    expect(budget.isRuleOff('optional all')).toBe(false);
    budget.record(true, ['optional all']);
    expect(budget.isRuleOff('optional all')).toBe(true);
    expect(budget.isRuleOff('intent')).toBe(false);
  });
});

describe('bounds', () => {
  it.each([
    [0, 300, 0.0099],
    [1, 210, 0.0224],
    [0, 0, 1],
  ])('%i wrong of %i: at most %f', (wrong, trials, bound) =>
    expect(upperBound(wrong, trials)).toBeCloseTo(bound, 3),
  );

  it('the textbook interval of 3 in 564', () => {
    expect(lowerBound(3, 564, 0.975)).toBeCloseTo(0.0011, 4);
    expect(upperBound(3, 564, 0.975)).toBeCloseTo(0.0155, 4);
  });
});

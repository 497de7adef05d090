import { describe, expect, it } from 'vitest';
import { BatchLoader } from '../../src/core/batch-loader.ts';

describe('questions of one turn of the event loop', () => {
  it('are asked together, and each gets its own answer', async () => {
    const asked: (readonly number[])[] = [];
    const doubles = new BatchLoader<number, number>(async (numbers) => {
      asked.push(numbers);
      return numbers.map((number) => 2 * number);
    }, 3);
    const answers = await Promise.all([1, 2, 3, 4, 5].map((number) => doubles.ask(number)));
    expect(answers).toEqual([2, 4, 6, 8, 10]);
    expect(asked).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
  });

  it('fail together, and those after them do not', async () => {
    let isAway = true;
    const asks = new BatchLoader<string, string>(async (questions) => {
      if (isAway) throw new Error('away');
      return questions;
    }, 10);
    const settled = await Promise.allSettled([asks.ask('one'), asks.ask('two')]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    isAway = false;
    expect(await asks.ask('three')).toBe('three');
  });
});

import { expect, it } from 'vitest';
import { Turns } from '../../src/core/turns.ts';

it('so many run at a time, the others in their order, also after one that failed', async () => {
  const turns = new Turns(2);
  const begun: number[] = [];
  const ends: ((failed: boolean) => void)[] = [];
  const task = (number: number) => () => {
    begun.push(number);
    return new Promise<number>((resolve, reject) => {
      ends[number] = (failed) => (failed ? reject(new Error('failed')) : resolve(number));
    });
  };
  const all = [0, 1, 2, 3].map((number) => turns.run(task(number)));
  expect(begun).toEqual([0, 1]);
  ends[1]!(true);
  await expect(all[1]).rejects.toThrow('failed');
  expect(begun).toEqual([0, 1, 2]);
  ends[0]!(false);
  ends[2]!(false);
  await Promise.all([all[0], all[2]]);
  ends[3]!(false);
  expect(await all[3]).toBe(3);
});

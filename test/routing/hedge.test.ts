import { expect, it } from 'vitest';
import { type Race, race } from '../../src/routing/hedge.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

interface Runner {
  readonly signal: AbortSignal;
  readonly arrive: (result: string) => void;
  readonly fail: (error: Error) => void;
}

/** A race whose runners arrive when the test says so. */
function makeRace() {
  const clock = new ManualClock();
  const runners: Runner[] = [];
  const discarded: string[] = [];
  let winners = 0;
  const caller = new AbortController();
  const options: Race<string> = {
    clock,
    after: 2_000,
    signal: caller.signal,
    run: (signal) => new Promise((arrive, fail) => void runners.push({ signal, arrive, fail })),
    mayStart: () => true,
    onWinner: () => {
      winners += 1;
    },
    discard: (result) => void discarded.push(result),
  };
  const result = race(options);
  result.catch(() => {});
  /** The first has had its time, so the second starts. */
  const secondStarts = async () => {
    clock.advance(2_000);
    await settled();
  };
  return { clock, caller, runners, discarded, result, secondStarts, winners: () => winners };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

it('a quick first runner is alone', async () => {
  const { runners, result, winners } = makeRace();
  runners[0]!.arrive('first');
  expect(await result).toBe('first');
  expect(runners).toHaveLength(1);
  expect(winners()).toBe(0);
});

it('a first runner that fails in time is alone', async () => {
  const { runners, result } = makeRace();
  runners[0]!.fail(new Error('first'));
  await expect(result).rejects.toThrow('first');
  expect(runners).toHaveLength(1);
});

it('a second starts when the first is slow, not before', async () => {
  const { clock, runners, secondStarts } = makeRace();
  clock.advance(1_999);
  await settled();
  expect(runners).toHaveLength(1);
  await secondStarts();
  expect(runners).toHaveLength(2);
});

it('the second may win, and the first is stopped', async () => {
  const { runners, result, secondStarts, winners } = makeRace();
  await secondStarts();
  runners[1]!.arrive('second');
  expect(await result).toBe('second');
  expect(runners.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  expect(winners()).toBe(1);
});

it('the first may still win, and the second is stopped', async () => {
  const { runners, result, secondStarts } = makeRace();
  await secondStarts();
  runners[0]!.arrive('first');
  expect(await result).toBe('first');
  expect(runners.map(({ signal }) => signal.aborted)).toEqual([false, true]);
});

it('one that arrives too late is discarded', async () => {
  const { runners, result, secondStarts, discarded } = makeRace();
  await secondStarts();
  runners[0]!.arrive('first');
  await result;
  runners[1]!.arrive('second');
  await settled();
  expect(discarded).toEqual(['second']);
});

it('one that fails leaves the race to the other', async () => {
  const { runners, result, secondStarts } = makeRace();
  await secondStarts();
  runners[0]!.fail(new Error('first'));
  await settled();
  runners[1]!.arrive('second');
  expect(await result).toBe('second');
});

it('when both fail, the last error is told', async () => {
  const { runners, result, secondStarts } = makeRace();
  await secondStarts();
  runners[1]!.fail(new Error('second'));
  await settled();
  runners[0]!.fail(new Error('first'));
  await expect(result).rejects.toThrow('first');
});

it('a caller who leaves stops both', async () => {
  const { caller, runners, secondStarts } = makeRace();
  await secondStarts();
  caller.abort();
  expect(runners.map(({ signal }) => signal.aborted)).toEqual([true, true]);
});

it('a caller who left is sent no second', async () => {
  const { caller, runners, secondStarts } = makeRace();
  caller.abort();
  await secondStarts();
  expect(runners).toHaveLength(1);
});

it('a caller who leaves during the answer stops the winner too', async () => {
  const { caller, runners, result } = makeRace();
  runners[0]!.arrive('first');
  await result;
  caller.abort();
  expect(runners[0]!.signal.aborted).toBe(true);
});

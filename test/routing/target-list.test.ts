import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/failures/failure.ts';
import type { FailureKind } from '../../src/failures/failure-table.ts';
import type { Target } from '../../src/providers/provider.ts';
import { Cooldowns } from '../../src/routing/cooldowns.ts';
import { TargetList } from '../../src/routing/target-list.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { makeTarget } from '../helpers/targets.ts';

const DAY = 86_400_000;
const first = makeTarget('first', { contextWindow: 8_000 });
const second = makeTarget('second', { contextWindow: 4_000 });
const third = makeTarget('third', { contextWindow: 100_000 });
const unknown = makeTarget('unknown');
const heir = makeTarget('old', { id: 'old/new model', name: 'old (successor)' });
const old = makeTarget('old', { successor: heir });

function makeList(...chain: Target[]) {
  const clock = new ManualClock();
  const cooldowns = new Cooldowns(clock, { cooldown: 60_000, longCooldown: 600_000, allowedFailures: 3 });
  const cool = (target: Target, kind: FailureKind, retryAfterMs?: number) =>
    cooldowns.failed(target, new Failure(kind, '', { retryAfterMs }));
  return {
    clock,
    cooldowns,
    cool,
    list: new TargetList(chain, cooldowns),
    again: () => new TargetList(chain, cooldowns),
  };
}

function rest(list: TargetList): (string | undefined)[] {
  const names: string[] = [];
  for (let target = list.next(); target; target = list.next()) names.push(target.name);
  return names;
}

const rateLimited = new Failure('upstream_rate_limited', '');
const full = new Failure('context_length_exceeded', '');
const gone = new Failure('model_gone', '');

it('targets come in the order of the chain, each once', () => {
  expect(rest(makeList(first, second, third).list)).toEqual(['first', 'second', 'third']);
});

describe('after a full context', () => {
  it('only larger and unknown windows are left', () => {
    const { list } = makeList(first, second, unknown, third);
    list.failed(list.next()!, full, { do: 'next', largerThan: 8_000 });
    expect(rest(list)).toEqual(['unknown', 'third']);
  });

  it('the largest window that was too small counts', () => {
    const { list } = makeList(third, first);
    list.failed(third, full, { do: 'next', largerThan: 100_000 });
    list.failed(second, full, { do: 'next', largerThan: 4_000 });
    list.next();
    expect(list.next()).toBeUndefined();
  });

  it('a target that is too small is not waited for either', () => {
    const { list, cool } = makeList(second, first);
    cool(second, 'upstream_rate_limited');
    list.skipped(second);
    list.failed(first, full, { do: 'next', largerThan: 8_000 });
    expect(list.firstToRecover()).toBeUndefined();
  });
});

describe('a gone model', () => {
  it('is followed by its successor, before the others', () => {
    const { list } = makeList(old, first);
    list.failed(list.next()!, gone, { do: 'successor' });
    expect(rest(list)).toEqual(['old (successor)', 'first']);
  });

  it('is remembered: the next request begins with the successor', () => {
    const { cool, again } = makeList(old, first);
    cool(old, 'model_gone');
    expect(rest(again())).toEqual(['old (successor)', 'first']);
  });

  it('without a successor is left out by the next request', () => {
    const { cool, again } = makeList(first, second);
    cool(first, 'model_gone');
    expect(rest(again())).toEqual(['second']);
  });

  it('is asked again after a day', () => {
    const { clock, cool, again } = makeList(old, first);
    cool(old, 'model_gone');
    clock.advance(DAY);
    expect(rest(again())).toEqual(['old', 'first']);
  });
});

describe('worth waiting for', () => {
  it('is the resting target that recovers first', () => {
    const { list, cool } = makeList(first, second);
    cool(first, 'upstream_rate_limited', 9_000);
    cool(second, 'upstream_rate_limited', 4_000);
    list.skipped(first);
    list.skipped(second);
    expect(list.firstToRecover()).toEqual({ target: second, recoversIn: 4_000 });
  });

  it('is a target that was rate-limited during this request', () => {
    const { list, cool } = makeList(first);
    cool(first, 'upstream_rate_limited', 9_000);
    list.failed(first, rateLimited, { do: 'next' });
    expect(list.firstToRecover()).toEqual({ target: first, recoversIn: 9_000 });
  });

  it('is nobody who failed in another way', () => {
    const { list, cool } = makeList(first);
    cool(first, 'upstream_timeout');
    list.skipped(first);
    list.failed(first, new Failure('upstream_timeout', ''), { do: 'next' });
    expect(list.firstToRecover()).toBeUndefined();
  });

  it('is each target once', () => {
    const { list, cool } = makeList(first);
    cool(first, 'upstream_rate_limited', 9_000);
    list.skipped(first);
    list.waitedFor(first);
    list.failed(first, rateLimited, { do: 'next' });
    expect(list.firstToRecover()).toBeUndefined();
  });
});

describe('a target whose stream broke', () => {
  it('goes on itself when the others cannot', () => {
    const { list } = makeList(first, second);
    const broken = list.next()!;
    list.streamBroke(broken, new Failure('upstream_unavailable', ''));
    expect(rest(list)).toEqual(['second', 'first']);
  });

  it('does not when it fell silent', () => {
    const { list } = makeList(first, second);
    const broken = list.next()!;
    list.streamBroke(broken, new Failure('upstream_timeout', ''));
    expect(rest(list)).toEqual(['second']);
  });
});

describe('a later request can count on', () => {
  it('the earliest recovery of all', () => {
    const { list, cool } = makeList(first, second);
    cool(first, 'upstream_rate_limited', 9_000);
    cool(second, 'upstream_rate_limited', 4_000);
    expect(list.recoversIn()).toBe(4_000);
  });

  it('the recovery of the successor, when the model is gone', () => {
    const { list, cool } = makeList(old);
    cool(old, 'model_gone');
    cool(heir, 'upstream_rate_limited', 5_000);
    expect(list.recoversIn()).toBe(5_000);
  });

  it('nothing within the day, when the model is gone without a successor', () => {
    const { cool, again } = makeList(first);
    cool(first, 'model_gone');
    expect(again().recoversIn()).toBe(DAY);
  });

  it('nothing at all from an empty chain', () => {
    expect(makeList().list.recoversIn()).toBe(0);
  });
});

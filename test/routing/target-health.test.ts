import { expect, it } from 'vitest';
import { Failure } from '../../src/failures/failure.ts';
import type { SharedCooldown } from '../../src/routing/cooldown.ts';
import { Cooldowns } from '../../src/routing/cooldowns.ts';
import { TargetHealths } from '../../src/routing/target-health.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { makeTarget } from '../helpers/targets.ts';

const together = makeTarget('together');
const openai = makeTarget('openai');

function makeHealths() {
  const clock = new ManualClock();
  const cooldowns = new Cooldowns(clock, { cooldown: 60_000, longCooldown: 600_000, allowedFailures: 3 });
  return { clock, cooldowns, healths: new TargetHealths(cooldowns, () => [together, openai]) };
}

const UNKNOWN = { successor: null, pricing: null, context_window: null };

it('a target that never failed is up', () => {
  const { healths } = makeHealths();
  expect(healths.states()).toEqual([
    {
      target: 'together/model',
      provider: 'together',
      names: ['together'],
      state: 'up',
      causes: [],
      ...UNKNOWN,
    },
    { target: 'openai/model', provider: 'openai', names: ['openai'], state: 'up', causes: [], ...UNKNOWN },
  ]);
});

it('of a target that cools one sees why, until when and the last failures, the newest first', () => {
  const { clock, cooldowns, healths } = makeHealths();
  cooldowns.failed(together, new Failure('upstream_unavailable', 'together answered 500.'));
  cooldowns.failed(together, new Failure('upstream_rate_limited', 'slow down', { retryAfterMs: 7_000 }));
  const [state] = healths.states();
  expect(state).toMatchObject({
    state: 'cooling',
    because: 'upstream_rate_limited',
    until: clock.now() + 7_000,
  });
  expect(state!.causes[0]!.recent.map(({ message }) => message)).toEqual([
    'slow down',
    'together answered 500.',
  ]);
});

it('failures that are too few to leave it out are told as failing', () => {
  const { cooldowns, healths } = makeHealths();
  cooldowns.failed(together, new Failure('upstream_unavailable', ''));
  expect(healths.states()[0]).toMatchObject({ state: 'failing', because: 'upstream_unavailable' });
});

it('after its time the next call decides', () => {
  const { clock, cooldowns, healths } = makeHealths();
  cooldowns.failed(together, new Failure('upstream_rate_limited', ''));
  clock.advance(60_000);
  expect(healths.states()[0]).toMatchObject({ state: 'probing' });
});

it('a cooldown of the key is that of all its targets', () => {
  const { cooldowns, healths } = makeHealths();
  for (let call = 0; call < 2; call++) cooldowns.failed(together, new Failure('upstream_quota', ''));
  expect(healths.states()[0]!.causes).toMatchObject([{ scope: 'provider key', state: 'cooling' }]);
});

it('a cooldown that is lifted is over, and the other instances are told', () => {
  const { cooldowns, healths } = makeHealths();
  cooldowns.failed(together, new Failure('model_gone', ''));
  const told: SharedCooldown[] = [];
  cooldowns.onCooldown = (rest) => told.push(rest);
  expect(healths.lift('together/model')).toBe(true);
  expect(cooldowns.admit(together)).toEqual({ open: true });
  expect(told).toMatchObject([{ until: 0 }]);
  const elsewhere = makeHealths();
  elsewhere.cooldowns.failed(together, new Failure('model_gone', ''));
  elsewhere.cooldowns.applyRemote(told[0]!);
  expect(elsewhere.cooldowns.isGone(together)).toBe(false);
});

it('there is nothing to lift of a target that is up, and none that is not configured', () => {
  const { healths } = makeHealths();
  expect(healths.lift('openai/model')).toBe(false);
  expect(healths.lift('nobody/model')).toBeUndefined();
});

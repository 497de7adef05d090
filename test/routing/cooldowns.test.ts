import { describe, expect, it } from 'vitest';
import { clientClosed, Failure } from '../../src/failures/failure.ts';
import type { FailureKind } from '../../src/failures/failure-table.ts';
import type { Target } from '../../src/providers/provider.ts';
import { Cooldowns } from '../../src/routing/cooldowns.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { makeTarget } from '../helpers/targets.ts';

const target = makeTarget('together');
const OPEN = { open: true };

function makeCooldowns() {
  const clock = new ManualClock();
  const cooldowns = new Cooldowns(clock, { cooldown: 60_000, longCooldown: 600_000, allowedFailures: 3 });
  const fail = (kind: FailureKind, retryAfterMs?: number, at: Target = target) =>
    cooldowns.failed(at, new Failure(kind, '', { retryAfterMs }));
  return { clock, cooldowns, fail };
}

it('a target that never failed is open', () => {
  expect(makeCooldowns().cooldowns.admit(target)).toEqual(OPEN);
});

describe('a target cools down at once', () => {
  it.each(['upstream_rate_limited'] as const)('after %s', (kind) => {
    const { cooldowns, fail } = makeCooldowns();
    fail(kind);
    expect(cooldowns.admit(target)).toEqual({ open: false, recoversIn: 60_000, because: kind });
  });

  it('for as long as its provider says', () => {
    const { cooldowns, fail } = makeCooldowns();
    fail('upstream_rate_limited', 7_000);
    expect(cooldowns.recoversIn(target)).toBe(7_000);
  });

  it('and no other target does', () => {
    const { cooldowns, fail } = makeCooldowns();
    fail('upstream_rate_limited');
    expect(cooldowns.admit(makeTarget('openai'))).toEqual(OPEN);
  });
});

describe.each(['upstream_unavailable', 'upstream_malformed', 'upstream_timeout'] as const)(
  'the trip rule: %s',
  (kind) => {
    it('two failures in a row are borne', () => {
      const { cooldowns, fail } = makeCooldowns();
      fail(kind);
      fail(kind);
      expect(cooldowns.admit(target)).toEqual(OPEN);
    });

    it('three in a row are too many', () => {
      const { cooldowns, fail } = makeCooldowns();
      for (let failure = 0; failure < 3; failure++) fail(kind);
      expect(cooldowns.admit(target)).toEqual({ open: false, recoversIn: 60_000, because: kind });
    });

    it('a success in between starts the count anew', () => {
      const { cooldowns, fail } = makeCooldowns();
      fail(kind);
      fail(kind);
      cooldowns.succeeded(target);
      fail(kind);
      fail(kind);
      expect(cooldowns.admit(target)).toEqual(OPEN);
    });

    it('an answer that is the fault of its caller counts as a success', () => {
      const { cooldowns, fail } = makeCooldowns();
      fail(kind);
      fail(kind);
      fail('upstream_bad_request');
      fail(kind);
      expect(cooldowns.admit(target)).toEqual(OPEN);
    });
  },
);

describe('deadlines only move forward', () => {
  it('a second failure lengthens the rest', () => {
    const { clock, cooldowns, fail } = makeCooldowns();
    fail('upstream_rate_limited');
    clock.advance(50_000);
    fail('upstream_rate_limited');
    expect(cooldowns.recoversIn(target)).toBe(60_000);
  });

  it('a shorter time does not shorten it', () => {
    const { cooldowns, fail } = makeCooldowns();
    fail('upstream_rate_limited', 30_000);
    fail('upstream_rate_limited', 1_000);
    expect(cooldowns.recoversIn(target)).toBe(30_000);
  });

  it('the success of a call that began before does not end it', () => {
    const { cooldowns, fail } = makeCooldowns();
    fail('upstream_rate_limited', 30_000);
    cooldowns.succeeded(target);
    expect(cooldowns.recoversIn(target)).toBe(30_000);
  });

  it('a gone model stays gone when another call fails otherwise', () => {
    const { cooldowns, fail } = makeCooldowns();
    fail('model_gone');
    fail('upstream_rate_limited', 1_000);
    expect(cooldowns.isGone(target)).toBe(true);
  });
});

/** A target whose rest is over. */
function afterItsRest() {
  const all = makeCooldowns();
  all.fail('upstream_rate_limited', 5_000);
  all.clock.advance(5_000);
  return all;
}

describe('after the rest', () => {
  it('not a millisecond earlier', () => {
    const { clock, cooldowns, fail } = makeCooldowns();
    fail('upstream_rate_limited', 5_000);
    clock.advance(4_999);
    expect(cooldowns.admit(target)).toMatchObject({ open: false, recoversIn: 1 });
  });

  it('one probe goes through and all others are refused', () => {
    const { cooldowns } = afterItsRest();
    expect(cooldowns.admit(target)).toEqual(OPEN);
    expect(cooldowns.admit(target)).toMatchObject({ open: false, because: 'upstream_rate_limited' });
    expect(cooldowns.recoversIn(target)).toBeGreaterThan(0);
  });

  it('asking when it recovers takes no place', () => {
    const { cooldowns } = afterItsRest();
    expect(cooldowns.recoversIn(target)).toBe(0);
    expect(cooldowns.admit(target)).toEqual(OPEN);
  });

  it('a probe that succeeds opens the target for all', () => {
    const { cooldowns } = afterItsRest();
    cooldowns.admit(target);
    cooldowns.succeeded(target);
    expect([cooldowns.admit(target), cooldowns.admit(target)]).toEqual([OPEN, OPEN]);
  });

  it('a probe that meets a fault of its caller opens the target for all', () => {
    const { cooldowns, fail } = afterItsRest();
    cooldowns.admit(target);
    fail('content_filtered');
    expect([cooldowns.admit(target), cooldowns.admit(target)]).toEqual([OPEN, OPEN]);
  });

  it('a probe that fails begins a new rest, whatever the trip rule', () => {
    const { cooldowns, fail } = afterItsRest();
    cooldowns.admit(target);
    fail('upstream_unavailable');
    expect(cooldowns.admit(target)).toMatchObject({ open: false, recoversIn: 60_000 });
  });

  it('a probe whose caller left gives its place to the next', () => {
    const { cooldowns } = afterItsRest();
    cooldowns.admit(target);
    cooldowns.failed(target, clientClosed());
    expect([cooldowns.admit(target), cooldowns.admit(target)]).toEqual([
      OPEN,
      expect.objectContaining({ open: false }),
    ]);
  });

  it('a probe that never reports gives its place to another in the end', () => {
    const { clock, cooldowns } = afterItsRest();
    cooldowns.admit(target);
    clock.advance(180_000);
    expect(cooldowns.admit(target)).toEqual(OPEN);
  });
});

describe('a provider key without credit or rights', () => {
  const sibling = makeTarget('together', { id: 'together/other', name: 'other' });
  const elsewhere = makeTarget('together', {
    id: 'together/third',
    name: 'third',
    credential: 'another key',
  });

  it.each(['upstream_quota', 'upstream_unauthorized'] as const)('cools down for long: %s', (kind) => {
    const { cooldowns, fail } = makeCooldowns();
    fail(kind);
    fail(kind);
    expect(cooldowns.admit(target)).toEqual({ open: false, recoversIn: 600_000, because: kind });
  });

  it('cools down with all its models', () => {
    const { cooldowns, fail } = makeCooldowns();
    fail('upstream_quota');
    fail('upstream_quota');
    expect(cooldowns.admit(sibling)).toMatchObject({ open: false });
  });

  it('does not rest for another key', () => {
    const { cooldowns, fail } = makeCooldowns();
    fail('upstream_quota');
    fail('upstream_quota');
    expect(cooldowns.admit(elsewhere)).toEqual(OPEN);
  });

  it('lets one probe through for all its models', () => {
    const { clock, cooldowns, fail } = makeCooldowns();
    fail('upstream_quota');
    fail('upstream_quota');
    clock.advance(600_000);
    expect(cooldowns.admit(target)).toEqual(OPEN);
    expect(cooldowns.admit(sibling)).toMatchObject({ open: false });
  });

  it('is not shortened by the provider', () => {
    const { cooldowns, fail } = makeCooldowns();
    fail('upstream_quota', 1_000);
    fail('upstream_quota', 1_000);
    expect(cooldowns.recoversIn(target)).toBe(600_000);
  });

  it.each(['upstream_quota', 'upstream_unauthorized'] as const)('is checked by a second call: %s', (kind) => {
    const { cooldowns, fail } = makeCooldowns();
    fail(kind);
    expect(cooldowns.admit(target)).toEqual(OPEN);
    cooldowns.succeeded(sibling);
    fail(kind);
    expect(cooldowns.admit(sibling)).toEqual(OPEN);
  });
});

describe('a cooldown that somebody else has written', () => {
  function applied(until: number, because: string) {
    const { clock, cooldowns } = makeCooldowns();
    const told: string[] = [];
    cooldowns.onCooldown = ({ place }) => told.push(place);
    cooldowns.failed(target, new Failure('upstream_rate_limited', ''));
    clock.advance(60_000);
    cooldowns.succeeded(target);
    cooldowns.applyRemote({ place: told[0], until: clock.now() + until, because });
    return cooldowns;
  }

  it.each([
    ['upstream_rate_limited', 3_600_000],
    ['upstream_unavailable', 3_600_000],
    ['upstream_timeout', 3_600_000],
    ['upstream_quota', 3_600_000],
    ['model_gone', 86_400_000],
  ] as const)('is no longer than one of our own: %s', (because, longest) => {
    expect(applied(1e12, because).recoversIn(target)).toBe(longest);
    expect(applied(1_000, because).recoversIn(target)).toBe(1_000);
  });

  it.each(['nobody knows', 'constructor', '', 'invalid_request', 'client_closed'])(
    'is of a kind: not %j',
    (because) => {
      const cooldowns = applied(10_000, because);
      expect(cooldowns.isGone(target)).toBe(false);
      expect(cooldowns.admit(target)).toEqual(OPEN);
      expect(cooldowns.admit(target, { isAlone: true })).toEqual(OPEN);
    },
  );

  it('is a time', () => {
    expect(applied(Number.NaN, 'model_gone').admit(target)).toEqual(OPEN);
  });
});

describe('failures that overlap in time', () => {
  it('are one failure', () => {
    const { clock, cooldowns } = makeCooldowns();
    const startedAt = clock.elapsed();
    clock.advance(10);
    for (let call = 0; call < 10; call++) {
      clock.advance(1);
      cooldowns.failed(target, new Failure('upstream_unavailable', ''), { startedAt });
    }
    expect(cooldowns.admit(target)).toEqual(OPEN);
  });
});

describe('a slow target', () => {
  it('that stands alone never cools', () => {
    const { cooldowns } = makeCooldowns();
    for (let call = 0; call < 10; call++)
      cooldowns.failed(target, new Failure('upstream_timeout', ''), { isAlone: true });
    expect(cooldowns.admit(target)).toEqual(OPEN);
  });

  it.each(['upstream_timeout', 'upstream_unavailable', 'upstream_malformed'] as const)(
    'that cools for others is asked by who has no other: %s',
    (kind) => {
      const { cooldowns, fail } = makeCooldowns();
      for (let call = 0; call < 3; call++) fail(kind);
      expect(cooldowns.admit(target)).toMatchObject({ open: false });
      expect(cooldowns.recoversIn(target)).toBe(60_000);
      expect(cooldowns.recoversIn(target, { isAlone: true })).toBe(0);
      expect(cooldowns.admit(target, { isAlone: true })).toEqual(OPEN);
    },
  );

  it.each(['upstream_rate_limited', 'upstream_unauthorized', 'model_gone'] as const)(
    'what the provider says of itself holds for those, too: %s',
    (kind) => {
      const { cooldowns, fail } = makeCooldowns();
      for (let call = 0; call < 3; call++) fail(kind);
      expect(cooldowns.admit(target, { isAlone: true })).toMatchObject({ open: false });
    },
  );

  it('cools when half of its calls are slow, though never three in a row', () => {
    const { cooldowns, fail } = makeCooldowns();
    for (let call = 0; call < 5; call++) {
      fail('upstream_timeout');
      cooldowns.succeeded(target);
    }
    fail('upstream_timeout');
    expect(cooldowns.admit(target)).toMatchObject({ open: false, because: 'upstream_timeout' });
  });

  it('does not cool when one call in four is slow', () => {
    const { cooldowns, fail } = makeCooldowns();
    for (let call = 0; call < 40; call++) {
      if (call % 4 === 0) fail('upstream_timeout');
      else cooldowns.succeeded(target);
    }
    expect(cooldowns.admit(target)).toEqual(OPEN);
  });
});

describe('a model that is gone', () => {
  it('is remembered for a day', () => {
    const { clock, cooldowns, fail } = makeCooldowns();
    fail('model_gone');
    clock.advance(86_399_999);
    expect(cooldowns.isGone(target)).toBe(true);
    clock.advance(1);
    expect(cooldowns.isGone(target)).toBe(false);
    expect(cooldowns.admit(target)).toEqual(OPEN);
  });

  it('is not what a resting model is', () => {
    const { cooldowns, fail } = makeCooldowns();
    fail('upstream_rate_limited');
    expect(cooldowns.isGone(target)).toBe(false);
  });
});

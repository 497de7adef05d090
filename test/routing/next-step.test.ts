import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/failures/failure.ts';
import type { FailureKind } from '../../src/failures/failure-table.ts';
import { nextStep, type Situation } from '../../src/routing/next-step.ts';

const situation: Situation = {
  retriesLeft: 2,
  backoffMs: 200,
  retryAfterWait: 3_000,
  budgetLeftMs: 45_000,
  contextWindow: 8_192,
  hasSuccessor: false,
};

function decide(kind: FailureKind, differences: Partial<Situation> = {}, retryAfterMs?: number) {
  return nextStep(new Failure(kind, '', { retryAfterMs }), { ...situation, ...differences });
}

describe("the caller's own fault ends the walk", () => {
  it.each([
    'invalid_request',
    'upstream_bad_request',
    'content_filtered',
    'client_closed',
    'internal',
  ] as const)('%s', (kind) => {
    expect(decide(kind)).toEqual({ do: 'stop' });
  });
});

describe('a target that cannot help is left', () => {
  it.each(['upstream_unauthorized', 'upstream_quota', 'upstream_timeout', 'upstream_malformed'] as const)(
    '%s',
    (kind) => {
      expect(decide(kind)).toEqual({ do: 'next' });
    },
  );
});

describe('a full context', () => {
  it('needs a larger window', () => {
    expect(decide('context_length_exceeded')).toEqual({ do: 'next', largerThan: 8_192 });
  });

  it('of a window nobody knows needs any other target', () => {
    expect(decide('context_length_exceeded', { contextWindow: undefined })).toEqual({
      do: 'next',
      largerThan: 0,
    });
  });
});

describe('a gone model', () => {
  it('gives way to its successor', () => {
    expect(decide('model_gone', { hasSuccessor: true })).toEqual({ do: 'successor' });
  });

  it('without a successor is left', () => {
    expect(decide('model_gone')).toEqual({ do: 'next' });
  });
});

describe('a provider that is down', () => {
  it('is tried again after the back-off', () => {
    expect(decide('upstream_unavailable')).toEqual({ do: 'retry', afterMs: 200 });
  });

  it('is tried again when it says so, if that is soon', () => {
    expect(decide('upstream_unavailable', {}, 3_000)).toEqual({ do: 'retry', afterMs: 3_000 });
  });

  it('is left when it wants more time', () => {
    expect(decide('upstream_unavailable', {}, 3_001)).toEqual({ do: 'next' });
  });

  it('is left when no retries are left', () => {
    expect(decide('upstream_unavailable', { retriesLeft: 0 })).toEqual({ do: 'next' });
  });

  it('is left when the wait would use up the route budget', () => {
    expect(decide('upstream_unavailable', { budgetLeftMs: 200 })).toEqual({ do: 'next' });
  });

  it('may be waited for longer by the back-off than by its own word', () => {
    expect(decide('upstream_unavailable', { backoffMs: 4_000 })).toEqual({ do: 'retry', afterMs: 4_000 });
  });
});

describe('a rate limit', () => {
  it('is waited out when it is short', () => {
    expect(decide('upstream_rate_limited', {}, 1_000)).toEqual({ do: 'retry', afterMs: 1_000 });
  });

  it('is not waited out when it is long', () => {
    expect(decide('upstream_rate_limited', {}, 30_000)).toEqual({ do: 'next' });
  });

  it('is not waited out when nobody says how long it is', () => {
    expect(decide('upstream_rate_limited')).toEqual({ do: 'next' });
  });

  it('is not waited out without retries', () => {
    expect(decide('upstream_rate_limited', { retriesLeft: 0 }, 1_000)).toEqual({ do: 'next' });
  });

  it('is not waited out past the route budget', () => {
    expect(decide('upstream_rate_limited', { budgetLeftMs: 500 }, 1_000)).toEqual({ do: 'next' });
  });
});

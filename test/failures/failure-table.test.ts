import { describe, expect, it } from 'vitest';
import { asFailure, Failure, invalidRequest } from '../../src/failures/failure.ts';
import { type FailureKind, failureTable } from '../../src/failures/failure-table.ts';

/** The design, line by line. `unsupported_parameter` stays inside the router: callers get an `invalid_request`. */
const design: [FailureKind, status: number, next: string, cools: string][] = [
  ['invalid_request', 400, 'stop', 'no'],
  ['unauthorized', 401, 'stop', 'no'],
  ['rate_limited', 429, 'stop', 'no'],
  ['budget_exceeded', 402, 'stop', 'no'],
  ['upstream_bad_request', 400, 'stop', 'no'],
  ['context_length_exceeded', 400, 'larger window', 'no'],
  ['unsupported_parameter', 400, 'next target', 'no'],
  ['content_filtered', 400, 'stop', 'no'],
  ['upstream_unauthorized', 502, 'next target', 'provider key'],
  ['upstream_quota', 502, 'next target', 'provider key'],
  ['model_gone', 502, 'successor', 'a day'],
  ['upstream_rate_limited', 429, 'wait or next', 'at once'],
  ['upstream_unavailable', 502, 'retry', 'after the trip rule'],
  ['upstream_timeout', 504, 'next target', 'when often slow'],
  ['upstream_malformed', 502, 'next target', 'after the trip rule'],
  ['target_refused', 400, 'next target', 'no'],
  ['invalid_output', 502, 'next target', 'no'],
  ['no_target_available', 503, 'stop', 'no'],
  ['client_closed', 499, 'stop', 'no'],
  ['overloaded', 503, 'stop', 'no'],
  ['internal', 500, 'stop', 'no'],
];

it.each(design)('%s: %i, %s, cools: %s', (kind, status, next, cools) => {
  expect(failureTable[kind]).toMatchObject({ status, next, cools });
});

it('the table has these kinds and no others', () => {
  expect(Object.keys(failureTable).sort()).toEqual(design.map(([kind]) => kind).sort());
});

describe('a failure', () => {
  it('has the status of its kind', () => {
    expect(new Failure('upstream_timeout', 'too late').status).toBe(504);
  });

  it('may have a status of its own', () => {
    expect(invalidRequest('too large', undefined, 413).status).toBe(413);
  });

  it.each([
    ['invalid_request', true],
    ['context_length_exceeded', true],
    ['content_filtered', true],
    ['upstream_bad_request', true],
    ['upstream_unauthorized', false],
    ['upstream_unavailable', false],
    ['internal', false],
  ] as const)("%s is the caller's doing: %s", (kind, isCallersDoing) => {
    expect(new Failure(kind, '').isCallersDoing).toBe(isCallersDoing);
  });
});

describe('anything thrown becomes a failure', () => {
  it('a failure stays what it is', () => {
    const failure = new Failure('overloaded', 'busy');
    expect(asFailure(failure)).toBe(failure);
  });

  it('a fault of ours keeps its words to itself', () => {
    const failure = asFailure(new Error('password=secret'));
    expect(failure.kind).toBe('internal');
    expect(failure.message).not.toContain('secret');
    expect(failure.cause).toEqual(new Error('password=secret'));
  });
});

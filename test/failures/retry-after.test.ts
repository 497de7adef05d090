import { describe, expect, it } from 'vitest';
import { parseRetryAfter } from '../../src/failures/retry-after.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const HOUR = 3_600_000;
const waitFor = (headers: Record<string, string>, reason?: string) => parseRetryAfter(headers, reason, now);

describe('Retry-After', () => {
  it.each([
    ['seconds', '7', 7_000],
    ['no time at all', '0', 0],
    ['a fraction', '0.5', 500],
    ['a part of a millisecond, rounded up', '0.0001', 1],
    ['an HTTP date', 'Sat, 21 Nov 2026 12:00:30 GMT', 30_000],
    ['a date that is over', 'Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['a week, which is more than an hour', '604800', HOUR],
    ['a date in the year 9999', 'Fri, 31 Dec 9999 23:59:59 GMT', HOUR],
  ])('%s', (_what, text, milliseconds) => {
    expect(waitFor({ 'retry-after': text })).toBe(milliseconds);
  });

  it.each(['', ' ', 'soon', '-5', 'NaN', 'Infinity', '5 seconds or so'])('%o says nothing', (text) => {
    expect(waitFor({ 'retry-after': text })).toBeUndefined();
  });

  it('in milliseconds wins, as it is more exact', () => {
    expect(waitFor({ 'retry-after-ms': '1500', 'retry-after': '2' })).toBe(1_500);
  });

  it.each(['', 'soon', '-1'])('in seconds stands in for %o milliseconds', (text) => {
    expect(waitFor({ 'retry-after-ms': text, 'retry-after': '2' })).toBe(2_000);
  });

  it('wins over the reset of a limit', () => {
    expect(
      waitFor({
        'retry-after': '2',
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '60s',
      }),
    ).toBe(2_000);
  });
});

describe('the reset of a limit that is used up', () => {
  it.each([
    ['6m0s', 360_000],
    ['20ms', 20],
    ['1.5s', 1_500],
    ['1h2m3s', HOUR],
    ['59m3s', 3_543_000],
    ['1m0.5s', 60_500],
    ['1s250ms', 1_250],
    ['1d', HOUR],
    ['12', 12_000],
    ['0.2', 200],
    [String(now / 1000 + 9), 9_000],
    [String(now + 9), 9],
  ])('%s', (text, milliseconds) => {
    expect(waitFor({ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': text })).toBe(
      milliseconds,
    );
  });

  it.each(['', 'soon', '5x', 's', '6m0'])('%o says nothing', (text) => {
    expect(
      waitFor({ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': text }),
    ).toBeUndefined();
  });

  it('counts for tokens too', () => {
    expect(waitFor({ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '3s' })).toBe(3_000);
  });

  it("counts under Together's names too", () => {
    expect(waitFor({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '3' })).toBe(3_000);
  });

  it('is the later one when two are used up', () => {
    expect(
      waitFor({
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '1s',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '6s',
      }),
    ).toBe(6_000);
  });

  it('does not count while something of the limit is left', () => {
    expect(
      waitFor({ 'x-ratelimit-remaining-requests': '1', 'x-ratelimit-reset-requests': '60s' }),
    ).toBeUndefined();
  });

  it('does not count when nothing is said of what is left', () => {
    expect(waitFor({ 'x-ratelimit-reset-requests': '60s' })).toBeUndefined();
  });
});

describe("the provider's own words", () => {
  it.each([
    ['Rate limit reached for gpt-4. Please try again in 20s. Visit our site.', 20_000],
    ['Please try again in 1.2s.', 1_200],
    ['Please try again in 898ms.', 898],
    ['Please try again in 7m12s.', 432_000],
    ['Please try again in 20 s.', 20_000],
    ['Request was throttled. Your rate limit resets in ~30s.', 30_000],
    ['Please retry after 7 seconds.', 7_000],
  ])('%s', (reason, milliseconds) => {
    expect(waitFor({}, reason)).toBe(milliseconds);
  });

  it.each(['Please try again later.', 'I wrote this in 5s.', 'Retry in 5 sets.', ''])(
    '%o says nothing',
    (reason) => {
      expect(waitFor({}, reason)).toBeUndefined();
    },
  );

  it('come after the headers', () => {
    expect(waitFor({ 'retry-after': '3' }, 'Please try again in 20s.')).toBe(3_000);
  });
});

it('nothing at all says nothing', () => {
  expect(parseRetryAfter(undefined, undefined, now)).toBeUndefined();
});

/** Ranges of the overview in the reader's own zone, which is not always a whole hour from UTC and has days of 23 and 25 hours. */
import { afterEach, describe, expect, it } from 'vitest';
import { bucketOf, bucketsOf, largestOf, stack } from '../../src/pages/browser/overview/spend.js';
import { rangeOf } from '../../src/pages/browser/parts/range.js';

const zone = process.env.TZ;
afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

const NOW = Date.parse('2026-11-26T16:40:00Z');

describe('the time that is looked at', () => {
  it('begins at full hours of the zone', () => {
    process.env.TZ = 'Asia/Kolkata';
    const range = rangeOf({}, NOW);
    expect(range).toMatchObject({ from: '2026-11-25T17:30:00.000Z', bucket: 'hour' });
    const buckets = bucketsOf(range);
    expect(buckets).toHaveLength(24);
    // As the server names them.
    expect(buckets[0]).toBe(bucketOf('2026-11-25T23:00:00+05:30'));
  });

  it('begins at midnights of the zone, also where the clocks change', () => {
    process.env.TZ = 'Europe/Berlin';
    const range = rangeOf({ range: '7d' }, Date.parse('2026-10-27T12:00:00Z'));
    expect(bucketsOf(range)).toEqual([
      '2026-10-20T22:00:00.000Z',
      '2026-10-21T22:00:00.000Z',
      '2026-10-22T22:00:00.000Z',
      '2026-10-23T22:00:00.000Z',
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
      '2026-10-26T23:00:00.000Z',
    ]);
    expect(range.beforeTo).toBe('2026-10-20T12:00:00.000Z');
  });

  it('of any days has as many days before it, and weeks from Monday where there are many', () => {
    process.env.TZ = 'UTC';
    const range = rangeOf({ range: 'free', from: '2026-11-03', to: '2026-11-05' }, NOW);
    expect(range).toMatchObject({ beforeFrom: '2026-10-31', beforeTo: '2026-11-02', bucket: 'day' });
    const year = rangeOf({ range: 'free', from: '2026-01-01', to: '2026-11-05' }, NOW);
    expect(year.bucket).toBe('week');
    expect(bucketsOf(year)[0]).toBe('2025-12-29T00:00:00.000Z');
  });
});

describe('a stack', () => {
  /** As `GET /usage` gives it. */
  const row = (time: string, cost_usd: number, model?: string | null) => ({
    time,
    ...(model !== undefined && { model }),
    requests: 1,
    errors: 0,
    cache_hits: 0,
    input_tokens: 1,
    cached_input_tokens: 0,
    output_tokens: 1,
    reasoning_tokens: 0,
    cost_usd,
    saved_usd: 0,
    unpriced_requests: 0,
    p50_ms: null,
    p95_ms: null,
    ttft_p50_ms: null,
  });
  const rows = [
    row('2026-11-25T00:00:00Z', 1, 'a'),
    row('2026-11-26T00:00:00Z', 2, 'a'),
    row('2026-11-26T00:00:00Z', 9, 'b'),
    row('2026-11-26T00:00:00Z', 4, null),
    row('2026-11-25T00:00:00Z', 0, 'c'),
  ];
  const totals = [row('2026-11-25T00:00:00Z', 1), row('2026-11-26T00:00:00Z', 15)];

  it('has the largest by themselves and all others as one, so that its heights are the totals', () => {
    const { top, other } = largestOf(rows, 'model', 2);
    expect(top.map(({ model, cost_usd }) => [model, cost_usd])).toEqual([
      ['b', 9],
      [null, 4],
    ]);
    expect(other).toMatchObject({ cost_usd: 3, requests: 3 });
    const times = ['2026-11-25T00:00:00.000Z', '2026-11-26T00:00:00.000Z'];
    expect(stack({ top, overTime: rows, totals, dimension: 'model', times })).toEqual([
      { name: 'b', values: [0, 9] },
      { name: 'no model', values: [0, 4] },
      { name: 'Others', values: [1, 2] },
    ]);
  });

  it('has no others where there are none', () => {
    const { top, other } = largestOf(rows, 'model', 7);
    expect(other).toBeUndefined();
    const times = totals.map(({ time }) => bucketOf(time));
    expect(stack({ top, overTime: rows, totals, dimension: 'model', times }).map(({ name }) => name)).toEqual(
      ['b', 'no model', 'a', 'c'],
    );
  });
});

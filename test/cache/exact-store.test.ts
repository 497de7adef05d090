import { describe, expect, it } from 'vitest';
import type { Question } from '../../src/cache/answer-store.ts';
import { ExactStore } from '../../src/cache/exact-store.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { makeCompletion } from '../helpers/targets.ts';

const HOUR = 3_600_000;
const answer = (text: string, model = 'openai/gpt-4') => ({
  json: JSON.stringify(makeCompletion(text)),
  finishReason: 'stop' as const,
  model,
  storedAt: 1_700_000_000_000,
});
const under = (exactKey: string): Question => ({
  scope: 'me',
  route: '[]',
  request: { messages: [], stream: false },
  exactKey,
});
const hi = answer('hi');

function makeCache({ ttl = HOUR, maxBytes = 100_000 } = {}) {
  const clock = new ManualClock();
  return { clock, cache: new ExactStore(ttl, maxBytes, clock) };
}

it('gives back what was stored, by whom and when', () => {
  const { cache, clock } = makeCache();
  cache.keep(under('key'), hi);
  clock.advance(5_000);
  expect(cache.find(under('key'))).toEqual({ answer: hi, match: 'exact' });
});

it('knows nothing of other keys', () => {
  const { cache } = makeCache();
  cache.keep(under('key'), hi);
  expect(cache.get('another')).toBeUndefined();
});

describe('time', () => {
  it('keeps an answer to the end of its time', () => {
    const { cache, clock } = makeCache();
    cache.keep(under('key'), hi);
    clock.advance(HOUR);
    expect(cache.get('key')).toBeDefined();
  });

  it('takes it away after', () => {
    const { cache, clock } = makeCache();
    cache.keep(under('key'), hi);
    clock.advance(HOUR + 1);
    expect(cache.get('key')).toBeUndefined();
  });

  it('begins when an answer is stored, not when it is read', () => {
    const { cache, clock } = makeCache();
    cache.keep(under('key'), hi);
    clock.advance(HOUR);
    cache.get('key');
    clock.advance(1);
    expect(cache.get('key')).toBeUndefined();
  });

  it('begins anew when it is stored anew', () => {
    const { cache, clock } = makeCache();
    cache.keep(under('key'), hi);
    clock.advance(HOUR);
    cache.keep(under('key'), hi);
    clock.advance(HOUR);
    expect(cache.get('key')).toBeDefined();
  });
});

describe('space', () => {
  const large = answer('x'.repeat(4_000));
  const kept = (cache: ExactStore, count: number) =>
    Array.from({ length: count }, (_, index) => index).filter((index) => cache.get(`key ${index}`));

  it('is for the answers used last', () => {
    const { cache } = makeCache();
    for (let index = 0; index < 50; index++) cache.keep(under(`key ${index}`), large);
    const left = kept(cache, 50);
    expect(left.at(-1)).toBe(49);
    expect(left[0]).toBeGreaterThan(0);
  });

  it('is never more than what was given', () => {
    const { cache } = makeCache();
    for (let index = 0; index < 500; index++) cache.keep(under(`key ${index}`), large);
    // Two bytes a character, in the worst case.
    expect(kept(cache, 500).length * 8_000).toBeLessThanOrEqual(100_000);
    expect(kept(cache, 500).length).toBeGreaterThan(5);
  });

  it('is not all for one answer', () => {
    const { cache } = makeCache();
    cache.keep(under('small'), hi);
    cache.keep(under('huge'), answer('x'.repeat(90_000)));
    expect(cache.get('huge')).toBeUndefined();
    expect(cache.get('small')).toBeDefined();
  });
});

describe('off', () => {
  it.each([
    ['without time', { ttl: 0 }],
    ['without space', { maxBytes: 0 }],
  ])('%s', (_what, settings) => {
    const { cache } = makeCache(settings);
    cache.keep(under('key'), hi);
    expect(cache.isOn).toBe(false);
    expect(cache.get('key')).toBeUndefined();
  });
});

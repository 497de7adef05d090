import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { cacheKey, canonicalJson, jsonHash, keyPart, promptHash } from '../../src/cache/cache-key.ts';
import type { ChatRequest } from '../../src/core/openai-types.ts';
import { makeRequest } from '../helpers/targets.ts';

const json = fc.jsonValue({ noUnicodeString: false, maxDepth: 4 });
const fields = fc.dictionary(fc.string(), json);

/** The same value with the keys of every object the other way round. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, turned(item)]),
  );
}

/** JSON knows no negative zero. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('canonical JSON', () => {
  it('ignores the order of keys at any depth', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(turned(value))).toBe(canonicalJson(value));
      }),
    );
  });

  it('tells any two values apart, as it can be read back', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(asJson(value));
      }),
    );
  });

  it('keeps the order of lists', () => {
    expect(canonicalJson(['a', 'b'])).not.toBe(canonicalJson(['b', 'a']));
  });

  it('leaves out what is undefined', () => {
    expect(canonicalJson({ b: undefined, a: [undefined] })).toBe('{"a":[null]}');
  });
});

describe('the hash of a long text', () => {
  const sha256 = (text: string) => hash('sha256', text, 'base64url');
  const long = '👍'.repeat(50_000);

  it('is made of it as it is, as its JSON would be several times the work', () => {
    const written = vi.spyOn(JSON, 'stringify');
    onTestFinished(() => written.mockRestore());
    jsonHash([{ role: 'user', content: '\u0001'.repeat(100_000) }]);
    const lengths = written.mock.results.map(({ value }) => (value as string).length);
    expect(Math.max(...lengths)).toBeLessThan(100);
  });

  it('differs where the text, its place or its end does', () => {
    const halves = ['\ud83d', '\ud83e'].map((half) => `${long}${half}`);
    const values = [
      ...[[long], [`${long}x`], [`x${long}`], [long, 'x'], ['x', long], [long, long], [`${long}${long}`]],
      ...[{ a: long, b: 'x' }, { a: 'x', b: long }, { a: `~${long.length}:${long}` }, { a: long }],
      ...halves,
      ...['\ufffd'].map((end) => `${long}${end}`),
    ];
    expect(new Set(values.map(jsonHash)).size).toBe(values.length);
    expect(values.map(jsonHash)).toEqual((structuredClone(values) as unknown[]).map(jsonHash));
  });

  it('is that of the whole JSON of many small parts', () => {
    const value = Array.from({ length: 30_000 }, (_, at) => ({ role: 'user', text: `${at}` }));
    expect(jsonHash(value)).toBe(sha256(JSON.stringify(value)));
  });

  it('takes the place of what would make a long key', () => {
    expect(keyPart({ b: 1, a: 2 })).toBe('{"a":2,"b":1}');
    const tools = Array(1_000).fill({ type: 'function' });
    expect(keyPart(tools)).toBe(sha256(JSON.stringify(tools)));
  });
});

const keyFor = (scope: string, route: readonly string[], request: ChatRequest) =>
  cacheKey(scope, JSON.stringify(route), promptHash(request.messages), request);
const key = (request: object) => keyFor('caller', ['openai/gpt-4'], request as ChatRequest);
const request = makeRequest({ temperature: 0, messages: [{ role: 'user', content: 'hi' }] });

describe('two requests share an answer', () => {
  it('when only the order of keys differs', () => {
    fc.assert(
      fc.property(fields, (others) => {
        const one = { ...others, ...request };
        expect(key(turned(one) as object)).toBe(key(one));
      }),
    );
  });

  it('when one is streamed and the other is not', () => {
    expect(key({ ...request, stream: true })).toBe(key(request));
  });

  it('when one wants the usage chunk and the other does not', () => {
    expect(key({ ...request, stream_options: { include_usage: true } })).toBe(key(request));
  });
});

describe('two requests do not share an answer', () => {
  it('when any field differs', () => {
    fc.assert(
      fc.property(fields, fields, (some, others) => {
        const [one, two] = [some, others].map((fields) => ({ ...fields, ...request }));
        fc.pre(canonicalJson(one) !== canonicalJson(two));
        // What does not shape the answer is taken from `request` in both.
        expect(key(one!)).not.toBe(key(two!));
      }),
    );
  });

  it.each([
    ['the temperature', { temperature: 0.1 }],
    ['white space in a message', { messages: [{ role: 'user', content: 'hi ' }] }],
    ['the role', { messages: [{ role: 'system', content: 'hi' }] }],
    ['the number of answers', { n: 2 }],
    ['the seed', { seed: 1 }],
    ['the user', { user: 'Ada' }],
    ['a field of the provider', { top_k: 1 }],
    ['a field inside', { response_format: { type: 'json_object' } }],
  ])('when %s differs', (_what, difference) => {
    expect(key({ ...request, ...difference })).not.toBe(key(request));
  });

  it('when they come from different callers', () => {
    const of = (scope: string) => keyFor(scope, ['a'], request);
    expect(of('one')).not.toBe(of('two'));
  });

  it('when other models may answer, or in another order', () => {
    const of = (...route: string[]) => keyFor('caller', route, request);
    expect(new Set([of('a'), of('a', 'b'), of('b', 'a')]).size).toBe(3);
  });
});

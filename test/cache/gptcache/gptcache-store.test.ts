import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Question, StoredAnswer } from '../../../src/cache/answer-store.ts';
import { checkGptCache } from '../../../src/cache/gptcache/check.ts';
import { GptCacheStore, type GptCacheStoreOptions } from '../../../src/cache/gptcache/gptcache-store.ts';
import { HitWatch } from '../../../src/cache/semantic/hit-watch.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { type Fault, fakeGptCache } from './fake-gptcache.ts';

const ANSWER: StoredAnswer = { json: '{"id":"1"}', finishReason: 'stop', model: 'a/b', storedAt: 1 };
const STORED = 'How do I reverse a linked list in Java?';
const ASKED = 'java reverse linked list';
const SECRET = 'a secret';

let server: Awaited<ReturnType<typeof fakeGptCache>>;
beforeEach(async () => {
  server = await fakeGptCache();
});
afterEach(() => server.close());

const ask = (content: string, scope = 'key-1', request: object = {}): Question => ({
  scope,
  route: '["a/b"]',
  exactKey: content,
  requestId: 'req-1',
  request: { messages: [{ role: 'user', content }], stream: false, ...request } as Question['request'],
});
const open = (options: Partial<GptCacheStoreOptions> = {}) =>
  new GptCacheStore({
    url: server.url,
    secret: SECRET,
    fetch,
    clock: systemClock,
    ttl: 60_000,
    timeout: 30_000,
    watch: new HitWatch({}),
    ...options,
  });
const stored = async (store: GptCacheStore) => {
  while (store.clientCounts.waiting > 0 || server.rows.length < server.calls.put || server.calls.put === 0) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

describe('a GPTCache server as a store', () => {
  it('gives the answer to another wording', async () => {
    const store = open();
    store.keep(ask(STORED), ANSWER);
    await stored(store);
    expect(await store.find(ask(ASKED))).toMatchObject({
      answer: ANSWER,
      match: 'semantic',
      details: { request: 'req-1' },
    });
    expect(await open().find(ask(ASKED))).toMatchObject({ answer: ANSWER });
  });

  it('not to a near miss, though the server says so', async () => {
    const store = open();
    store.keep(ask('convert string to int in java'), ANSWER);
    await stored(store);
    expect(await store.find(ask('convert int to string in java'))).toBeUndefined();
    expect(store.counts).toMatchObject({ veto: 1 });
  });

  it('not to another tenant, and the other tenant does not stand in front of ours', async () => {
    const store = open();
    store.keep(ask(STORED, 'key-2'), ANSWER);
    await stored(store);
    expect(await store.find(ask(ASKED))).toBeUndefined();
    store.keep(ask(STORED), { ...ANSWER, model: 'ours' });
    await stored(store);
    expect(await store.find(ask(ASKED))).toMatchObject({ answer: { model: 'ours' } });
  });

  it.each([
    ['a row that somebody else put', 'Just use a loop.'],
    ['a forged envelope', JSON.stringify({ v: 1, payload: JSON.stringify({ scope: 'x' }), mac: 'AAAA' })],
    ['JSON of another kind', '[1, 2]'],
  ])('%s is a miss', async (_, row) => {
    const store = open();
    store.keep(ask(STORED), ANSWER);
    await stored(store);
    const key = server.rows[0]!.prompt;
    server.rows.length = 0;
    server.put(key, row);
    expect(await store.find(ask(ASKED))).toBeUndefined();
    expect(store.counts).toMatchObject({ foreign: 1 });
  });

  it('an answer of another secret, and an expired one, are misses', async () => {
    const store = open();
    store.keep(ask(STORED), ANSWER);
    await stored(store);
    expect(await open({ secret: 'another' }).find(ask(ASKED))).toBeUndefined();
    const later = { ...systemClock, now: () => Date.now() + 60_001 };
    const old = open({ clock: later });
    expect(await old.find(ask(ASKED))).toBeUndefined();
    expect(old.counts).toMatchObject({ expired: 1 });
  });

  it('what is too long for a row is not put', async () => {
    const store = open({ maxRow: 3_000 });
    store.keep(ask(STORED), { ...ANSWER, json: JSON.stringify({ text: 'x'.repeat(3_000) }) });
    expect(store.clientCounts.waiting).toBe(0);
    expect(server.calls.put).toBe(0);
  });

  it('a caller who wants only the very same question is not given another; a strict one only what is near', async () => {
    const store = open();
    store.keep(ask('How do I compress all folders in bash?'), ANSWER);
    await stored(store);
    const other = ask('bash compress folders');
    expect(await store.find(other, { similar: 'off' })).toBeUndefined();
    expect(server.calls.get).toBe(0);
    expect(await store.find(other, { similar: 'strict' })).toBeUndefined();
    expect(await store.find(other)).toMatchObject({ match: 'semantic' });
  });

  it('a pair that its caller calls wrong never meets again', async () => {
    const watch = new HitWatch({});
    const store = open({ watch });
    store.keep(ask(STORED), ANSWER);
    await stored(store);
    expect(await store.find(ask(ASKED))).toMatchObject({ match: 'semantic' });
    expect(watch.reportWrong('req-1', 'key-1')).toBe(true);
    expect(await store.find(ask(ASKED))).toBeUndefined();
  });

  it('in the shadow it is filled, and not asked', async () => {
    const store = open({ mode: 'shadow' });
    store.keep(ask(STORED), ANSWER);
    await stored(store);
    expect(await store.find(ask(ASKED))).toBeUndefined();
    expect(server.calls).toEqual({ get: 0, put: 1 });
  });

  it('a request with tools is never asked about', async () => {
    const tools = [{ type: 'function', function: { name: 'f' } }];
    expect(await open().find(ask(STORED, 'key-1', { tools }))).toBeUndefined();
    expect(server.calls.get).toBe(0);
  });
});

describe('a GPTCache server in trouble', () => {
  it.each<Fault>(['hang', 'reset', '500', 'html', 'huge', 'redirect'])(
    '%s: a miss, and after three it is left alone',
    async (fault) => {
      server.control.fault = fault;
      const store = open(fault === 'hang' ? { timeout: 1_000 } : {});
      for (let n = 0; n < 5; n++) expect(await store.find(ask(ASKED))).toBeUndefined();
      expect(store.clientCounts).toMatchObject({ failed: 3, skipped: 2 });
      // One that was given up by a machine that paused may not have arrived.
      if (fault === 'hang') expect(server.calls.get).toBeLessThanOrEqual(3);
      else expect(server.calls.get).toBe(3);
    },
  );

  it('after half a minute one call asks whether it is back', async () => {
    let elapsed = 0;
    server.control.fault = '500';
    const store = open({ clock: { ...systemClock, elapsed: () => elapsed } });
    for (let n = 0; n < 4; n++) await store.find(ask(ASKED));
    elapsed = 30_000;
    await Promise.all([store.find(ask(ASKED)), store.find(ask(ASKED))]);
    expect(server.calls.get).toBe(4);
    elapsed = 60_000;
    server.control.fault = undefined;
    await store.find(ask(ASKED));
    await store.find(ask(ASKED));
    expect(server.calls.get).toBe(6);
  });

  it('puts wait in a bounded queue', () => {
    server.control.fault = 'hang';
    const store = open();
    for (let n = 0; n < 1_000; n++) store.keep(ask(`reverse ${n} linked lists in java`), ANSWER);
    expect(store.clientCounts).toMatchObject({ waiting: 100, dropped: 899 });
  });
});

describe('the check of the doctor', () => {
  const options = () => ({ url: server.url, fetch, clock: systemClock, timeout: 30_000 });

  it('puts an answer and gets it back', async () => {
    expect(await checkGptCache(options())).toMatchObject({ isWorking: true });
  });

  it('says what is wrong', async () => {
    server.control.fault = '500';
    expect(await checkGptCache(options())).toEqual({
      isWorking: false,
      text: 'does not take an answer (POST /put failed)',
    });
  });
});

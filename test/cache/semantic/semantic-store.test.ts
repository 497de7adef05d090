import { describe, expect, it } from 'vitest';
import type { Question, StoredAnswer } from '../../../src/cache/answer-store.ts';
import { HitWatch } from '../../../src/cache/semantic/hit-watch.ts';
import { Judge } from '../../../src/cache/semantic/judge.ts';
import type { KeyValueStore } from '../../../src/cache/semantic/redis-index.ts';
import {
  createSemanticStore,
  type SemanticStoreOptions,
} from '../../../src/cache/semantic/semantic-store.ts';
import { systemClock } from '../../../src/core/clock.ts';

const ANSWER: StoredAnswer = { json: '{"id":"1"}', finishReason: 'stop', model: 'a/b', storedAt: 1 };
const STORED = 'How do I reverse a linked list in Java?';
const ASKED = 'java reverse linked list';

let keys = 0;
const ask = (content: string, more: Partial<Question> = {}, request: object = {}): Question => ({
  scope: 'key-1',
  route: '["a/b"]',
  exactKey: `exact-${++keys}`,
  requestId: `req-${keys}`,
  request: { messages: [{ role: 'user', content }], stream: false, ...request } as Question['request'],
  ...more,
});

function open(options: Partial<SemanticStoreOptions> = {}) {
  const answers = new Map<string, StoredAnswer>();
  const watch = new HitWatch({});
  const store = createSemanticStore({
    mode: 'on',
    watch,
    findExact: (key) => answers.get(key),
    ttl: 60_000,
    clock: systemClock,
    random: () => 0.99,
    ...options,
  });
  const keep = (question: Question) => {
    answers.set(question.exactKey, ANSWER);
    store.keep(question, ANSWER);
    return question;
  };
  return { store, keep, answers, watch };
}

describe('the semantic store', () => {
  it('finds the answer to another wording, and says how it differs and whose it was', () => {
    const { store, keep } = open();
    const stored = keep(ask(STORED));
    expect(store.find(ask(ASKED))).toEqual({
      answer: ANSWER,
      match: 'semantic',
      details: { request: stored.requestId, cost: 0.1, differences: 'do~none' },
    });
    expect(store.report()).toMatchObject({ lookups: { hit: 1 }, entries: 1, state: 'unaudited' });
  });

  it('does not find it for a near miss', () => {
    const { store, keep } = open();
    keep(ask('convert string to int in java'));
    expect(store.find(ask('convert int to string in java'))).toBeUndefined();
    expect(store.report()).toMatchObject({ lookups: { veto: 1 }, vetoes: { target: 1 } });
  });

  it.each([
    ['another caller', { scope: 'key-2' }, {}],
    ['other models', { route: '["c/d"]' }, {}],
    ['another temperature', {}, { temperature: 0.5 }],
    [
      'a system prompt',
      {},
      {
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: ASKED },
        ],
      },
    ],
  ])('nor for %s', (_, more, request) => {
    const { store, keep } = open();
    keep(ask(STORED));
    expect(store.find(ask(ASKED, more, request))).toBeUndefined();
  });

  it.each([
    ['tools', { tools: [{ type: 'function', function: { name: 'f' } }] }],
    ['response_format', { response_format: { type: 'json_object' } }],
    ['n', { n: 2 }],
    ['logprobs', { logprobs: true }],
    [
      'not text',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:' } }] }] },
    ],
    [
      'several turns',
      {
        messages: [
          { role: 'user', content: 'a' },
          { role: 'assistant', content: 'b' },
          { role: 'user', content: 'c' },
        ],
      },
    ],
    ['ages', { messages: [{ role: 'user', content: 'what is the latest version of node' }] }],
    ['points at something else', { messages: [{ role: 'user', content: 'fix this code please' }] }],
  ])('is not asked about: %s', (reason, request) => {
    const { store } = open();
    expect(store.find(ask('', {}, request))).toBeUndefined();
    expect(store.report().ineligible).toEqual({ [reason]: 1 });
  });

  it('several turns count when they are allowed, and the turns before must be the same', () => {
    const { store, keep } = open({ allowsMultiTurn: true });
    const turns = (first: string, last: string) => ({
      messages: [
        { role: 'user', content: first },
        { role: 'assistant', content: 'ok' },
        { role: 'user', content: last },
      ],
    });
    keep(ask('', {}, turns('hello', STORED)));
    expect(store.find(ask('', {}, turns('hello', ASKED)))).toMatchObject({ match: 'semantic' });
    expect(store.find(ask('', {}, turns('hello!', ASKED)))).toBeUndefined();
  });

  it('a strict request takes only small differences', () => {
    const { store, keep } = open();
    keep(ask('How do I compress all folders in bash?'));
    const other = 'bash compress folders';
    expect(store.find(ask(other))).toMatchObject({ match: 'semantic' });
    expect(store.find(ask(other), { similar: 'strict' })).toBeUndefined();
  });

  it('an answer that is gone is a miss, and its entry goes, too', () => {
    const { store, keep, answers } = open();
    keep(ask(STORED));
    answers.clear();
    expect(store.find(ask(ASKED))).toBeUndefined();
    expect(store.report().entries).toBe(0);
  });

  it('in the shadow it counts and serves nothing', () => {
    const { store, keep } = open({ mode: 'shadow' });
    keep(ask(STORED));
    expect(store.find(ask(ASKED))).toBeUndefined();
    expect(store.report().lookups).toEqual({ would_hit: 1 });
  });

  it('a pair that was reported wrong never meets again', () => {
    const { store, keep, watch } = open();
    keep(ask(STORED));
    const asked = ask(ASKED);
    store.find(asked);
    expect(watch.reportWrong(asked.requestId!, 'key-1')).toBe(true);
    expect(watch.reportWrong(asked.requestId!, 'key-1')).toBe(false);
    expect(store.find(ask(ASKED))).toBeUndefined();
    expect(store.find(ask('reverse a linked list in java'))).toMatchObject({ match: 'semantic' });
    expect(store.report()).toMatchObject({ reportedWrong: 1, vetoes: { 'reported wrong': 1 } });
  });

  it('nobody reports the hits of others, however the request is called', () => {
    const { store, keep, watch } = open();
    keep(ask(STORED));
    const asked = ask(ASKED, { requestId: 'chosen' });
    store.find(asked);
    expect(watch.reportWrong('chosen', 'key-2')).toBe(false);
    expect(store.find(asked)).toMatchObject({ match: 'semantic' });
    expect(watch.reportWrong('chosen', undefined)).toBe(true);
    expect(store.find(asked)).toBeUndefined();
  });

  it('what one caller reports closes the cache for that caller only', () => {
    const { store, keep, watch } = open();
    for (const scope of ['key-1', 'key-2']) keep(ask(STORED, { scope }));
    for (let n = 0; n < 20; n++) {
      const asked = ask(`please ${ASKED}${'!'.repeat(n)}`);
      store.find(asked);
      watch.reportWrong(asked.requestId!, 'key-1');
    }
    expect(store.find(ask(`${ASKED} thanks`))).toBeUndefined();
    expect(store.find(ask(`${ASKED} thanks`, { scope: 'key-2' }))).toMatchObject({ match: 'semantic' });
    expect(store.report()).toMatchObject({ limit: 0.6 });
  });

  it('a throw of the exact cache is a miss', async () => {
    const failing = [
      () => Promise.reject(new Error('gone')),
      () => {
        throw new Error('gone');
      },
    ];
    for (const findExact of failing) {
      const { store, keep } = open({ findExact });
      keep(ask(STORED));
      expect(await store.find(ask(ASKED))).toBeUndefined();
      expect(store.report().lookups).toEqual({ error: 1 });
    }
  });
});

describe('audits', () => {
  const audited = (text: string, usd = 0.01, dollars = 1) => {
    const prompts: string[] = [];
    const judge = new Judge(
      async (prompt) => {
        prompts.push(prompt);
        return { text, usd };
      },
      dollars,
      systemClock,
    );
    return { ...open({ judge, random: () => 0 }), prompts };
  };
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('an audited hit is not served; the judge sees both questions and the answer', async () => {
    const { store, keep, prompts } = audited('Yes.');
    keep(ask(STORED));
    expect(store.find(ask(ASKED))).toBeUndefined();
    await settled();
    expect(prompts[0]).toContain(JSON.stringify(STORED));
    expect(prompts[0]).toContain(JSON.stringify(ASKED));
    expect(store.report()).toMatchObject({
      lookups: { audited: 1 },
      audits: { right: 1, wrong: 0 },
      state: 'watch',
    });
  });

  it('a wrong one keeps the pair apart from then on', async () => {
    const { store, keep } = audited('no');
    keep(ask(STORED));
    store.find(ask(ASKED));
    await settled();
    store.find(ask(ASKED));
    expect(store.report()).toMatchObject({ lookups: { audited: 1, veto: 1 }, audits: { wrong: 1 } });
  });

  it('a reply that is neither, and a spent budget, decide nothing', async () => {
    const unclear = audited('It depends');
    unclear.keep(ask(STORED));
    unclear.store.find(ask(ASKED));
    await settled();
    expect(unclear.store.report().audits).toEqual({ right: 0, wrong: 0, unknown: 1 });
    const poor = audited('yes', 0.01, 0.01);
    poor.keep(ask(STORED));
    for (let n = 0; n < 3; n++) poor.store.find(ask(ASKED));
    await settled();
    expect(poor.prompts).toHaveLength(1);
    expect(poor.store.report().audits).toEqual({ right: 1, wrong: 0, unknown: 2 });
  });
});

describe('several instances with one Redis', () => {
  const memoryRedis = () => {
    const values = new Map<string, string>();
    const redis: KeyValueStore = {
      get: async (key) => values.get(key) ?? null,
      set: async (key, value) => values.set(key, value),
    };
    return { redis, values };
  };
  const written = () => new Promise((resolve) => setImmediate(resolve));

  it('what one has stored another finds', async () => {
    const { redis } = memoryRedis();
    const findExact = async () => ANSWER;
    const first = open({ sharedIndex: redis, findExact });
    first.keep(ask(STORED));
    await written();
    const second = open({ sharedIndex: redis, findExact });
    expect(await second.store.find(ask(ASKED))).toMatchObject({ match: 'semantic' });
  });

  it.each(['not json', '{}', '[1, null, {"prompt": 5}]'])('%s in Redis is a miss', async (value) => {
    const { store } = open({ sharedIndex: { get: async () => value, set: async () => {} } });
    expect(await store.find(ask(ASKED))).toBeUndefined();
  });

  it('a Redis that fails is a miss', async () => {
    const fail = () => Promise.reject(new Error('down'));
    const { store, keep } = open({ sharedIndex: { get: fail, set: fail } });
    expect(await store.find(ask(ASKED))).toBeUndefined();
    keep(ask(STORED));
    expect(store.find(ask(ASKED))).toMatchObject({ match: 'semantic' });
  });
});

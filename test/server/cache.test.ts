/** Complete answers are kept and shared, and only those. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startAnsweringOnce } from '../helpers/answering-once.ts';
import { eventually } from '../helpers/eventually.ts';
import { startBareGateway, startGateway } from '../helpers/gateway.ts';
import { replyWith } from '../helpers/raw-upstream.ts';

const QUESTION = { prompt: 'write me a function to print hello world' };

describe('a second identical question', () => {
  it('is answered from the cache, with the age of the answer and at no cost', async () => {
    const { ask, simulator } = await startGateway();
    const first = await ask(QUESTION);
    await sleep(1_100);
    const second = await ask(QUESTION);
    expect(first.headers).toMatchObject({ 'x-cache': 'miss' });
    expect(first.headers).not.toHaveProperty('age');
    expect(second.headers).toMatchObject({
      'x-cache': 'hit',
      age: expect.stringMatching(/^[1-9]\d*$/),
      'x-cost-usd': '0',
      'x-model': 'together/togethercomputer/CodeLlama-34b-Instruct',
    });
    expect(second.body).toEqual(first.body);
    expect(simulator.calls).toHaveLength(1);
  });

  it('may have its fields in another order', async () => {
    const { ask, simulator } = await startGateway();
    await ask({ ...QUESTION, temperature: 0.1, logit_bias: { '1': 1, '2': 2 } });
    const { headers } = await ask({ logit_bias: { '2': 2, '1': 1 }, temperature: 0.1, ...QUESTION });
    expect(headers['x-cache']).toBe('hit');
    expect(simulator.calls).toHaveLength(1);
  });

  it('may be a stream, of several chunks, word by word', async () => {
    const { ask, stream, simulator } = await startGateway();
    const whole = await ask(QUESTION);
    const replayed = await stream({ ...QUESTION, stream_options: { include_usage: true } });
    expect(replayed.headers['x-cache']).toBe('hit');
    expect(replayed.text).toBe(whole.text);
    expect(replayed.done).toBe(true);
    expect(replayed.chunks.length).toBeGreaterThan(10);
    expect(replayed.chunks.at(-1)).toMatchObject({ choices: [], usage: whole.body.usage });
    const longest = Math.max(...replayed.chunks.map(({ choices }) => choices[0]?.delta.content?.length ?? 0));
    expect(longest).toBeLessThan(60);
    expect(simulator.calls).toHaveLength(1);
  });

  it('may want whole what was a stream', async () => {
    const { ask, stream, simulator } = await startGateway();
    const streamed = await stream(QUESTION);
    const { headers, text, body } = await ask(QUESTION);
    expect(headers['x-cache']).toBe('hit');
    expect(text).toBe(streamed.text);
    expect(body).toMatchObject({
      object: 'chat.completion',
      choices: [{ finish_reason: 'stop' }],
      usage: { total_tokens: expect.any(Number) },
    });
    expect(simulator.calls).toHaveLength(1);
  });

  it('finds the answer of a fallback too', async () => {
    const { ask, simulator } = await startGateway({ RETRIES: '0' });
    simulator.script('together', '500');
    await ask(QUESTION);
    const { headers } = await ask(QUESTION);
    expect(headers).toMatchObject({ 'x-cache': 'hit', 'x-model': 'openai/gpt-4' });
  });
});

describe('another question misses', () => {
  it.each([
    ['another prompt', { prompt: 'something else' }],
    ['another temperature', { ...QUESTION, temperature: 0.5 }],
    ['another cap', { ...QUESTION, max_tokens: 10 }],
    ['another model', { ...QUESTION, model: 'gpt-4' }],
    ['another user', { ...QUESTION, user: 'someone' }],
    ['a field of a provider', { ...QUESTION, top_k: 3 }],
    ['tools', { ...QUESTION, cache: true, tools: [{ type: 'function', function: { name: 'run' } }] }],
    ['the same words in another role', { messages: [{ role: 'system', content: QUESTION.prompt }] }],
  ])('%s', async (_what, other) => {
    const { ask, simulator } = await startGateway();
    await ask(QUESTION);
    const { status, headers } = await ask(other);
    expect(status).toBe(200);
    expect(headers['x-cache']).toBe('miss');
    expect(simulator.calls).toHaveLength(2);
  });
});

describe('a caller may do without the cache', () => {
  it('no-cache asks for a fresh answer, which is kept in place of the old one', async () => {
    const { ask, simulator } = await startGateway();
    await ask(QUESTION);
    simulator.answer('all', 'a fresh answer');
    const fresh = await ask(QUESTION, { 'cache-control': 'no-cache' });
    expect(fresh.text).toBe('a fresh answer');
    expect(fresh.headers['x-cache']).toBe('bypass');
    expect((await ask(QUESTION)).text).toBe('a fresh answer');
    expect(simulator.calls).toHaveLength(2);
  });

  it.each([
    ['cache-control: no-store', QUESTION, { 'cache-control': 'no-store' }],
    ['"cache": false', { ...QUESTION, cache: false }, {}],
  ])('%s keeps the exchange out of it altogether', async (_what, body, headers) => {
    const { ask, simulator } = await startGateway();
    expect((await ask(body, headers)).headers['x-cache']).toBe('bypass');
    expect((await ask(QUESTION)).headers['x-cache']).toBe('miss');
    expect((await ask(body, headers)).headers['x-cache']).toBe('bypass');
    expect(simulator.calls).toHaveLength(3);
  });

  it('CACHE_TTL=0 turns it off', async () => {
    const { ask, simulator } = await startGateway({ CACHE_TTL: '0' });
    await ask(QUESTION);
    expect((await ask(QUESTION)).headers['x-cache']).toBe('bypass');
    expect(simulator.calls).toHaveLength(2);
  });

  it('an answer is forgotten after CACHE_TTL', async () => {
    const { ask, simulator } = await startGateway({ CACHE_TTL: '200ms' });
    await ask(QUESTION);
    await sleep(300);
    expect((await ask(QUESTION)).headers['x-cache']).toBe('miss');
    expect(simulator.calls).toHaveLength(2);
  });

  it('a simulated fault in demo mode goes round it', async () => {
    const { ask } = await startBareGateway();
    await ask(QUESTION);
    const { headers } = await ask(QUESTION, { 'x-simulate': 'together=500' });
    expect(headers).toMatchObject({ 'x-cache': 'bypass', 'x-model': 'openai/gpt-4' });
  });
});

describe('what is not whole is not kept', () => {
  it('a failure', async () => {
    const { ask, simulator } = await startGateway();
    simulator.script('together', '400');
    expect((await ask(QUESTION)).status).toBe(400);
    const { status, headers } = await ask(QUESTION);
    expect(status).toBe(200);
    expect(headers['x-cache']).toBe('miss');
  });

  it.each(['cut', 'no_finish:3', 'error_event', 'malformed_event'])(
    'a stream that broke off: %s',
    async (fault) => {
      const { stream, simulator } = await startGateway({ ALLOWED_FAILURES: '99' });
      simulator.always('together', fault);
      const broken = await stream({ model: 'codellama', ...QUESTION });
      expect(broken.done).toBe(false);
      simulator.reset();
      const { headers, done } = await stream({ model: 'codellama', ...QUESTION });
      expect(headers['x-cache']).toBe('miss');
      expect(done).toBe(true);
    },
  );

  it('a stream whose caller left', async () => {
    const { post, ask, simulator } = await startGateway({}, { tokenMs: 20 });
    const hangUp = new AbortController();
    const response = await post({ ...QUESTION, stream: true }, {}, hangUp.signal);
    await response.body!.getReader().read();
    hangUp.abort();
    await eventually(() => expect(simulator.calls[0]!.aborted).toBe(true));
    expect((await ask(QUESTION)).headers['x-cache']).toBe('miss');
  });
});

describe('identical questions in flight', () => {
  it('share one upstream call, and everyone gets the whole answer', async () => {
    const { ask, stream, upstream } = await startAnsweringOnce(10, replyWith('openai/text.json'));
    const whole = await Promise.all(Array.from({ length: 10 }, () => ask(QUESTION)));
    expect(upstream.requests).toHaveLength(1);
    expect(new Set(whole.map(({ text }) => text)).size).toBe(1);
    expect(whole.map(({ headers }) => headers['x-cache']).sort()).toEqual([
      ...Array(9).fill('coalesced'),
      'miss',
    ]);
    expect((await stream(QUESTION)).text).toBe(whole[0]!.text);
  });

  it('cost once', async () => {
    const { ask } = await startAnsweringOnce(3, replyWith('openai/text.json'));
    const answers = await Promise.all([ask(QUESTION), ask(QUESTION), ask(QUESTION)]);
    const costs = answers.map(({ headers }) => Number(headers['x-cost-usd'])).sort();
    expect(costs).toEqual([0, 0, expect.any(Number)]);
    expect(costs[2]).toBeGreaterThan(0);
  });

  it('some streamed and some whole, whoever came first', async () => {
    for (const order of ['stream first', 'whole first']) {
      const reply = replyWith(order === 'stream first' ? 'openai/text.sse' : 'openai/text.json');
      const { ask, stream, upstream } = await startAnsweringOnce(4, reply);
      const [first, ...others] =
        order === 'stream first' ? [stream, ask, stream, ask] : [ask, stream, ask, stream];
      const begun = first!(QUESTION);
      await eventually(() => expect(upstream.requests).toHaveLength(1));
      const answers = await Promise.all([begun, ...others.map((one) => one(QUESTION))]);
      expect(upstream.requests).toHaveLength(1);
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect(answers[0]!.text).toMatch(/^Hello.*世界/);
    }
  });

  it('one who comes in mid stream gets the whole stream', async () => {
    const { post, stream, simulator } = await startGateway({}, { tokenMs: 100 });
    const first = await post({ ...QUESTION, stream: true });
    await eventually(() => expect(simulator.calls[0]!.bytesWritten).toBeGreaterThan(1_000));
    const late = await stream(QUESTION);
    expect(late.headers['x-cache']).toBe('coalesced');
    expect(late.text).toMatch(/^Here is “Hello, World!” in Python:[\s\S]*line by line\.$/);
    expect(late.done).toBe(true);
    await first.text();
    expect(simulator.calls).toHaveLength(1);
  });

  it('when the first caller hangs up, the others still get the whole', async () => {
    const { post, stream, ask, simulator, events } = await startGateway({}, { tokenMs: 100 });
    const verdicts: string[] = [];
    events.subscribe({
      name: 'test',
      listensTo: ['cache_checked'],
      onEach: (event) => void (event.type === 'cache_checked' && verdicts.push(event.verdict)),
    });
    const hangUp = new AbortController();
    const first = await post({ ...QUESTION, stream: true }, {}, hangUp.signal);
    await first.body!.getReader().read();
    const others = Promise.all([stream(QUESTION), ask(QUESTION)]);
    await eventually(() => expect(verdicts).toEqual(['miss', 'coalesced', 'coalesced']));
    hangUp.abort();
    for (const { text, headers } of await others) {
      expect(text).toContain('line by line.');
      expect(headers['x-cache']).toBe('coalesced');
    }
    expect(simulator.calls).toHaveLength(1);
    expect(simulator.calls[0]!.aborted).toBe(false);
  });

  it('when all hang up, the upstream call is aborted', async () => {
    const { post, simulator } = await startGateway({}, { tokenMs: 200 });
    const hangUp = new AbortController();
    await Promise.all([1, 2, 3].map(() => post({ ...QUESTION, stream: true }, {}, hangUp.signal)));
    expect(simulator.calls).toHaveLength(1);
    hangUp.abort();
    await eventually(() => expect(simulator.calls[0]!.aborted).toBe(true));
  });

  it('get the same failure', async () => {
    const refusal = { error: { message: 'No.', type: 'invalid_request_error', code: 'content_filter' } };
    const { ask, upstream } = await startAnsweringOnce(3, { status: 400, body: JSON.stringify(refusal) });
    const answers = await Promise.all([ask(QUESTION), ask(QUESTION), ask(QUESTION)]);
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
    expect(new Set(answers.map(({ body }) => body.request_id)).size).toBe(3);
    expect(upstream.requests).toHaveLength(1);
  });

  it('one that joins no longer after the first has failed is tried anew', async () => {
    const { ask, simulator } = await startGateway();
    simulator.script('together', '400');
    await ask(QUESTION);
    expect((await ask(QUESTION)).status).toBe(200);
    expect(simulator.calls).toHaveLength(2);
  });
});

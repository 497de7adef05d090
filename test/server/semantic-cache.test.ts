/** With SEMANTIC_CACHE=on the same question in other words is answered from the cache, and every such answer says so. */
import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { startGateway } from '../helpers/gateway.ts';
import { parsePrometheusText, valueIn } from '../helpers/prometheus-text.ts';

const ON = { SEMANTIC_CACHE: 'on' };
const QUESTION = { prompt: 'How do I reverse a string in Python?' };
const SAME = { prompt: 'what is the best way to reverse a string in python' };

describe('other words for the same question', () => {
  it('are answered without a model, and the reply says why', async () => {
    const { url, ask, simulator } = await startGateway(ON);
    const first = await ask(QUESTION);
    const second = await ask(SAME);
    expect(second.headers['x-cache']).toBe('hit-semantic');
    expect(second.headers['x-cache-request']).toBe(first.headers['x-request-id']);
    expect(second.headers).toHaveProperty('x-cache-differences');
    expect(second.headers).toHaveProperty('age');
    expect(second.text).toBe(first.text);
    expect(simulator.calls).toHaveLength(1);
    const receipt = await (await fetch(`${url}/requests/${second.headers['x-request-id']}`)).json();
    expect(receipt).toMatchObject({
      cache: 'hit-semantic',
      semantic: {
        of: first.headers['x-request-id'],
        score: expect.any(Number),
        differences: second.headers['x-cache-differences'],
      },
    });
  });

  it('may be asked as a stream, which is replayed', async () => {
    const { ask, stream, simulator } = await startGateway(ON);
    const whole = await ask(QUESTION);
    const replayed = await stream(SAME);
    expect(replayed.headers['x-cache']).toBe('hit-semantic');
    expect(replayed.text).toBe(whole.text);
    expect(replayed.done).toBe(true);
    expect(simulator.calls).toHaveLength(1);
  });

  it.each([
    ['the opposite', {}, { prompt: 'How do I not reverse a string in Python?' }],
    ['another language', {}, { prompt: 'How do I reverse a string in Ruby?' }],
    ['another temperature', {}, { ...SAME, temperature: 0.9 }],
    [
      'a system prompt',
      {},
      {
        messages: [
          { role: 'system', content: 'Be rude.' },
          { role: 'user', ...content(SAME) },
        ],
      },
    ],
    ['a caller who wants only the very same', { 'x-semantic-cache': 'off' }, SAME],
    [
      'tools',
      {},
      { ...SAME, tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }] },
    ],
  ])('%s is another question', async (_what, headers, body) => {
    const { ask, simulator } = await startGateway(ON);
    await ask(QUESTION);
    expect((await ask(body, headers)).headers['x-cache']).not.toBe('hit-semantic');
    expect(simulator.calls).toHaveLength(2);
  });
});

it('an answer that a caller calls wrong is not given for those words again', async () => {
  const { ask, url, simulator } = await startGateway(ON);
  await ask(QUESTION);
  const wrong = await ask(SAME);
  const feedback = (id: string, body: object) =>
    fetch(`${url}/requests/${id}/feedback`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  expect((await feedback(wrong.headers['x-request-id']!, {})).status).toBe(400);
  expect((await feedback('req_of_nobody', { wrong_answer: true })).status).toBe(404);
  expect((await feedback(wrong.headers['x-request-id']!, { wrong_answer: true })).status).toBe(200);
  expect((await ask(SAME)).headers['x-cache']).not.toBe('hit-semantic');
  expect(simulator.calls).toHaveLength(2);
});

it('an answer that was found is not entered under its new words, or meanings would drift', async () => {
  const { ask, url } = await startGateway(ON);
  await ask(QUESTION);
  expect((await ask(SAME)).headers['x-cache']).toBe('hit-semantic');
  const report = (await (await fetch(`${url}/cache/semantic`)).json()) as { entries: number };
  expect(report.entries).toBe(1);
});

it('tenants do not meet, and none can report what another was answered', async () => {
  const admin = { authorization: 'Bearer an-admin-key-of-the-tests' };
  const { ask, url, simulator } = await startGateway({ ...ON, ADMIN_KEY: 'an-admin-key-of-the-tests' });
  const post = (path: string, body: object, headers: Record<string, string>) =>
    fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const newKey = async (alias: string) => {
    const { key } = (await (await post('/keys', { alias }, admin)).json()) as { key: string };
    return { authorization: `Bearer ${key}` };
  };
  const [one, other] = [await newKey('one'), await newKey('other')];
  await ask(QUESTION, one);
  expect((await ask(SAME, other)).headers['x-cache']).toBe('miss');
  const served = await ask(SAME, one);
  expect(served.headers['x-cache']).toBe('hit-semantic');
  expect(simulator.calls).toHaveLength(2);
  const feedback = `/requests/${served.headers['x-request-id']}/feedback`;
  expect((await post(feedback, { wrong_answer: true }, other)).status).toBe(404);
  expect((await post(feedback, { wrong_answer: true }, one)).status).toBe(200);
});

it('a value of x-semantic-cache that does not exist is refused, and costs nothing', async () => {
  const { ask, simulator } = await startGateway(ON);
  const reply = await ask(QUESTION, { 'x-semantic-cache': 'sometimes' });
  expect(reply.status).toBe(400);
  expect(reply.body).toMatchObject({ error: { param: 'x-semantic-cache' } });
  expect(simulator.calls).toHaveLength(0);
});

it('the metrics say what became of the questions, and how sure one can be', async () => {
  const { ask, url } = await startGateway(ON);
  await ask(QUESTION);
  await ask(SAME);
  const metrics = parsePrometheusText(await (await fetch(`${url}/metrics`)).text());
  expect(valueIn(metrics, 'codellama_semantic_lookups_total', { result: 'hit' })).toBe(1);
  expect(valueIn(metrics, 'codellama_semantic_lookups_total', { result: 'miss' })).toBe(1);
  expect(valueIn(metrics, 'codellama_semantic_false_rate_upper')).toBe(1);
  expect(valueIn(metrics, 'codellama_semantic_limit')).toBe(0.6);
  expect(valueIn(metrics, 'codellama_semantic_state', { state: 'unaudited' })).toBe(1);
});

it('shadow counts what would be answered, and answers nothing', async () => {
  const { ask, url, simulator } = await startGateway({ SEMANTIC_CACHE: 'shadow' });
  await ask(QUESTION);
  expect((await ask(SAME)).headers['x-cache']).toBe('miss');
  expect(simulator.calls).toHaveLength(2);
  const report = (await (await fetch(`${url}/cache/semantic`)).json()) as { lookups: Record<string, number> };
  expect(report.lookups.would_hit).toBe(1);
});

it('it is off unless it is switched on, and says so', async () => {
  const { ask, url, simulator } = await startGateway();
  await ask(QUESTION);
  await ask(SAME);
  expect(simulator.calls).toHaveLength(2);
  expect((await fetch(`${url}/cache/semantic`)).status).toBe(404);
});

function content({ prompt }: { prompt: string }) {
  return { content: prompt };
}

it('a judge looks at some of the answers beside the callers, and what it costs has rows of its own', async () => {
  const { ask, url, simulator } = await startGateway({ ...ON, SEMANTIC_JUDGE: 'gpt-4' });
  await ask(QUESTION);
  const variants = [
    'reverse a string in python',
    'python: reverse a string',
    'how can I reverse a string in Python',
  ];
  for (let round = 0; round < 8; round++) for (const prompt of variants) await ask({ prompt });
  const judged = () => simulator.callsTo('openai').length;
  await eventually(() => expect(judged()).toBeGreaterThan(0));
  const { total } = (await (await fetch(`${url}/usage?group_by=key`)).json()) as {
    total: { requests: number };
  };
  expect(total.requests).toBeGreaterThan(25);
});

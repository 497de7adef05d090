/** `affinity: session`: a session stays where its prompt cache is warm, and yields to health. */
import { expect, it } from 'vitest';
import type { RawReply } from '../helpers/raw-upstream.ts';
import { startTwoUpstreams } from '../helpers/two-upstreams.ts';

const usage = {
  prompt_tokens: 100,
  completion_tokens: 2,
  total_tokens: 102,
  prompt_tokens_details: { cached_tokens: 80 },
};
const choices = [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }];
const FINE: RawReply = {
  body: JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'm', choices, usage }),
};
const DOWN: RawReply = { status: 500, body: '{"error":{"message":"down"}}' };
const QUESTION = { model: 'pair', cache: false, messages: [{ role: 'user', content: 'hello' }] };

it('a session that was answered by the second model stays there; others begin with the first', async () => {
  const { ask, first, second } = await startTwoUpstreams(
    { first: [DOWN, FINE], second: [FINE, FINE, DOWN] },
    {},
    'affinity: session',
  );
  const of = async (session: string) => (await ask(QUESTION, { 'x-session-id': session })).headers['x-model'];
  expect(await of('one')).toBe('openai-compatible/second-model');
  expect(await of('one')).toBe('openai-compatible/second-model');
  expect(await of('two')).toBe('openai-compatible/first-model');
  expect((await ask(QUESTION)).headers['x-model']).toBe('openai-compatible/first-model');
  expect([first.requests.length, second.requests.length]).toEqual([3, 2]);
  // Now the second is down: the session moves, and stays where it went.
  expect(await of('one')).toBe('openai-compatible/first-model');
  expect(await of('one')).toBe('openai-compatible/first-model');
  expect(second.requests).toHaveLength(3);
});

it('without it every request begins with the first model', async () => {
  const { ask, first } = await startTwoUpstreams({ first: [DOWN, FINE], second: [FINE] });
  const session = { 'x-session-id': 'one' };
  await ask(QUESTION, session);
  expect((await ask(QUESTION, session)).headers['x-model']).toBe('openai-compatible/first-model');
  expect(first.requests).toHaveLength(2);
});

it('the receipt says what was read from the prompt cache, and where the conversation broke', async () => {
  const { ask, url } = await startTwoUpstreams({ first: [FINE], second: [FINE] });
  const cacheOf = async (messages: object[]) => {
    const { headers } = await ask({ ...QUESTION, messages }, { 'x-session-id': 'one' });
    const receipt = await fetch(`${url}/requests/${headers['x-request-id']}`);
    return ((await receipt.json()) as { prompt_cache: object }).prompt_cache;
  };
  const turns = ['one', 'two', 'three'].map((content) => ({ role: 'user', content }));
  const counts = { read: 80, written: 0, fresh: 20 };
  expect(await cacheOf(turns.slice(0, 2))).toEqual({ ...counts, broke_at: null });
  expect(await cacheOf(turns)).toEqual({ ...counts, broke_at: null });
  expect(await cacheOf([turns[0]!, turns[2]!])).toEqual({ ...counts, broke_at: 'messages.1' });
});

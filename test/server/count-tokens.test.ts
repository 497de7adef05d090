/** `/v1/messages/count_tokens`: the provider's own count where it has one, ours in every other case, and never an error for it. */
import { describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/environment.ts';
import { postJson, startBareGateway } from '../helpers/gateway.ts';
import { type RawReply, startRawUpstream } from '../helpers/raw-upstream.ts';

const ASK = {
  model: 'anthropic/claude-sonnet-5-5',
  max_tokens: 200,
  system: 'You write code.',
  messages: [{ role: 'user', content: 'How long is this?' }],
};

async function start(replies: readonly RawReply[], environment: Environment = {}) {
  const upstream = await startRawUpstream(...replies);
  const gateway = await startBareGateway({
    ANTHROPIC_API_KEY: 'key-of-anthropic',
    ANTHROPIC_BASE_URL: upstream.url,
    OPENAI_API_KEY: 'key-of-openai',
    OPENAI_BASE_URL: upstream.url,
    ...environment,
  });
  const count = async (body: object = {}, headers: Record<string, string> = {}) => {
    const response = await postJson(`${gateway.url}/v1/messages/count_tokens`, { ...ASK, ...body }, headers);
    const { input_tokens: tokens } = (await response.json()) as { input_tokens: number };
    return { status: response.status, tokens, by: response.headers.get('x-token-count') };
  };
  return { ...gateway, upstream, count };
}

const estimated = { status: 200, tokens: expect.any(Number), by: 'estimated' };

describe('over Anthropic', () => {
  it('is its own count, of the conversation as it came', async () => {
    const { count, upstream } = await start([{ body: '{"input_tokens": 1234}' }]);
    const tools = [{ name: 'read', input_schema: { type: 'object' } }];
    expect(await count({ tools }, { 'anthropic-beta': 'some-beta-2026-01-01' })).toEqual({
      status: 200,
      tokens: 1234,
      by: 'provider',
    });
    const [{ path, headers, body }] = upstream.requests as [(typeof upstream.requests)[number]];
    expect(path).toBe('/v1/messages/count_tokens');
    expect(headers).toMatchObject({
      'x-api-key': 'key-of-anthropic',
      'anthropic-beta': 'some-beta-2026-01-01',
    });
    const { system, messages } = ASK;
    expect(body).toEqual({ model: 'claude-sonnet-5-5', system, messages, tools });
  });

  it.each<[string, RawReply]>([
    [
      'is refused',
      { status: 404, body: '{"type":"error","error":{"type":"not_found_error","message":"no"}}' },
    ],
    ['is no number', { body: '{"input_tokens": -3}' }],
    ['is no JSON', { body: '<html>' }],
    ['breaks off', { body: '{"input', ending: 'cut' }],
    ['does not come', { body: '', ending: 'hang' }],
  ])('is ours where that %s, which is not asked for again for a while', async (_what, reply) => {
    const { count, upstream } = await start([reply]);
    expect(await count()).toEqual(estimated);
    expect(await count()).toEqual(estimated);
    expect(upstream.requests).toHaveLength(1);
  });

  it('is asked for again after one that is refused for what stands in it', async () => {
    const message = 'messages.0.content: at least one block is required';
    const error = { type: 'invalid_request_error', message };
    const { count, upstream } = await start([
      { status: 400, body: JSON.stringify({ type: 'error', error }) },
      { body: '{"input_tokens": 12}' },
    ]);
    expect(await count()).toEqual(estimated);
    expect(await count()).toEqual({ status: 200, tokens: 12, by: 'provider' });
    expect(upstream.requests).toHaveLength(2);
  });

  it('says nothing of the model’s health: a count that is refused leaves it in its place', async () => {
    const message = {
      type: 'message',
      role: 'assistant',
      model: 'claude',
      content: [{ type: 'text', text: 'ok' }],
    };
    const usage = { input_tokens: 1, output_tokens: 1 };
    const { url, count } = await start([
      { status: 529, body: '{"type":"error","error":{"type":"overloaded_error","message":"full"}}' },
      { body: JSON.stringify({ id: 'msg_1', ...message, stop_reason: 'end_turn', usage }) },
    ]);
    expect(await count()).toEqual(estimated);
    const answer = await postJson(`${url}/v1/messages`, ASK);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-attempts')).toMatch(/^anthropic\/claude-sonnet-5-5=ok/);
  });
});

it('over another wire nobody is asked', async () => {
  const { count, upstream } = await start([{ body: '{}' }]);
  expect(await count({ model: 'openai/gpt-4' })).toEqual(estimated);
  expect(upstream.requests).toHaveLength(0);
});

it('a key counts for the models it may ask, and no others', async () => {
  const { url, upstream } = await start([{ body: '{"input_tokens": 7}' }], {
    ADMIN_KEY: 'admin-key-of-sixteen',
  });
  const admin = { authorization: 'Bearer admin-key-of-sixteen' };
  const made = await postJson(`${url}/keys`, { alias: 'four', models: ['openai/gpt-4'] }, admin);
  const { key } = (await made.json()) as { key: string };
  const refused = await postJson(`${url}/v1/messages/count_tokens`, ASK, { 'x-api-key': key });
  expect(refused.status).toBe(403);
  expect(upstream.requests).toHaveLength(0);
});

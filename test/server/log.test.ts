/** One line a request, with the receipt; no prompt, no answer and no key in any line. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { startGateway } from '../helpers/gateway.ts';
import { receiptsOf } from '../helpers/receipts.ts';

const SECRET_PROMPT = 'my very secret prompt about quicksort';
const SECRET_ANSWER = 'the very secret answer of the model';
const QUICK = { RETRIES: '0', FIRST_TOKEN_TIMEOUT: '1s', ATTEMPT_TIMEOUT: '1s', IDLE_TIMEOUT: '1s' };

describe('the receipt', () => {
  it('of an answer', async () => {
    const gateway = await startGateway({ GUARDRAIL_PROMPT: 'off' });
    gateway.simulator.answer('openai', 'one two three');
    await gateway.ask(
      { model: 'gpt-4', prompt: 'hello world', user: 'user-1' },
      { 'x-request-id': 'trace-42' },
    );
    const [receipt] = await receiptsOf(gateway, 1);
    expect(receipt).toEqual({
      id: 'trace-42',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      key_id: null,
      key_alias: null,
      project: null,
      project_alias: null,
      user: 'user-1',
      door: 'chat',
      agent: 'node',
      session: null,
      chain: 'gpt-4',
      model: 'gpt-4',
      provider: 'openai',
      stream: false,
      cache: 'miss',
      attempts: [
        {
          target: 'openai/gpt-4',
          kind: 'ok',
          status: 200,
          started_ms: expect.any(Number),
          first_token_ms: expect.any(Number),
          ended_ms: expect.any(Number),
        },
      ],
      usage: { input: 6, cached_input: 0, cache_write: 0, output: 3, reasoning: 0, estimated: false },
      hold_usd: 0,
      cost_usd: 0.00036,
      ttft_ms: expect.any(Number),
      duration_ms: expect.any(Number),
      finish_reason: 'stop',
      prompt_cache: { read: 0, written: 0, fresh: 6, broke_at: null },
      stitched: false,
      client: 'completed',
      error: null,
    });
  });

  it('counts what came from a provider cache apart', async () => {
    const gateway = await startGateway();
    gateway.simulator.always('openai', 'cached:10');
    await gateway.ask({ model: 'gpt-4', prompt: 'hello world' });
    const [receipt] = await receiptsOf(gateway, 1);
    const { input, cached_input: cached } = receipt!.usage;
    expect(cached).toBe(10);
    expect(input).toBeGreaterThan(0);
  });

  it('of a stream has the time to the first token', async () => {
    const gateway = await startGateway({}, { firstTokenMs: 100, tokenMs: 5 });
    await gateway.stream({ prompt: 'hello world' });
    const [receipt] = await receiptsOf(gateway, 1);
    expect(receipt).toMatchObject({ stream: true, finish_reason: 'stop' });
    expect(receipt!.ttft_ms).toBeGreaterThanOrEqual(95);
    expect(receipt!.duration_ms).toBeGreaterThan(Number(receipt!.ttft_ms) + 50);
  });

  it('is written once for each request, however it ends', async () => {
    const gateway = await startGateway({ RETRIES: '0', ALLOWED_FAILURES: '99' });
    const { ask, stream, simulator } = gateway;
    await ask({ prompt: 'a hit' });
    await ask({ prompt: 'a hit' });
    simulator.script('together', '400');
    await ask({ prompt: 'a refusal' });
    simulator.script('together', '500');
    await stream({ prompt: 'a fallback' });
    simulator.script('together', 'cut:5');
    await stream({ prompt: 'a cut', n: 2 });
    const found = await receiptsOf(gateway, 5);
    expect(found.map(({ cache, error }) => [cache, (error as { kind: string } | null)?.kind])).toEqual([
      ['miss', undefined],
      ['hit', undefined],
      ['miss', 'upstream_bad_request'],
      ['miss', undefined],
      ['miss', 'upstream_unavailable'],
    ]);
    expect(gateway.log).toHaveLength(5);
  });

  it('names the failure of every attempt when nobody answered', async () => {
    const gateway = await startGateway(QUICK);
    for (const provider of ['together', 'openai', 'anthropic'] as const)
      gateway.simulator.always(provider, 'hang');
    await gateway.ask({ prompt: 'hello world' });
    const [receipt] = await receiptsOf(gateway, 1);
    expect(receipt).toMatchObject({
      model: null,
      // What each of them had read is charged, as an estimate.
      cost_usd: expect.any(Number),
      usage: { input: expect.any(Number), output: 0, estimated: true },
      attempts: [{ kind: 'upstream_timeout' }, { kind: 'upstream_timeout' }, { kind: 'upstream_timeout' }],
      error: { kind: 'no_target_available' },
    });
  });
});

it('a request that could not be tried is one line, with its id and kind', async () => {
  const { ask, log } = await startGateway();
  await ask({ prompt: '' }, { 'x-request-id': 'trace-43' });
  expect(log).toMatchObject([
    { request_id: 'trace-43', error_kind: 'invalid_request', status: 400, msg: 'refused' },
  ]);
});

it('no line holds a prompt, an answer or a key, whatever happens', async () => {
  const adminKey = 'an-admin-key-of-the-tests';
  const { url, ask, stream, log, simulator } = await startGateway({
    ...QUICK,
    ALLOWED_FAILURES: '99',
    COOLDOWN: '1ms',
    LONG_COOLDOWN: '1ms',
    ADMIN_KEY: adminKey,
    PROMPTLAYER_API_KEY: 'key-of-promptlayer',
  });
  simulator.answer('all', SECRET_ANSWER);
  const known = { authorization: `Bearer ${adminKey}` };
  const faults = [
    'ok',
    '400',
    '401',
    'bad_key',
    'quota',
    '429',
    '500',
    'html502',
    'not_json',
    'hang',
    'cut',
    'malformed_event',
    'error_event',
    'empty',
  ];
  for (const [index, fault] of faults.entries()) {
    for (const provider of ['together', 'openai', 'anthropic'] as const) simulator.always(provider, fault);
    await ask({ prompt: `${SECRET_PROMPT} ${index}`, user: 'user-1' }, known);
    await stream({ prompt: `${SECRET_PROMPT} ${index}`, cache: false }, known);
  }
  await ask({ prompt: SECRET_PROMPT, temperature: 9 }, known);
  await ask({ messages: [{ role: SECRET_PROMPT, content: SECRET_PROMPT }] }, known);
  await ask({ prompt: SECRET_PROMPT }, { authorization: 'Bearer a-key-somebody-guessed' });
  await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...known },
    body: `{"prompt": "${SECRET_PROMPT}`,
  });
  await eventually(() => expect(log.length).toBeGreaterThanOrEqual(2 * faults.length + 4));
  const lines = JSON.stringify(log);
  for (const secret of [
    SECRET_PROMPT,
    SECRET_ANSWER,
    adminKey,
    'key-of-together',
    'key-of-openai',
    'key-of-anthropic',
    'key-of-promptlayer',
    'a-key-somebody-guessed',
  ])
    expect(lines).not.toContain(secret);
});

it('nor the prompt in the words of a provider that refused it', async () => {
  const provider = createServer((request, response) => {
    request.resume();
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { message: `Bad content: '${SECRET_PROMPT}'`, type: 'invalid' } }));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void provider.close());
  await once(provider, 'listening');
  const { port } = provider.address() as AddressInfo;
  const gateway = await startGateway({ TOGETHER_BASE_URL: `http://127.0.0.1:${port}/v1` });
  const { body } = await gateway.ask({ prompt: SECRET_PROMPT });
  expect(body.error.message).toBe(`together answered 400: Bad content: '${SECRET_PROMPT}'`);
  const [receipt] = await receiptsOf(gateway, 1);
  expect(receipt!.error).toEqual({ kind: 'upstream_bad_request', message: 'together answered 400' });
});

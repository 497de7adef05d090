/** Providers that do not keep to the cap they are sent, or report what cannot be true: the caller's budget is not theirs to spend. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { startBareGateway } from '../helpers/gateway.ts';

const ADMIN = { authorization: 'Bearer the-administrators-own-key' };
/** OpenAI's price of gpt-4o: 2.5 and 10 dollars a million tokens. */
const MODEL = 'openai/gpt-4o-2024-11-20';

/** What the tests read of keys and receipts. */
interface Shown {
  readonly id: string;
  readonly key: string;
  readonly held_usd: number;
  readonly spent_usd: number;
  readonly cost_usd: number;
  readonly hold_usd: number;
  readonly finish_reason: string;
  readonly usage: object;
  readonly attempts: readonly object[];
}

type Answer = (response: ServerResponse) => void;

async function startWith(answer: Answer) {
  let closed = 0;
  const upstream = createServer((request, response) => {
    request.resume();
    response.on('error', () => {});
    response.on('close', () => {
      if (!response.writableFinished) closed += 1;
    });
    answer(response);
  });
  await once(upstream.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    upstream.closeAllConnections();
    upstream.close();
  });
  const gateway = await startBareGateway({
    ADMIN_KEY: 'the-administrators-own-key',
    CACHE_TTL: '0',
    RETRIES: '0',
    OPENAI_API_KEY: 'key-of-openai',
    OPENAI_BASE_URL: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`,
  });
  const call = async (path: string, body?: object) => {
    const reply = await fetch(gateway.url + path, {
      method: body ? 'POST' : 'GET',
      headers: { ...ADMIN, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    return (await reply.json()) as Shown;
  };
  const { id, key } = await call('/keys', { alias: 'web', budget_usd: 1, budget_period: 'total' });
  const bearer = { authorization: `Bearer ${key}` };
  return {
    gateway,
    bearer,
    closed: () => closed,
    key: () => call(`/keys/${id}`),
    receipt: (headers: Record<string, string>) => call(`/requests/${headers['x-request-id']}`),
  };
}

const chunk = (delta: object, finish: string | null = null, more: object = {}) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }], ...more })}\n\n`;

function streamed(...chunks: string[]): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`${chunks.join('')}data: [DONE]\n\n`);
  };
}

function whole(content: string, usage: object): Answer {
  return (response) => {
    const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }];
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'm', choices, usage }),
    );
  };
}

/** Words without end, a few at a time. */
const endless: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const timer = setInterval(() => response.write(chunk({ content: 'word '.repeat(10) })), 2);
  response.on('close', () => clearInterval(timer));
};

describe('a stream that goes on beyond the cap', () => {
  it('is cut there, ends with `length`, and is charged as counted', async () => {
    const { gateway, bearer, closed, key, receipt } = await startWith(endless);
    const ask = { model: MODEL, prompt: 'hello', max_tokens: 100, stream_options: { include_usage: true } };
    const { text, chunks, done, headers } = await gateway.stream(ask, bearer);
    expect(text).toBe('word '.repeat(100));
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('length');
    // What the provider had written until it was cut: one piece beyond the cap, or more on a busy machine.
    expect(chunks.at(-1)?.usage).toMatchObject({ estimated: true });
    expect(chunks.at(-1)?.usage?.completion_tokens).toBeGreaterThan(100);
    expect(done).toBe(true);
    await eventually(() => expect(closed()).toBe(1));
    const { held_usd: held, spent_usd: spent } = await key();
    expect(held).toBe(0);
    expect(spent).toBeGreaterThan(100 * 10e-6);
    const { attempts, finish_reason: finish, cost_usd: cost, hold_usd: hold, usage } = await receipt(headers);
    expect(attempts[0]).toMatchObject({ kind: 'ok', note: 'output_cap' });
    expect({ finish, cost }).toEqual({ finish: 'length', cost: spent });
    expect(cost).toBeLessThanOrEqual(hold);
    expect(usage).toMatchObject({ estimated: true });
  });

  it('in one delta of a megabyte is cut within it', async () => {
    const { gateway, bearer } = await startWith(
      streamed(chunk({ content: 'many words '.repeat(100_000) }), chunk({}, 'stop')),
    );
    const { text } = await gateway.stream({ model: MODEL, prompt: 'hello', max_tokens: 50 }, bearer);
    expect(text).toBe('many words '.repeat(25));
  });

  it.each([
    ['its thinking', (words: string) => ({ reasoning_content: words })],
    [
      'the arguments of a call',
      (words: string) => ({
        tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: words } }],
      }),
    ],
  ])('in %s is cut, too', async (_where, delta) => {
    const { gateway, bearer } = await startWith(
      streamed(chunk(delta('{"a b c d": "e f g h"}')), chunk(delta(' x y z'.repeat(500))), chunk({}, 'stop')),
    );
    const ask = { model: MODEL, prompt: 'hello', max_tokens: 60, tools: [TOOL], tool_calls: 'stream' };
    const { raw, chunks } = await gateway.stream(ask, bearer);
    expect(raw.length).toBeLessThan(5_000);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('length');
  });

  it('goes on for a caller whose budget does not pay for it', async () => {
    const { gateway } = await startWith(streamed(chunk({ content: 'a b '.repeat(500) }), chunk({}, 'stop')));
    const { text } = await gateway.stream({ model: MODEL, prompt: 'hello', max_tokens: 100 }, ADMIN);
    expect(text).toBe('a b '.repeat(500));
  });

  it('on the door of Anthropic ends with `max_tokens`', async () => {
    const { gateway, bearer } = await startWith(endless);
    const reply = await fetch(`${gateway.url}/v1/messages`, {
      method: 'POST',
      headers: { ...bearer, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: MODEL,
        max_tokens: 100,
        stream: true,
        messages: [{ role: 'user', content: 'hi' }],
      }),
    });
    const raw = await reply.text();
    expect(raw).toContain('"stop_reason":"max_tokens"');
    expect(raw).toContain('message_stop');
  });
});

const TOOL = { type: 'function', function: { name: 'f', parameters: { type: 'object' } } };

describe('a count that cannot be true', () => {
  const HONEST = { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 };

  it.each([
    ['more written than the cap', { ...HONEST, completion_tokens: 5_000, total_tokens: 5_009 }],
    ['more read than the window', { ...HONEST, prompt_tokens: 9_000_000, total_tokens: 9_000_002 }],
    ['far more read than was sent', { ...HONEST, prompt_tokens: 100_000, total_tokens: 100_002 }],
  ])('(%s) is replaced by our own, whole and streamed', async (_what, usage) => {
    // Two tokens by the rule of thumb, too, which must do while the tokeniser is not there yet.
    const told = [
      whole('hi there', usage),
      streamed(chunk({ content: 'hi there' }), chunk({}, 'stop', { usage })),
    ];
    for (const stream of [false, true]) {
      const { gateway, bearer, key } = await startWith(told[Number(stream)]!);
      const ask = { model: MODEL, prompt: 'hello', max_tokens: 100 };
      const found = stream
        ? (await gateway.stream({ ...ask, stream_options: { include_usage: true } }, bearer)).chunks.at(-1)
            ?.usage
        : (await gateway.ask(ask, bearer)).body.usage;
      expect(found).toMatchObject({ completion_tokens: 2, estimated: true });
      expect((await key()).spent_usd).toBeLessThan(0.001);
    }
  });

  it('is believed where it can be true', async () => {
    const { gateway, bearer } = await startWith(
      whole('hello there', { ...HONEST, prompt_tokens: 1_000, total_tokens: 1_002 }),
    );
    const ask = { model: MODEL, prompt: 'hello '.repeat(200), max_tokens: 100 };
    const { body, headers } = await gateway.ask(ask, bearer);
    expect(body.usage).toMatchObject({ prompt_tokens: 1_000 });
    expect(Number(headers['x-cost-usd'])).toBeCloseTo(1_000 * 2.5e-6 + 2 * 10e-6, 9);
  });
});

describe('a whole answer that cost more than was reserved', () => {
  it('is given, charged with what was reserved, and told to the log', async () => {
    // Within the slack of the cap, and more read than the bytes of the prompt.
    const usage = { prompt_tokens: 20_000, completion_tokens: 110, total_tokens: 20_110 };
    const { gateway, bearer, key, receipt } = await startWith(whole('word '.repeat(5_000), usage));
    const { text, headers } = await gateway.ask({ model: MODEL, prompt: 'hello', max_tokens: 100 }, bearer);
    expect(text).toBe('word '.repeat(5_000));
    const { cost_usd: cost, hold_usd: hold } = await receipt(headers);
    expect(cost).toBe(hold);
    expect(cost).toBeLessThan(0.01);
    expect(Number(headers['x-cost-usd'])).toBe(hold);
    expect((await key()).spent_usd).toBe(hold);
    const warning = gateway.log.find(({ msg }) => /cost more than was reserved/.test(String(msg)));
    expect(warning).toMatchObject({ excess_usd: 20_000 * 2.5e-6 + 110 * 10e-6 - hold });
  });
});

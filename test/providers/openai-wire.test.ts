/** The OpenAI wire as OpenAI, Together and their likes speak it, as raw bytes from a real socket. */
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openai } from '../../src/providers/openai.ts';
import { openaiCompatible } from '../../src/providers/openai-compatible.ts';
import type { Target } from '../../src/providers/provider.ts';
import { together } from '../../src/providers/together.ts';
import { eventually } from '../helpers/eventually.ts';
import { freePort } from '../helpers/free-port.ts';
import { fixture, type RawReply, replyWith, startRawUpstream } from '../helpers/raw-upstream.ts';
import type { MakeProvider } from './support.ts';
import { failureOf, KEY, made, never, question, read, targetAt, toolCalls, whole } from './support.ts';

const makers = { openai, together, 'openai-compatible': openaiCompatible } as const satisfies Record<
  string,
  MakeProvider
>;
type Name = keyof typeof makers;
const names = Object.keys(makers) as Name[];

/** Asks an upstream that gives these bytes. */
async function ask(name: Name, raw: RawReply, request: object = {}, over: Partial<Target> = {}) {
  const upstream = await startRawUpstream(raw);
  const provider = made(makers[name]);
  const target = targetAt(upstream.url, name, over);
  const send = () => provider.send(question(request), target, { signal: never() });
  return { upstream, send };
}

async function sent(name: Name, request: object, over: Partial<Target> = {}) {
  const raw = 'stream' in request ? replyWith('openai/text.sse') : replyWith('openai/text.json');
  const { upstream, send } = await ask(name, raw, request, over);
  const { dropped } = await send();
  return { ...upstream.requests[0]!, dropped };
}

const stream = async (name: Name, raw: RawReply) => {
  const { send } = await ask(name, raw, { stream: true });
  return read(await send());
};

describe.each(names)('the request of %s', (name) => {
  it('has the path and the key by the SDK, and the question', async () => {
    const { method, path, headers, body } = await sent(name, {});
    expect({ method, path }).toEqual({ method: 'POST', path: '/chat/completions' });
    expect(headers).toMatchObject({ authorization: `Bearer ${KEY}`, 'content-type': 'application/json' });
    expect(body).toEqual({
      model: 'a-model',
      messages: [{ role: 'user', content: 'Hello?' }],
      stream: false,
    });
  });

  it('has the headers of the target and of the call', async () => {
    const upstream = await startRawUpstream(replyWith('openai/text.json'));
    const target = targetAt(upstream.url, name, { headers: { 'X-Title': 'a title' } });
    await made(makers[name]).send(question(), target, { signal: never(), headers: { 'x-simulate': 'ok' } });
    expect(upstream.requests[0]!.headers).toMatchObject({ 'x-title': 'a title', 'x-simulate': 'ok' });
  });

  it('always asks for the usage of a stream', async () => {
    const { body } = await sent(name, { stream: true, stream_options: { include_usage: false } });
    expect(body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  });

  it('passes on what it does not know', async () => {
    expect((await sent(name, { min_p: 0.1, of_tomorrow: { a: 1 } })).body).toMatchObject({
      min_p: 0.1,
      of_tomorrow: { a: 1 },
    });
  });

  it('leaves out what the configuration says, and names what was there, once', async () => {
    const over = { dropParams: ['seed', 'seed', 'temperature', 'stop'], model: 'a-model' };
    const { body, dropped } = await sent(name, { seed: 1, temperature: 0.5, stop: null, top_p: 0.5 }, over);
    expect(body).not.toHaveProperty('seed');
    expect(body).not.toHaveProperty('temperature');
    expect(body).toMatchObject({ top_p: 0.5 });
    expect(dropped).toEqual(['seed', 'temperature']);
  });
});

describe('the request of OpenAI', () => {
  it.each(['o3', 'o4-mini', 'gpt-5', 'gpt-5.6-sol', 'gpt-6-luna', 'gpt-10'])(
    'fits reasoning models: %s',
    async (model) => {
      const request = { max_tokens: 9, temperature: 0.5, top_p: 0.5, logit_bias: { 1: 1 }, seed: 1 };
      const { body, dropped } = await sent('openai', request, { model });
      expect(body).toMatchObject({ max_completion_tokens: 9, seed: 1 });
      for (const name of ['max_tokens', 'temperature', 'top_p', 'logit_bias']) {
        expect(body).not.toHaveProperty(name);
      }
      expect(dropped).toEqual(['temperature', 'top_p', 'logit_bias']);
    },
  );

  it.each(['gpt-4', 'gpt-4.1-mini', 'gpt-4o', 'gpt-3.5-turbo'])('is left as it is for %s', async (model) => {
    const request = { max_tokens: 9, temperature: 0.5, logprobs: true };
    const { body, dropped } = await sent('openai', request, { model });
    expect(body).toMatchObject(request);
    expect(body).not.toHaveProperty('max_completion_tokens');
    expect(dropped).toEqual([]);
  });
});

describe('the request of Together', () => {
  it('has its own names and types', async () => {
    const { body } = await sent('together', {
      max_completion_tokens: 9,
      stop: 'END',
      logprobs: true,
      top_logprobs: 3,
      repetition_penalty: 1.1,
    });
    expect(body).toMatchObject({ max_tokens: 9, stop: ['END'], logprobs: 3, repetition_penalty: 1.1 });
    expect(body).not.toHaveProperty('max_completion_tokens');
    expect(body).not.toHaveProperty('top_logprobs');
  });

  it.each([
    [{ logprobs: true }, 1],
    [{ logprobs: true, top_logprobs: 0 }, 1],
    [{ logprobs: false }, undefined],
  ])('counts its log probabilities: %j', async (request, expected) => {
    expect((await sent('together', request)).body.logprobs).toBe(expected);
  });

  it('leaves out and names what Together has no place for', async () => {
    const { body, dropped } = await sent('together', { user: 'u', store: true, stop: ['A', 'B'] });
    expect(body).not.toHaveProperty('user');
    expect(body).not.toHaveProperty('store');
    expect(body.stop).toEqual(['A', 'B']);
    expect(new Set(dropped)).toEqual(new Set(['user', 'store']));
  });
});

it('a server of one’s own needs no key', async () => {
  const { headers } = await sent('openai-compatible', {}, { apiKey: undefined });
  expect(headers.authorization).toBe('Bearer none');
  expect(headers).not.toHaveProperty('openai-organization');
});

describe.each(names)('a whole reply of %s', (name) => {
  it('is passed on with all its fields', async () => {
    const { send } = await ask(name, replyWith('openai/text.json'));
    expect(whole(await send()).completion).toEqual(JSON.parse(fixture('openai/text.json').toString()));
  });

  it('is read whole when it comes in pieces that cut characters', async () => {
    const { send } = await ask(name, replyWith('openai/text.json', { pieces: 7 }));
    expect(whole(await send()).completion.choices[0]!.message.content).toBe('Hello! 世界 🎉');
  });

  it('may hold tool calls', async () => {
    const { send } = await ask(name, replyWith('openai/tools.json'));
    const choice = whole(await send()).completion.choices[0]!;
    expect(choice.finish_reason).toBe('tool_calls');
    expect(choice.message.tool_calls).toMatchObject([
      { id: 'call_abc123', function: { name: 'get_current_weather' } },
    ]);
  });

  it.each([
    ['eos', 'stop'],
    ['end_turn', 'stop'],
    ['max_tokens', 'length'],
    ['model_length', 'length'],
    ['content_filter', 'content_filter'],
  ])('with the finish reason %s says %s', async (reason, expected) => {
    const body = fixture('openai/text.json').toString().replace('"stop"', JSON.stringify(reason));
    const { send } = await ask(name, { body });
    expect(whole(await send()).completion.choices[0]!.finish_reason).toBe(expected);
  });

  it.each(['error', 'abort', 'insufficient_system_resource', 'network_error', 'of_tomorrow', 7, {}])(
    'with the finish reason %j is no answer',
    async (reason) => {
      const body = fixture('openai/text.json').toString().replace('"stop"', JSON.stringify(reason));
      const { send } = await ask(name, { body });
      expect((await failureOf(send())).facts.malformed).toBe(true);
    },
  );

  it('with a usage of zeros has none', async () => {
    const body = fixture('openai/text.json')
      .toString()
      .replaceAll(/_tokens": \d+/g, '_tokens": 0');
    const { send } = await ask(name, { body });
    expect(whole(await send()).completion).not.toHaveProperty('usage');
  });

  it.each([
    ['no JSON', '<p>hello</p>'],
    ['cut JSON', fixture('openai/text.json').subarray(0, 300)],
    ['JSON that is no object', '"hello"'],
    ['empty', ''],
    ['without choices', '{"id":"chatcmpl-1","object":"chat.completion"}'],
    ['with a choice that is none', '{"id":"chatcmpl-1","choices":[null]}'],
  ])('that is %s is malformed, and shows how it began', async (_, body) => {
    const { send } = await ask(name, { body });
    const { facts } = await failureOf(send());
    expect(facts).toMatchObject({ malformed: true, body: body.toString() });
    expect(facts.status).toBeUndefined();
  });

  it('may be an error all the same', async () => {
    const { send } = await ask(name, replyWith('openai/error-429-quota.json'));
    const { facts } = await failureOf(send());
    expect(facts).toMatchObject({ code: 'insufficient_quota', reason: /current quota/ });
  });

  it('that is cut is a network failure', async () => {
    const body = fixture('openai/text.json').subarray(0, 300);
    const { send } = await ask(name, { body, ending: 'cut' });
    expect((await failureOf(send())).facts).toMatchObject({ network: 'UND_ERR_SOCKET' });
  });
});

it('Together’s own reply has its own model, and `eos` is `stop`', async () => {
  const { send } = await ask('together', replyWith('together/text.json'));
  const { completion } = whole(await send());
  expect(completion.model).toBe('togethercomputer/CodeLlama-34b-Instruct');
  expect(completion.choices[0]).toMatchObject({
    finish_reason: 'stop',
    message: { content: 'Hello! 世界 🎉' },
  });
  expect(completion.usage).toMatchObject({ prompt_tokens: 15, completion_tokens: 8 });
});

describe.each(names)('a stream of %s', (name) => {
  it('is passed on chunk by chunk, up to its usage', async () => {
    const { chunks, text, finish, failure } = await stream(name, replyWith('openai/text.sse'));
    expect(failure).toBeUndefined();
    expect(text).toBe('Hello, 世界 👋🏽!');
    expect(finish).toBe('stop');
    expect(chunks).toHaveLength(6);
    expect(chunks[1]).toEqual({
      id: 'chatcmpl-123',
      object: 'chat.completion.chunk',
      created: 1694268190,
      model: 'gpt-4.1-2025-04-14',
      service_tier: 'default',
      system_fingerprint: 'fp_44709d6fcb',
      obfuscation: 'aB3',
      choices: [{ index: 0, delta: { content: 'Hello' }, logprobs: null, finish_reason: null }],
    });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 19, completion_tokens: 10 } });
  });

  it.each([1, 2, 3, 11, 64])('says the same when it comes in pieces of %i bytes', async (pieces) => {
    const { text, finish, chunks } = await stream(name, replyWith('openai/text.sse', { pieces }));
    expect({ text, finish, chunks: chunks.length }).toEqual({
      text: 'Hello, 世界 👋🏽!',
      finish: 'stop',
      chunks: 6,
    });
  });

  it('gives what arrived together as one batch', async () => {
    expect((await stream(name, replyWith('openai/text.sse'))).batches).toHaveLength(1);
  });

  it('has its tool calls in pieces', async () => {
    const { chunks, finish } = await stream(name, replyWith('openai/tools.sse'));
    expect(finish).toBe('tool_calls');
    expect(toolCalls(chunks)).toEqual([
      { id: 'call_1', name: 'get_weather', text: '{"location":"Paris"}' },
      { id: 'call_2', name: 'get_time', text: '{}' },
    ]);
  });

  it('with an error event gives what was whole, then fails', async () => {
    const { text, failure } = await stream(name, replyWith('openai/error.sse'));
    expect(text).toBe('Hello');
    expect(failure?.facts).toMatchObject({ code: 'server_error', reason: /had an error/ });
  });

  it.each([
    ['{"error":{"message":"Slow down","code":429}}', 429, undefined],
    ['{"error":{"message":"Slow down","status":503,"code":"busy"}}', 503, 'busy'],
    ['{"error":"Slow down"}', undefined, undefined],
  ])('an error event tells its status where it has one: %s', async (event, status, code) => {
    const { failure } = await stream(name, eventStream([event]));
    expect(failure?.facts.reason).toBe('Slow down');
    expect(failure?.facts.status).toBe(status);
    expect(failure?.facts.code).toBe(code);
  });

  it('that is cut gives what was whole, then the network failure', async () => {
    const { text, failure } = await stream(name, replyWith('openai/cut.sse', { ending: 'cut' }));
    expect(text).toBe('Hello');
    expect(failure?.facts.network).toBe('UND_ERR_SOCKET');
    expect(failure?.facts.malformed).toBeUndefined();
  });

  it('that ends in the middle of an event is malformed', async () => {
    const { text, failure } = await stream(name, replyWith('openai/cut.sse'));
    expect(text).toBe('Hello');
    expect(failure?.facts.malformed).toBe(true);
  });

  it('ends with the bytes when there is no `[DONE]`, and at `[DONE]` when there is more', async () => {
    const body = fixture('openai/text.sse').toString();
    const without = await stream(name, {
      ...replyWith('openai/text.sse'),
      body: body.replace('data: [DONE]\n\n', ''),
    });
    const more = await stream(name, { ...replyWith('openai/text.sse'), body: `${body}data: nonsense\n\n` });
    for (const { text, finish, failure } of [without, more]) {
      expect({ text, finish, failure }).toEqual({
        text: 'Hello, 世界 👋🏽!',
        finish: 'stop',
        failure: undefined,
      });
    }
  });

  it('does not wait for a connection that stays open after `[DONE]`', async () => {
    const { finish, failure } = await stream(name, replyWith('openai/text.sse', { ending: 'hang' }));
    expect({ finish, failure }).toEqual({ finish: 'stop', failure: undefined });
  });

  it.each([
    ['no JSON', 'nonsense'],
    ['a list', '[1]'],
    ['a chunk with a choice that is none', '{"id":"chatcmpl-1","choices":[null]}'],
  ])('with an event that is %s gives what was whole, then is malformed', async (_, event) => {
    const first = '{"choices":[{"index":0,"delta":{"content":"Hello"}}]}';
    const { text, failure } = await stream(name, eventStream([first, event]));
    expect(text).toBe('Hello');
    expect(failure?.facts).toMatchObject({ malformed: true });
    expect(failure?.facts.network).toBeUndefined();
  });

  it('may lack what is not needed', async () => {
    const { chunks, failure } = await stream(
      name,
      eventStream(['', '{"choices":[{"index":0}]}', '{"usage":{"prompt_tokens":1,"completion_tokens":2}}']),
    );
    expect(failure).toBeUndefined();
    const head = { id: chunks[0]!.id, object: 'chat.completion.chunk', model: 'a-model' };
    expect(chunks).toMatchObject([
      { ...head, choices: [{ index: 0, delta: {}, finish_reason: null }] },
      { ...head, choices: [], usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } },
    ]);
  });

  it('may come whole after all', async () => {
    const { send } = await ask(name, replyWith('openai/text.json'), { stream: true });
    expect(whole(await send()).completion.choices[0]!.message.content).toBe('Hello! 世界 🎉');
  });
});

it('Together’s own stream ends with `eos`, which is `stop`, and its usage beside it', async () => {
  const { chunks, text, finish } = await stream('together', replyWith('together/text.sse'));
  expect(text).toBe('Hello, 世界 👋🏽!');
  expect(finish).toBe('stop');
  expect(chunks.at(-1)!.usage).toMatchObject({ prompt_tokens: 15, completion_tokens: 8 });
});

describe('a failure', () => {
  it.each([
    [
      'openai',
      'openai/error-400-context.json',
      400,
      'context_length_exceeded',
      /maximum context length is 8192/,
    ],
    ['openai', 'openai/error-401.json', 401, 'invalid_api_key', /^Incorrect API key provided: \[key\]/],
    ['openai', 'openai/error-404.json', 404, 'model_not_found', /does not exist/],
    ['openai', 'openai/error-429.json', 429, 'rate_limit_exceeded', /try again in 4.2s/],
    ['openai', 'openai/error-429-quota.json', 429, 'insufficient_quota', /current quota/],
    ['together', 'together/error-404.json', 404, 'model_not_available', /^Unable to access model/],
    ['together', 'together/error-429.json', 429, 'model_rate_limit', /rate limit specific to this model/],
  ] as const)('of %s, %s, is told as facts', async (name, file, status, code, reason) => {
    const { send } = await ask(name, replyWith(file, { status, headers: { 'Retry-After': '4' } }));
    const { facts } = await failureOf(send());
    expect(facts).toMatchObject({ status, code, headers: { 'retry-after': '4' } });
    expect(facts.reason).toMatch(reason);
    expect(facts.message).toContain(`${name} answered ${status}`);
  });

  it('may be a page', async () => {
    const { send } = await ask('openai', replyWith('openai/error-502.html', { status: 502 }));
    const { facts } = await failureOf(send());
    expect(facts).toMatchObject({ status: 502, message: 'openai answered 502.' });
    expect(facts.body).toMatch(/^<html>/);
    expect(facts.code).toBeUndefined();
    expect(facts.reason).toBeUndefined();
  });

  it('is read whole when it comes in pieces that cut characters', async () => {
    const body = '{"error":{"message":"Zu viele Anfragen für 世界 🎉"}}';
    const { send } = await ask('openai', { status: 429, body, pieces: 1 });
    expect((await failureOf(send())).facts.reason).toBe('Zu viele Anfragen für 世界 🎉');
  });

  it('that never ends is read no further than is useful', async () => {
    const { send } = await ask('openai', { status: 500, body: 'x'.repeat(1_000_000), ending: 'hang' });
    const { facts } = await failureOf(send());
    expect(facts).toMatchObject({ status: 500 });
    expect(facts.body).toHaveLength(4096);
  });

  it('never holds our key', async () => {
    const own = 'a key that looks like none';
    const { send } = await ask(
      'openai',
      { status: 401, body: `{"error":{"message":"bad: ${own}"}}` },
      {},
      { apiKey: own },
    );
    const failure = await failureOf(send());
    expect(failure.facts.reason).toBe('bad: [key]');
    expect(JSON.stringify(failure.facts) + failure.message).not.toContain(own);
  });

  it('to connect is a network failure', async () => {
    const target = targetAt(`http://127.0.0.1:${await freePort()}`, 'openai');
    const { facts } = await failureOf(made(openai).send(question(), target, { signal: never() }));
    expect(facts).toMatchObject({ network: 'ECONNREFUSED' });
    expect(facts.timeout).toBeUndefined();
  });

  it('of a server that hangs up is a network failure', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const target = targetAt(`http://127.0.0.1:${(server.address() as { port: number }).port}`, 'openai');
    const { facts } = await failureOf(made(openai).send(question(), target, { signal: never() }));
    expect(facts.network).toMatch(/^(ECONNRESET|UND_ERR_SOCKET)$/);
  });
});

describe('a connection', () => {
  it.each([
    ['whole replies', replyWith('openai/text.json'), false],
    ['streams', replyWith('openai/text.sse'), true],
    ['streams in small pieces', replyWith('openai/text.sse', { pieces: 100 }), true],
  ])('is used again after %s', async (_, raw, streamed) => {
    const { upstream, send } = await ask('openai', raw, { stream: streamed });
    for (let call = 0; call < 4; call++) {
      const reply = await send();
      if (reply.kind === 'stream') await read(reply);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(upstream.requests).toHaveLength(4);
    // A connection that a pause of this process kept too long is given up.
    expect(new Set(upstream.requests.map(({ connection }) => connection)).size).toBeLessThan(4);
  });

  it('is closed when the provider leaves it open after `[DONE]`', async () => {
    const { upstream, send } = await ask('openai', replyWith('openai/text.sse', { ending: 'hang' }), {
      stream: true,
    });
    await read(await send());
    await upstream.requests[0]!.closed;
  });

  it('is closed at once when the reader leaves', async () => {
    const { upstream, send } = await ask('openai', replyWith('openai/cut.sse', { ending: 'hang' }), {
      stream: true,
    });
    const reply = await send();
    if (reply.kind !== 'stream') throw new Error('Expected a stream.');
    for await (const _ of reply.batches) break;
    await upstream.requests[0]!.closed;
  });

  it.each([true, false])('is closed at once when the call is aborted (stream: %s)', async (streamed) => {
    const raw = replyWith(streamed ? 'openai/cut.sse' : 'openai/text.json', { ending: 'hang' });
    const upstream = await startRawUpstream(raw);
    const abort = new AbortController();
    const answer = made(openai)
      .send(question({ stream: streamed }), targetAt(upstream.url, 'openai'), { signal: abort.signal })
      .then(async (reply) => {
        // A stream's failure comes where it is read.
        const { failure } = await read(reply);
        throw failure;
      });
    await Promise.race([answer.catch(() => {}), eventually(() => expect(upstream.requests).toHaveLength(1))]);
    abort.abort();
    expect((await failureOf(answer)).facts.network).toBe('AbortError');
    await upstream.requests[0]!.closed;
  });
});

function eventStream(events: readonly string[]): RawReply {
  return {
    headers: { 'content-type': 'text/event-stream' },
    body: events.map((data) => `data: ${data}\n\n`).join(''),
  };
}

describe('the text of a whole answer', () => {
  const answerTo = async (body: string) => {
    const { send } = await ask('together', { headers: { 'content-type': 'application/json' }, body });
    return whole(await send());
  };
  const reply = (finish: string) =>
    JSON.stringify(
      {
        id: 'x',
        object: 'chat.completion',
        created: 1,
        model: 'm',
        choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: finish }],
        usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
        of_its_own: { kept: true },
      },
      null,
      2,
    );

  it('is kept where nothing had to be put right', async () => {
    expect((await answerTo(reply('stop'))).json).toBe(reply('stop'));
  });

  it.each([
    ['a finish reason of its own', reply('eos'), { choices: [{ finish_reason: 'stop' }] }],
    ['another object', reply('stop').replace('chat.completion', 'text'), { object: 'chat.completion' }],
    ['no model', reply('stop').replace('"m"', '""'), { model: 'a-model' }],
  ])('is not kept of one with %s', async (_what, body, right) => {
    const { completion, json } = await answerTo(body);
    expect(json).toBeUndefined();
    expect(completion).toMatchObject(right);
  });
});

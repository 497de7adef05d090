/** Whatever is wrong with a request is said in words that name the field and the fix, and never costs a call. */
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/environment.ts';
import { startGateway } from '../helpers/gateway.ts';

const json = { 'content-type': 'application/json' };
const ok = { prompt: 'hello world' };
const said = (message: object) => ({ messages: [message] });

/** Body, the message or a telling part of it, and the field it names. */
const table: [what: string, body: unknown, message: string | RegExp, param: string | null][] = [
  ['broken JSON', '{"prompt": "hi"', /^The body is not valid JSON \(at position 15 .*\)\.$/, null],
  ['no JSON at all', 'prompt=hi', /^The body is not valid JSON/, null],
  ['an empty body', '', 'The body is empty: send a JSON object with `prompt` or `messages`.', null],
  ['a list', [ok], /^The body must be a JSON object, such as \{"prompt"/, null],
  [
    'a bottomless body',
    `{"prompt": "hi", "option": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    'The body nests deeper than 256 levels.',
    null,
  ],
  ['a string', '"hello world"', /^The body must be a JSON object/, null],
  ['null', 'null', /^The body must be a JSON object/, null],
  ['neither prompt nor messages', {}, /`prompt` \(a string\) or `messages` \(a list\) is required/, 'prompt'],
  ['an empty prompt', { prompt: '' }, '`prompt` must not be empty.', 'prompt'],
  ['a blank prompt', { prompt: ' \n\t' }, '`prompt` must not be empty.', 'prompt'],
  ['a prompt that is no string', { prompt: 42 }, '`prompt` must be a string; you sent 42.', 'prompt'],
  ['a prompt that is a list', { prompt: ['hi'] }, '`prompt` must be a string.', 'prompt'],
  [
    'a prompt that is null',
    { prompt: null },
    /`prompt` \(a string\) or `messages` \(a list\) is required/,
    'prompt',
  ],
  [
    'both',
    { ...ok, ...said({ role: 'user', content: 'hi' }) },
    'Send either `prompt` or `messages`, not both.',
    'prompt',
  ],
  ['messages that are no list', { messages: 'hi' }, '`messages` must be a list; you sent "hi".', 'messages'],
  ['no message', { messages: [] }, '`messages` must hold at least 1 item.', 'messages'],
  [
    'a message that is a string',
    { messages: ['hi'] },
    '`messages.0` must be an object; you sent "hi".',
    'messages.0',
  ],
  [
    'a message without a role',
    said({ content: 'hi' }),
    /^`messages.0.role` must be one of .*"user".*, but it is missing\.$/,
    'messages.0.role',
  ],
  [
    'an unknown role',
    said({ role: 'robot', content: 'hi' }),
    /^`messages.0.role` must be one of "system", .*; you sent "robot"\.$/,
    'messages.0.role',
  ],
  [
    'a message without content',
    said({ role: 'user' }),
    /^`messages.0.content` must be a string or a list of content parts/,
    'messages.0.content',
  ],
  [
    'content of a wrong type',
    said({ role: 'user', content: 7 }),
    /^`messages.0.content` must be a string or a list/,
    'messages.0.content',
  ],
  [
    'a tool result without its id',
    said({ role: 'tool', content: 'rain' }),
    '`messages.0.tool_call_id` must be a string, but it is missing.',
    'messages.0.tool_call_id',
  ],
  ['a model that is no string', { ...ok, model: 4 }, '`model` must be a string; you sent 4.', 'model'],
  [
    'a misspelt field',
    { ...ok, temprature: 1 },
    'Unknown field `temprature`: did you mean `temperature`?',
    'temprature',
  ],
  [
    'another misspelt field',
    { ...ok, max_token: 1 },
    'Unknown field `max_token`: did you mean `max_tokens`?',
    'max_token',
  ],
  [
    'a field in capitals',
    { ...ok, Temperature: 1 },
    'Unknown field `Temperature`: did you mean `temperature`?',
    'Temperature',
  ],
  ['too hot', { ...ok, temperature: 2.5 }, '`temperature` must be at most 2; you sent 2.5.', 'temperature'],
  ['too cold', { ...ok, temperature: -1 }, '`temperature` must be at least 0; you sent -1.', 'temperature'],
  [
    'a temperature in words',
    { ...ok, temperature: 'warm' },
    '`temperature` must be a number; you sent "warm".',
    'temperature',
  ],
  ['top_p out of range', { ...ok, top_p: 1.1 }, '`top_p` must be at most 1; you sent 1.1.', 'top_p'],
  ['n too small', { ...ok, n: 0 }, '`n` must be at least 1; you sent 0.', 'n'],
  ['n too large', { ...ok, n: 129 }, '`n` must be at most 128; you sent 129.', 'n'],
  ['half a choice', { ...ok, n: 1.5 }, '`n` must be a whole number; you sent 1.5.', 'n'],
  ['no tokens', { ...ok, max_tokens: 0 }, '`max_tokens` must be at least 1; you sent 0.', 'max_tokens'],
  [
    'a penalty out of range',
    { ...ok, presence_penalty: 3 },
    '`presence_penalty` must be at most 2; you sent 3.',
    'presence_penalty',
  ],
  [
    'a bias out of range',
    { ...ok, logit_bias: { '1': 101 } },
    '`logit_bias.1` must be at most 100; you sent 101.',
    'logit_bias.1',
  ],
  [
    'too many top_logprobs',
    { ...ok, top_logprobs: 21 },
    '`top_logprobs` must be at most 20; you sent 21.',
    'top_logprobs',
  ],
  [
    'stream in other words',
    { ...ok, stream: 'yes' },
    '`stream` must be true or false; you sent "yes".',
    'stream',
  ],
  ['cache in other words', { ...ok, cache: 'no' }, '`cache` must be true or false; you sent "no".', 'cache'],
  [
    'too many stops',
    { ...ok, stop: ['a', 'b', 'c', 'd', 'e'] },
    '`stop` must be a string or a list of up to 4 strings.',
    'stop',
  ],
  [
    'a tool without a name',
    { ...ok, tools: [{ type: 'function', function: {} }] },
    /^`tools.0.function.name` must be .*, but it is missing\.$/,
    'tools.0.function.name',
  ],
  [
    'a tool with a bad name',
    { ...ok, tools: [{ type: 'function', function: { name: 'get weather' } }] },
    /^`tools.0.function.name` must be 1 to 128 letters/,
    'tools.0.function.name',
  ],
  [
    'an unknown tool_choice',
    { ...ok, tool_choice: 'maybe' },
    /^`tool_choice` must be "none", "auto", "required" or/,
    'tool_choice',
  ],
  [
    'tools in both forms',
    { ...ok, functions: [{ name: 'f' }], tools: [] },
    'Send either `tools` or the older `functions`, not both.',
    'functions',
  ],
  [
    'function_call alone',
    { ...ok, function_call: 'auto' },
    '`function_call` needs `functions` to choose from.',
    'function_call',
  ],
  [
    'a response format without a type',
    { ...ok, response_format: {} },
    /^`response_format.type` must be a string, but it is missing/,
    'response_format.type',
  ],
  [
    'an effort that is no text',
    { ...ok, reasoning_effort: 5 },
    '`reasoning_effort` must be a string; you sent 5.',
    'reasoning_effort',
  ],
  [
    'a key of a provider',
    { ...ok, api_key: 'sk-secret' },
    /^`api_key` is not taken from a request/,
    'api_key',
  ],
  [
    'more field names than any request has',
    { ...ok, option: Array(100_001).fill({ a: 0 }) },
    'The body has more than 100,000 field names; no more are taken.',
    null,
  ],
  [
    'more different field names than any request has',
    { ...ok, option: Object.fromEntries(Array.from({ length: 30_000 }, (_, at) => [at, 0])) },
    'The body has more than 20,000 different field names; no more are taken.',
    null,
  ],
  [
    'more items than any request has',
    { ...ok, option: Array(150_002).fill(0) },
    'The body has more than 150,000 items; no more are taken.',
    null,
  ],
];

describe('a body that is wrong gets a 400', () => {
  it.each(table)('%s', async (_what, body, message, param) => {
    const { status, reply, headers, calls } = await send({ body });
    expect(status).toBe(400);
    expect(reply).toEqual({
      error: {
        message: typeof message === 'string' ? message : expect.stringMatching(message),
        type: 'invalid_request_error',
        param,
        code: 'invalid_request',
      },
      request_id: headers.get('x-request-id'),
    });
    expect(calls).toBe(0);
  });

  it.each([
    [
      'gpt-5000',
      'There is no model or chain named `gpt-5000`. GET /v1/models lists what there is; any other model is named as `provider/model-id`.',
    ],
    ['codelama', 'There is no model or chain named `codelama`. Did you mean `codellama`?'],
  ])('but the unknown model %s a 404, as OpenAI gives it', async (model, message) => {
    const { status, reply, calls } = await send({ body: { ...ok, model } });
    expect(status).toBe(404);
    expect(reply.error).toMatchObject({ message, param: 'model', code: 'model_not_found' });
    expect(calls).toBe(0);
  });

  it('also when a stream was asked for', async () => {
    const { status, headers } = await send({ body: { prompt: '', stream: true } });
    expect(status).toBe(400);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
  });

  it('and the text of a prompt is never quoted back', async () => {
    const { text } = await send({ body: '{"prompt": "my secret plan' });
    expect(text).not.toContain('secret');
  });
});

describe('a body that is too large gets a 413', () => {
  const large = JSON.stringify({ prompt: 'x'.repeat(33 * 1024 * 1024) });
  const inChunks = () =>
    new ReadableStream({
      start(controller) {
        for (let at = 0; at < large.length; at += 65_536)
          controller.enqueue(Buffer.from(large.slice(at, at + 65_536)));
        controller.close();
      },
    });

  it.each([
    ['with its length', () => large],
    ['in chunks', inChunks],
  ])('%s', async (_how, body) => {
    const { status, reply, calls } = await send({ body: body() });
    expect(status).toBe(413);
    expect(reply.error).toMatchObject({
      message: 'The body is larger than 32 MB; send less, or raise MAX_BODY_MB.',
      code: 'invalid_request',
    });
    expect(calls).toBe(0);
  });

  it('and the limit is the one that was set', async () => {
    const { status, reply } = await send({
      body: { prompt: 'x'.repeat(3_000) },
      environment: { MAX_BODY_MB: '0.002' },
    });
    expect(status).toBe(413);
    expect(reply.error.message).toContain('larger than 0.002 MB');
  });

  it('and 9 MB are not too large', async () => {
    const { status } = await send({ body: { prompt: 'word '.repeat((9 * 1024 * 1024) / 5) } });
    expect(status).toBe(200);
  });
});

describe('a body that is not JSON gets a 415', () => {
  it.each([
    [
      'a form',
      { 'content-type': 'application/x-www-form-urlencoded' },
      JSON.stringify(ok),
      'not `application/x-www-form-urlencoded`',
    ],
    [
      'plain text',
      { 'content-type': 'text/plain' },
      'hello',
      'Send JSON with `content-type: application/json`',
    ],
    [
      'compressed in an unknown way',
      { ...json, 'content-encoding': 'compress' },
      JSON.stringify(ok),
      '`content-encoding: compress` is not known',
    ],
  ])('%s', async (_what, headers, body, message) => {
    const { status, reply, calls } = await send({ body, headers });
    expect(status).toBe(415);
    expect(reply.error).toMatchObject({ message: expect.stringContaining(message), code: 'invalid_request' });
    expect(calls).toBe(0);
  });
});

describe('JSON is taken', () => {
  it.each([
    ['as plain text', { 'content-type': 'text/plain;charset=UTF-8' }, JSON.stringify(ok)],
    ['after a byte order mark', json, `\ufeff${JSON.stringify(ok)}`],
  ])('%s', async (_how, headers, body) => {
    expect((await send({ headers, body })).status).toBe(200);
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ])('compressed by %s', async (encoding, compress) => {
    const body = compress(JSON.stringify(ok));
    const { status, calls } = await send({ headers: { ...json, 'content-encoding': encoding }, body });
    expect({ status, calls }).toEqual({ status: 200, calls: 1 });
  });

  it('but not what is too large once decompressed', async () => {
    const body = gzipSync(JSON.stringify({ prompt: 'x'.repeat(40 * 1024 * 1024) }));
    const { status, reply } = await send({ headers: { ...json, 'content-encoding': 'gzip' }, body });
    expect(status).toBe(413);
    expect(reply.error.message).toContain('larger than 32 MB');
  });

  it.each([
    ['that is not compressed', () => JSON.stringify(ok)],
    ['that is cut', () => gzipSync(JSON.stringify(ok)).subarray(0, 20)],
  ])('but not a compressed body %s', async (_what, body) => {
    const headers = { ...json, 'content-encoding': 'gzip' };
    const { status, reply } = await send({ headers, body: body() });
    expect(status).toBe(400);
    expect(reply.error.message).toBe('The body is not what `content-encoding: gzip` says, or is cut.');
  });

  it.each([
    '//v1/chat/completions',
    '/v1//chat/completions/',
    '/chat/completions/',
    '/openai/v1/chat/completions',
  ])('at %s', async (path) => {
    expect((await send({ path, body: ok })).status).toBe(200);
  });

  it("at the path of Azure's clients, which names the model", async () => {
    const { status, headers } = await send({
      path: '/openai/deployments/gpt-4/chat/completions?api-version=2024-10-21',
      body: { ...ok, model: 'another' },
    });
    expect(status).toBe(200);
    expect(headers.get('x-model')).toMatch(/^openai\//);
  });
});

describe('a wrong address', () => {
  it.each([
    ['GET', '/chat/completions', 'POST'],
    ['DELETE', '/v1/chat/completions', 'POST'],
    ['POST', '/v1/models', 'GET'],
    ['GET', '/get_models', 'POST'],
    ['PUT', '/health/live', 'GET'],
  ])('%s %s gets a 405 and the right method', async (method, path, allowed) => {
    const { status, reply, headers } = await send({ method, path });
    expect(status).toBe(405);
    expect(headers.get('allow')).toContain(allowed);
    expect(reply.error.message).toBe(`${path} takes ${allowed}, not ${method}.`);
    expect(reply.request_id).toBe(headers.get('x-request-id'));
  });

  it('a path that is no percent-encoding is refused, with no fault in the log', async () => {
    const { status, reply } = await send({ method: 'GET', path: '/keys/%E0%A4%A' });
    expect(status).toBe(400);
    expect(reply.error.message).toBe('The path is not valid percent-encoding.');
  });

  it.each([
    ['POST', '/v1/nowhere'],
    ['GET', '/nowhere'],
    ['GET', '/%E0%A4%A'],
  ])('%s %s gets a 404 that names the right one', async (method, path) => {
    const { status, reply, calls } = await send({ method, path, ...(method === 'POST' && { body: ok }) });
    expect(status).toBe(404);
    expect(reply.error).toMatchObject({
      message: `Unknown route ${path}. Use POST /chat/completions.`,
      code: 'invalid_request',
    });
    expect(calls).toBe(0);
  });
});

interface Sent {
  method?: string;
  path?: string;
  /** A string goes as it is, anything else as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
  environment?: Environment;
}

async function send({
  method = 'POST',
  path = '/chat/completions',
  body,
  headers = json,
  environment,
}: Sent) {
  const { url, simulator } = await startGateway(environment);
  const asIs =
    typeof body === 'string' ||
    body instanceof Uint8Array ||
    body instanceof ReadableStream ||
    body === undefined;
  const response = await fetch(url + path, {
    method,
    headers,
    ...(body !== undefined && {
      body: asIs ? (body as string) : JSON.stringify(body),
      duplex: 'half' as const,
    }),
  });
  const text = await response.text();
  const reply = JSON.parse(text) as { error: { message: string }; request_id: string };
  return { status: response.status, headers: response.headers, text, reply, calls: simulator.calls.length };
}

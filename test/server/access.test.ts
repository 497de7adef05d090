/** Who may call, from where, and what everybody may see. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/environment.ts';
import { eventually } from '../helpers/eventually.ts';
import { startBareGateway, startGateway } from '../helpers/gateway.ts';
import { replyWith, startRawUpstream } from '../helpers/raw-upstream.ts';

const QUESTION = { prompt: 'write me a function to print hello world' };
const ADMIN_KEY = 'an-admin-key-of-the-tests';
const UNAUTHORIZED = { type: 'authentication_error', code: 'unauthorized', param: null };

describe('without ADMIN_KEY only this machine is served', () => {
  it.each([
    ['a reverse proxy', { 'x-forwarded-for': '203.0.113.7' }],
    ['a reverse proxy, in the newer words', { forwarded: 'for=203.0.113.7' }],
    ['nginx with its usual header', { 'x-real-ip': '203.0.113.7' }],
    ['a proxy that only says it is one', { via: '1.1 proxy.example' }],
    ['a client that thinks it talks to a proxy', { 'proxy-connection': 'keep-alive' }],
    ['a load balancer', { 'x-forwarded-proto': 'https' }],
    ['a CDN', { 'cf-connecting-ip': '203.0.113.7' }],
    ['a CDN that nobody here knows', { 'some-connecting-ip': '203.0.113.7' }],
    ['a proxy that says whom it speaks for', { 'x-remote-addr': '203.0.113.7' }],
    ['a tunnel', { 'ngrok-trace-id': 'x' }],
    ['an image in a web page', { 'sec-fetch-site': 'cross-site' }],
    ['a page of another port of this machine', { 'sec-fetch-site': 'same-site' }],
    ['a web page', { origin: 'https://evil.example' }],
    ['a page without an origin', { origin: 'null' }],
    ['a web page in an old browser', { referer: 'https://evil.example/page' }],
    ['a page whose address only begins like ours', { referer: 'http://127.0.0.1.evil.example/' }],
    ['a name of somebody else (DNS rebinding)', { host: 'evil.example' }],
    ['a name that only begins like ours', { host: 'localhost.evil.example' }],
    ['a key of no meaning through a proxy', { 'x-forwarded-for': '203.0.113.7', authorization: 'Bearer x' }],
  ])('not %s', async (_who, headers) => {
    const { url, simulator } = await startGateway();
    const { status, body } = await post(url, headers);
    expect(status).toBe(401);
    expect(body.error).toMatchObject({ ...UNAUTHORIZED, message: expect.stringContaining('Set ADMIN_KEY') });
    expect(body.request_id).toMatch(/^req_/);
    expect(simulator.calls).toHaveLength(0);
  });

  it('and no store on the way keeps the refusal for those who may', async () => {
    const { url } = await startGateway({ ADMIN_KEY });
    for (const path of ['/keys', '/requests/none', '/usage', '/nowhere']) {
      const { status, headers } = await fetch(url + path);
      expect([path, status, headers.get('cache-control')]).toEqual([
        path,
        path === '/nowhere' ? 404 : 401,
        'no-store',
      ]);
    }
  });

  it.each([
    ['a direct call', {}],
    ['under the name localhost', { host: 'localhost:4000' }],
    ['under its IPv6 name', { host: '[::1]:4000' }],
    ['from a page of its own', { host: '127.0.0.1:4000', origin: 'http://127.0.0.1:4000' }],
    [
      'from a page of its own in an old browser',
      { host: '127.0.0.1:4000', referer: 'http://127.0.0.1:4000/ui/' },
    ],
    ['with a key it does not need', { authorization: 'Bearer not-needed-in-open-mode' }],
  ])('but %s', async (_who, headers) => {
    const { url } = await startGateway();
    expect((await post(url, headers)).status).toBe(200);
  });

  it('not a proxy that speaks HTTP/1.0, as nginx does unless told otherwise', async () => {
    const { url, simulator } = await startGateway();
    const body = JSON.stringify(QUESTION);
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.end(
      `POST /chat/completions HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 401 /);
    expect(simulator.calls).toHaveLength(0);
  });

  it('this machine manages keys only where OPEN_ADMIN says so', async () => {
    const closed = await startGateway();
    const { body } = await supertest(closed.url).post('/keys').send({ alias: 'mine' }).expect(403);
    expect(body.error.message).toContain('`npm run keys`');
    const open = await startGateway({ OPEN_ADMIN: 'true' });
    await supertest(open.url).post('/keys').send({ alias: 'mine' }).expect(201);
  });

  it('calls from a configured web origin are served without ADMIN_KEY, too', async () => {
    const { url } = await startGateway({ CORS_ORIGINS: 'https://app.example' });
    expect((await post(url, { origin: 'https://app.example' })).status).toBe(200);
    expect((await post(url, { origin: 'https://evil.example' })).status).toBe(401);
    expect((await post(url, { referer: 'https://app.example/chat' })).status).toBe(200);
    expect((await post(url, { referer: 'https://app.example.evil.example/' })).status).toBe(401);
  });

  it('ALLOW_ANONYMOUS serves other machines without ADMIN_KEY', async () => {
    const { url } = await startGateway({ ALLOW_ANONYMOUS: 'true' });
    const headers = { 'x-forwarded-for': '203.0.113.7', host: 'chat.example', origin: 'https://x.example' };
    expect((await post(url, headers)).status).toBe(200);
  });
});

describe('with ADMIN_KEY every call needs it', () => {
  it.each([
    ['as a bearer', { authorization: `Bearer ${ADMIN_KEY}` }],
    ['as x-api-key', { 'x-api-key': ADMIN_KEY }],
    [
      'through a proxy',
      { authorization: `Bearer ${ADMIN_KEY}`, 'x-forwarded-for': '203.0.113.7', host: 'chat.example' },
    ],
  ])('%s', async (_how, headers) => {
    const { url } = await startGateway({ ADMIN_KEY });
    expect((await post(url, headers)).status).toBe(200);
  });

  it.each([
    ['none', {}, 'A key is needed: send it as `Authorization: Bearer …` or `x-api-key: …`.'],
    ['another', { authorization: 'Bearer another-key-altogether' }, 'This key is not known here.'],
    ['a part of it', { 'x-api-key': ADMIN_KEY.slice(0, -1) }, 'This key is not known here.'],
  ])('%s gets a 401', async (_what, headers, message) => {
    const { url, simulator } = await startGateway({ ADMIN_KEY });
    const { status, body } = await post(url, headers);
    expect(status).toBe(401);
    expect(body.error).toEqual({ ...UNAUTHORIZED, message });
    expect(simulator.calls).toHaveLength(0);
  });

  it('the list of models needs the key, health does not', async () => {
    const { url } = await startGateway({ ADMIN_KEY });
    await supertest(url).get('/v1/models').expect(401);
    await supertest(url).post('/get_models').expect(401);
    await supertest(url).get('/v1/models').set('x-api-key', ADMIN_KEY).expect(200);
    await supertest(url).get('/health/live').expect(200);
  });

  it('the key that a request was sent with never goes on to a provider', async () => {
    const { url, simulator } = await startGateway({ ADMIN_KEY });
    await post(url, { authorization: `Bearer ${ADMIN_KEY}` });
    expect(JSON.stringify(simulator.calls)).not.toContain(ADMIN_KEY);
    expect(simulator.calls[0]!.headers.authorization).toBe('Bearer key-of-together');
  });
});

describe('browsers', () => {
  const preflight = (url: string, origin: string) =>
    supertest(url)
      .options('/v1/chat/completions')
      .set('origin', origin)
      .set('access-control-request-method', 'POST')
      .set('access-control-request-headers', 'authorization,content-type');

  it('a browser of a configured origin may ask, and read our headers', async () => {
    const { url } = await startGateway({ ADMIN_KEY, CORS_ORIGINS: 'https://app.example, https://b.example' });
    const { headers } = await preflight(url, 'https://app.example').expect(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example',
      'access-control-allow-headers': 'authorization,content-type',
    });
    expect(headers['access-control-allow-methods']).toContain('POST');
    const reply = await supertest(url)
      .post('/v1/chat/completions')
      .set('origin', 'https://b.example')
      .set('authorization', `Bearer ${ADMIN_KEY}`)
      .send(QUESTION)
      .expect(200);
    expect(reply.headers['access-control-allow-origin']).toBe('https://b.example');
    for (const name of ['x-request-id', 'x-model', 'x-attempts', 'x-cache', 'x-cost-usd', 'retry-after'])
      expect(reply.headers['access-control-expose-headers']).toContain(name);
  });

  it('a browser of a configured origin can read an error, too', async () => {
    const { url } = await startGateway({ ADMIN_KEY, CORS_ORIGINS: 'https://app.example' });
    const { headers } = await supertest(url)
      .post('/chat/completions')
      .set('origin', 'https://app.example')
      .send(QUESTION)
      .expect(401);
    expect(headers['access-control-allow-origin']).toBe('https://app.example');
  });

  it.each(['https://evil.example', 'https://app.example.evil.example'])('of %s may not', async (origin) => {
    const { url } = await startGateway({ ADMIN_KEY, CORS_ORIGINS: 'https://app.example' });
    expect((await preflight(url, origin)).headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('browsers of no origin may ask when none is configured', async () => {
    const { url } = await startGateway();
    const { headers } = await preflight(url, 'https://app.example');
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('get headers that keep them safe, on every reply', async () => {
    const { url } = await startGateway();
    for (const path of ['/', '/nowhere', '/health/live']) {
      const { headers } = await supertest(url).get(path);
      expect(headers).toMatchObject({
        'content-security-policy': expect.stringContaining("default-src 'none'; script-src 'self'"),
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
      });
      expect(headers).not.toHaveProperty('x-powered-by');
      expect(headers).not.toHaveProperty('strict-transport-security');
    }
  });
});

describe('the models', () => {
  it.each([
    ['get', '/v1/models'],
    ['get', '/models'],
    ['post', '/get_models'],
  ] as const)('%s %s lists models and chains', async (method, path) => {
    const { url } = await startGateway();
    const { body } = await supertest(url)[method](path).expect(200);
    expect(body.object).toBe('list');
    expect(body.data.slice(0, 4)).toMatchObject([
      { id: 'codellama', object: 'model', owned_by: 'together', context_window: 16_384 },
      { id: 'gpt-4', object: 'model', owned_by: 'openai', max_output_tokens: 8_192 },
      { id: 'claude-2', object: 'model', owned_by: 'anthropic' },
      { id: 'default', object: 'model', owned_by: 'codellama-server' },
    ]);
    expect(body.data[0]).toMatchObject({
      created: expect.any(Number),
      max_input_tokens: 16_384,
      pricing: { input: 0.776, output: 0.776 },
      capabilities: {},
    });
  });

  it('have the price that calls are counted by, of the price list where the configuration has none', async () => {
    const { url } = await startGateway();
    const { body: list } = await supertest(url).get('/v1/models').expect(200);
    expect(list.data.find(({ id }: { id: string }) => id === 'gpt-4').pricing).toEqual({
      input: 30,
      output: 60,
    });
    const { body: found } = await supertest(url)
      .get('/v1/models/anthropic/claude-3-haiku-20240307')
      .expect(200);
    expect(found.pricing).toEqual({ input: 0.25, output: 1.25, cached_input: 0.03, cache_write: 0.3 });
    const { body: unknown } = await supertest(url).get('/v1/models/together/some-new-model').expect(200);
    expect(unknown.pricing).toBeNull();
  });

  it('of the catalogue are listed where their provider has a key', async () => {
    const ids = await listedIds({ OPENAI_API_KEY: '' });
    expect(ids.slice(0, 3)).toEqual(['codellama', 'claude-2', 'default']);
    expect(ids).toContain('claude-sonnet-5-5');
    expect(ids).not.toContain('gpt-4o');
    expect(ids).not.toContain('command-a');
    expect(ids).not.toContain('codellama-local');
    expect(await listedIds({ OLLAMA_BASE_URL: 'localhost:11434' })).toContain('codellama-local');
  });

  it.each(['gpt-4', 'openai/gpt-4', 'openai%2Fgpt-4', 'togethercomputer/CodeLlama-34b-Instruct'])(
    '%s can be looked up',
    async (id) => {
      const { url } = await startGateway();
      const { body } = await supertest(url).get(`/v1/models/${id}`).expect(200);
      expect(body).toMatchObject({ id: decodeURIComponent(id), object: 'model' });
    },
  );

  it('models that are not there are not found', async () => {
    const { url } = await startGateway();
    const { body } = await supertest(url).get('/v1/models/no-such/model-9').expect(404);
    expect(body.error).toMatchObject({ code: 'model_not_found', param: 'model' });
  });

  it("have Anthropic's shape for those who name its version", async () => {
    const { url } = await startGateway();
    const get = (path: string) => supertest(url).get(path).set('anthropic-version', '2023-06-01').expect(200);
    const { body } = await get('/v1/models?limit=2');
    expect(body).toMatchObject({ first_id: 'codellama', last_id: 'gpt-4', has_more: true });
    expect(body.data[0]).toMatchObject({ type: 'model', id: 'codellama', display_name: 'codellama' });
    expect((await get('/v1/models?limit=1&after_id=codellama')).body.first_id).toBe('gpt-4');
    expect((await get('/v1/models/gpt-4')).body).toMatchObject({ type: 'model', id: 'gpt-4' });
  });

  it.each([
    ['GET', '/v1/models/no-such/model-9', 404, 'not_found_error'],
    ['POST', '/v1/models', 405, 'invalid_request_error'],
    ['POST', '/v1/messages/batches', 404, 'not_found_error'],
  ])('and so have errors: %s %s', async (method, path, status, type) => {
    const { url } = await startGateway();
    const headers = { 'anthropic-version': '2023-06-01' };
    const response = await fetch(url + path, { method, headers });
    const id = response.headers.get('x-request-id');
    expect(response.status).toBe(status);
    expect(response.headers.get('request-id')).toBe(id);
    expect(await response.json()).toEqual({
      type: 'error',
      error: { type, message: expect.any(String) },
      request_id: id,
    });
  });

  it('asked for without a key say which is missing', async () => {
    const { ask } = await startGateway({ OPENAI_API_KEY: '' });
    const { status, body, headers } = await ask({ ...QUESTION, model: 'gpt-4' });
    expect(status).toBe(404);
    expect(body.error).toMatchObject({
      code: 'model_not_found',
      message: 'No model of `gpt-4` can be used: set OPENAI_API_KEY.',
    });
    expect(headers).not.toHaveProperty('retry-after');
  });
});

async function listedIds(environment: Environment): Promise<string[]> {
  const { url } = await startGateway(environment);
  const { body } = await supertest(url).get('/v1/models');
  return body.data.map(({ id }: { id: string }) => id);
}

describe('health', () => {
  it('a server with a provider key is live and ready', async () => {
    const { url } = await startGateway();
    await supertest(url).get('/health/live').expect(200, { status: 'ok' });
    await supertest(url).get('/health/ready').expect(200, { status: 'ready' });
  });

  it('a server is not ready when no model has a key', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'codellama-')), 'models.yaml');
    writeFileSync(file, 'chains:\n  default: [gpt-4]\n');
    const { url } = await startBareGateway({ CONFIG_FILE: file });
    await supertest(url).get('/health/live').expect(200);
    const { body } = await supertest(url).get('/health/ready').expect(503);
    expect(body).toEqual({ status: 'not ready', problem: 'no model has a provider key' });
  });
});

it('more calls at once than MAX_IN_FLIGHT are sent away, until there is room again', async () => {
  const answered = Promise.withResolvers<void>();
  const upstream = await startRawUpstream({ ...replyWith('openai/text.json'), after: answered.promise });
  const { ask } = await startBareGateway({
    OPENAI_API_KEY: 'key-of-openai',
    OPENAI_BASE_URL: `${upstream.url}/v1`,
    MAX_IN_FLIGHT: '1',
  });
  const first = ask(QUESTION);
  await eventually(() => expect(upstream.requests).toHaveLength(1));
  const { status, body, headers } = await ask({ prompt: 'another' });
  expect(status).toBe(503);
  expect(body.error).toMatchObject({ code: 'overloaded', type: 'server_error' });
  expect(headers['retry-after']).toBe('1');
  answered.resolve();
  expect((await first).status).toBe(200);
  expect((await ask({ prompt: 'another' })).status).toBe(200);
  expect(upstream.requests).toHaveLength(2);
});

/** `fetch` would not let us choose the host. */
function post(url: string, headers: Record<string, string>) {
  return new Promise<{ status: number; body: { error: object; request_id: string } }>((resolve, reject) => {
    const call = request(
      `${url}/chat/completions`,
      { method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
      async (response) => {
        let text = '';
        for await (const part of response) text += part;
        resolve({ status: response.statusCode!, body: JSON.parse(text) });
      },
    );
    call.on('error', reject).end(JSON.stringify(QUESTION));
  });
}

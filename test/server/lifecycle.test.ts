/** Start, demo mode, refusal to start, and a graceful end: of real processes. */
import { hostname } from 'node:os';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.ts';
import { eventually } from '../helpers/eventually.ts';
import { attemptsOf, pointedAt, postJson, readAnswer, readStream } from '../helpers/gateway.ts';
import { type ServerProcess, spawnServer, startProcess } from '../helpers/process.ts';
import { startRawUpstream } from '../helpers/raw-upstream.ts';
import { streamOf } from '../helpers/two-upstreams.ts';

const QUESTION = { prompt: 'write me a function to print hello world' };
const ask = async ({ url }: ServerProcess, headers = {}) =>
  readAnswer(await postJson(`${url}/chat/completions`, QUESTION, headers));

describe('demo mode', () => {
  it('starts without a key, answers, says that it is simulated and how to go live', async () => {
    const server = await startProcess({});
    const { status, headers, text } = await ask(server);
    expect(status).toBe(200);
    expect(headers['x-demo']).toBe('true');
    expect(headers['x-model']).toBe('together/togethercomputer/CodeLlama-34b-Instruct');
    expect(text).toMatch(/Hello, World!.*This answer is simulated/s);
    expect(server.output()).toContain(`CodeLlama Server listens on ${server.url}`);
    expect(server.output()).toMatch(/DEMO MODE.*TOGETHER_API_KEY, OPENAI_API_KEY, ANTHROPIC_API_KEY/s);
    const page = await fetch(server.url);
    expect(await page.text()).toContain('CodeLlama Server</title>');
  });

  it('shows a fallback when asked for a fault', async () => {
    const server = await startProcess({});
    const limited = await ask(server, { 'x-simulate': 'together=429' });
    expect(attemptsOf(limited)).toEqual(['together upstream_rate_limited 429', 'openai ok 200']);
    // What was asked for is over with its request.
    const later = await ask(server);
    expect(attemptsOf(later)).toEqual(['together ok 200']);
  });

  it.each([
    ['together=banana', /^x-simulate: Unknown fault 'banana'\. Known faults: ok, 400, .*hang.*restart\.$/],
    [
      'nobody=429',
      /^x-simulate: Unknown provider 'nobody' in x-simulate\. Known providers: together, openai/,
    ],
  ])('answers x-simulate: %s with what it knows', async (header, message) => {
    const { body, status } = await ask(await startProcess({}), { 'x-simulate': header });
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ message: expect.stringMatching(message), param: 'x-simulate' });
  });

  it('is not there with a key, and x-simulate goes nowhere', async () => {
    const simulator = await startProviders();
    const server = await startProcess(pointedAt(simulator));
    const { headers } = await ask(server, { 'x-simulate': 'together=429' });
    expect(headers).not.toHaveProperty('x-demo');
    expect(attemptsOf({ headers })).toEqual(['together ok 200']);
    expect(simulator.calls[0]!.headers).not.toHaveProperty('x-simulate');
  });
});

describe('it does not start', () => {
  it('in production without a provider key, and names the variables', async () => {
    const server = await spawnServer({ NODE_ENV: 'production' });
    expect(await server.exited).toBe(1);
    expect(server.errors()).toMatch(
      /no provider key is set.*TOGETHER_API_KEY.*OPENAI_API_KEY.*ANTHROPIC_API_KEY/,
    );
  });

  it('with values that make no sense, and lists them all', async () => {
    const server = await spawnServer({ PORT: 'abc', RETRIES: 'many', CACHE_TTL: 'soon', ADMIN_KEY: 'short' });
    expect(await server.exited).toBe(1);
    const errors = server.errors();
    expect(errors).toContain('The configuration is not valid:');
    expect(errors).toContain('- PORT must be a number from 0 to 65535, not "abc"');
    expect(errors).toContain('- RETRIES must be a number from 0 to 10, not "many"');
    expect(errors).toContain('- CACHE_TTL must be a duration such as 500ms, 10s or 1h, not "soon"');
    expect(errors).toContain('- ADMIN_KEY must have at least 16 characters');
    expect(errors).not.toContain('    at ');
  });

  it('the server does not start on a port that is taken', async () => {
    const { url } = await startProcess({});
    const { port } = new URL(url);
    const second = await spawnServer({ PORT: port });
    expect(await second.exited).toBe(1);
    expect(second.errors()).toBe(`Port ${port} is taken: stop what uses it, or set PORT to another.\n`);
  });
});

it('logs to stdout in JSON, a line each, without keys', async () => {
  const simulator = await startProviders();
  const server = await startProcess({ ...pointedAt(simulator), OPENAI_API_KEY: '', NODE_ENV: 'production' });
  await ask(server);
  await eventually(() => expect(server.output()).toContain('"msg":"request"'));
  const lines = server
    .output()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { level: 'info', host: hostname(), left_out: ['gpt-4: OPENAI_API_KEY'], msg: 'listening' },
    { level: 'info', host: hostname(), provider: 'together', status: 200, msg: 'request' },
  ]);
  expect(server.output()).not.toContain('key-of-');
});

describe.each(['SIGTERM', 'SIGINT'] as const)('at %s', (signal) => {
  it('calls in flight end whole, new ones are sent elsewhere, and the process ends well', async () => {
    const goesOn = Promise.withResolvers<void>();
    const reply = streamOf([{ content: 'The first words' }, { content: ' and the last.' }], 'stop');
    const pause = { at: String(reply.body).indexOf(' and the last'), until: goesOn.promise };
    const upstream = await startRawUpstream({ ...reply, pause });
    const server = await startProcess({
      TOGETHER_API_KEY: 'key-of-together',
      TOGETHER_BASE_URL: `${upstream.url}/v1`,
      IDLE_TIMEOUT: '10m',
      ATTEMPT_TIMEOUT: '10m',
      DRAIN_TIMEOUT: '10m',
    });
    const stream = await postJson(`${server.url}/chat/completions`, { ...QUESTION, stream: true });
    server.signal(signal);
    await untilItDrains(server);
    const refused = await ask(server);
    expect(refused.status).toBe(503);
    expect(refused.body.error).toMatchObject({
      code: 'overloaded',
      message: expect.stringContaining('shutting down'),
    });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
    goesOn.resolve();
    const { text, done } = await readStream(stream);
    expect(text).toBe('The first words and the last.');
    expect(done).toBe(true);
    expect(await server.exited).toBe(0);
  });
});

describe('at SIGTERM', () => {
  it('what the sinks still have is written', async () => {
    const simulator = await startProviders();
    const server = await startProcess({ ...pointedAt(simulator), PROMPTLAYER_API_KEY: 'key-of-promptlayer' });
    await ask(server);
    // To load PromptLayer's package takes longer on a busy machine than an end may take.
    await eventually(() => expect(simulator.callsTo('promptlayer')).toHaveLength(1));
    await ask(server, { 'cache-control': 'no-cache' });
    server.signal('SIGTERM');
    expect(await server.exited).toBe(0);
    expect(simulator.callsTo('promptlayer')).toHaveLength(2);
    expect(server.output()).toContain('"msg":"request"');
  });

  it('an idle server ends at once', async () => {
    const simulator = await startProviders();
    const server = await startProcess({ ...pointedAt(simulator), DRAIN_TIMEOUT: '10m' });
    server.signal('SIGTERM');
    expect(await server.exited).toBe(0);
  });

  it('a call that does not end is cut off after DRAIN_TIMEOUT', async () => {
    const simulator = await startProviders();
    simulator.always('together', 'hang');
    const server = await startProcess({ ...pointedAt(simulator), DRAIN_TIMEOUT: '300ms' });
    ask(server).catch(() => {});
    await eventually(() => expect(simulator.calls).toHaveLength(1));
    server.signal('SIGTERM');
    expect(await server.exited).toBe(0);
    await eventually(() => expect(simulator.calls[0]!.aborted).toBe(true));
  });

  it('a second one ends it at once', async () => {
    const simulator = await startProviders();
    simulator.always('together', 'hang');
    const server = await startProcess({ ...pointedAt(simulator), DRAIN_TIMEOUT: '10m' });
    ask(server).catch(() => {});
    await eventually(() => expect(simulator.calls).toHaveLength(1));
    server.signal('SIGTERM');
    await untilItDrains(server);
    // Those that come right after the first are one with it.
    const again = setInterval(() => server.signal('SIGTERM'), 200);
    onTestFinished(() => clearInterval(again));
    expect(await server.exited).toBe(1);
  });

  it('one that comes twice, as npm and service managers send it, is one', async () => {
    const simulator = await startProviders({ tokenMs: 20 });
    const server = await startProcess(pointedAt(simulator));
    const stream = await postJson(`${server.url}/chat/completions`, { ...QUESTION, stream: true });
    server.signal('SIGTERM');
    server.signal('SIGTERM');
    expect((await readStream(stream)).done).toBe(true);
    expect(await server.exited).toBe(0);
  });
});

async function untilItDrains({ url }: ServerProcess): Promise<void> {
  await eventually(async () => expect((await fetch(`${url}/health/ready`)).status).toBe(503));
}

async function startProviders(options?: SimulatorOptions) {
  const simulator = await startSimulator(options);
  onTestFinished(() => simulator.close());
  return simulator;
}

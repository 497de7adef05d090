/** The simulator as a server: scripts, recorded calls, backpressure, closing. */
import { expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { atRest } from '../helpers/at-rest.ts';
import { post, useSimulator } from './support.ts';

const setup = useSimulator();

test('always lasts until reset, a script until it is used up', async () => {
  const { simulator } = setup;
  simulator.always('openai', '500');
  simulator.script('openai', 'ok', '429');
  const statuses = [];
  for (let count = 0; count < 4; count++) statuses.push((await post(simulator, 'openai')).status);
  expect(statuses).toEqual([200, 429, 500, 500]);
  expect((await post(simulator, 'together')).status).toBe(200);
  simulator.reset();
  expect((await post(simulator, 'openai')).status).toBe(200);
  expect(simulator.calls).toHaveLength(1);
  expect(() => simulator.script('openai', 'explode')).toThrow(/Unknown fault/);
});

test('a call is recorded with what was sent', async () => {
  const { simulator } = setup;
  const reply = await post(simulator, 'together', { temperature: 0.5 }, { 'x-custom': 'yes' });
  const text = await reply.text();
  await expect.poll(() => simulator.calls[0]?.endedAt).toBeDefined();
  const call = simulator.callsTo('together')[0]!;
  expect(call).toMatchObject({
    path: '/together/v1/chat/completions',
    method: 'POST',
    status: 200,
    aborted: false,
    body: { temperature: 0.5 },
    headers: { 'x-custom': 'yes' },
    bytesWritten: Buffer.byteLength(text),
  });
  expect(call.endedAt!).toBeGreaterThanOrEqual(call.startedAt);
});

test('equal requests get equal answers, and other ids', async () => {
  const bodies = [];
  for (let count = 0; count < 2; count++) {
    bodies.push((await (await post(setup.simulator, 'openai')).json()) as { id: string; choices: unknown });
  }
  expect(bodies[0]!.choices).toEqual(bodies[1]!.choices);
  expect(bodies[0]!.id).not.toBe(bodies[1]!.id);
});

test('a reader that stops is waited for', async () => {
  const { simulator } = setup;
  // 64 MB: more than the sockets of a generous system hold between them.
  simulator.answer('openai', `word${' '.repeat(1_000)}`.repeat(64_000));
  const reply = await post(simulator, 'openai', { stream: true });
  const reader = reply.body!.getReader();
  await reader.read();
  const call = simulator.calls[0]!;
  const paused = await atRest(() => call.bytesWritten);
  expect(call.endedAt).toBeUndefined();
  while (!(await reader.read()).done);
  expect(call.bytesWritten).toBeGreaterThan(paused);
  await expect.poll(() => call.endedAt).toBeDefined();
  expect(call.aborted).toBe(false);
});

test('a client that leaves in mid stream is noticed while the stream says nothing', async () => {
  const { simulator } = setup;
  // A chunk a minute: what is noticed at all is noticed without one.
  simulator.script('anthropic', 'slow:60000');
  const controller = new AbortController();
  const reply = await post(simulator, 'anthropic', { stream: true }, {}, controller.signal);
  await reply.body!.getReader().read();
  controller.abort();
  await expect.poll(() => simulator.calls[0]!.aborted).toBe(true);
});

test('pace: first token and the tokens after it', async () => {
  const simulator = await startSimulator({ firstTokenMs: 60, tokenMs: 3 });
  const start = performance.now();
  const reply = await post(simulator, 'openai', { stream: true });
  await reply.text();
  // However busy the machine, it is never faster than that.
  expect(performance.now() - start).toBeGreaterThan(150);
  await simulator.close();
});

test('closing waits for no call that hangs', async () => {
  const simulator = await startSimulator();
  simulator.always('openai', 'hang');
  const hanging = post(simulator, 'openai').catch((error: Error) => error);
  await expect.poll(() => simulator.calls.length).toBe(1);
  await simulator.close();
  expect(await hanging).toBeInstanceOf(Error);
  expect(simulator.calls[0]!.aborted).toBe(false);
});

test('unknown paths are 404 in the provider’s shape', async () => {
  const { url } = setup.simulator;
  const get = async (path: string) => {
    const reply = await fetch(url + path, { headers: { authorization: 'Bearer key' } });
    return [reply.status, await reply.json()];
  };
  expect(await get('/anthropic/v1/x')).toMatchObject([
    404,
    { type: 'error', error: { type: 'not_found_error' } },
  ]);
  expect(await get('/openai/v1/x')).toMatchObject([404, { error: { type: 'invalid_request_error' } }]);
  expect(await get('/together/v1/x')).toMatchObject([404, { id: expect.any(String), error: {} }]);
});

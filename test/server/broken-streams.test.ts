/** Streams that break after their first words: continued by the next model where that is honest, never passed off as whole. */
import { describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/environment.ts';
import { startGateway } from '../helpers/gateway.ts';
import { impatientWith } from '../helpers/impatience.ts';
import { receiptsOf } from '../helpers/receipts.ts';

const QUESTION = { prompt: 'write me a function to print hello world' };
const ONCE: Environment = { RETRIES: '0' };

const CALL = {
  prompt: 'Use get_weather for "Malmö" in the far south of Sweden.',
  tools: [tool('get_weather')],
};

/** Faults after some words, and the kind the caller is told when nobody can go on. */
const BREAKS = [
  ['cut:5', 'upstream_unavailable'],
  ['no_finish:5', 'upstream_unavailable'],
  ['stall_mid:5', 'upstream_timeout'],
  ['error_event:5', 'upstream_unavailable'],
  ['rate_limit_event:5', 'upstream_rate_limited'],
  ['malformed_event:5', 'upstream_malformed'],
  ['truncated_json', 'upstream_malformed'],
] as const;

describe('the next model goes on where the stream broke', () => {
  it.each(BREAKS)('%s', async (fault) => {
    const { stream, ask, simulator } = await startGateway({
      ...ONCE,
      ...impatientWith('codellama', fault),
      CACHE_TTL: '0',
    });
    const { text: whole } = await ask(QUESTION);
    simulator.script('together', fault);
    const { status, text, done, error, chunks } = await stream(QUESTION);
    expect(status).toBe(200);
    expect(error).toBeUndefined();
    expect(text).toBe(whole);
    expect(done).toBe(true);
    expect(chunks.at(-1)).toMatchObject({ x_stitched: true, choices: [{ finish_reason: 'stop' }] });
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    expect(simulator.calls.map(({ provider }) => provider)).toEqual(['together', 'together', 'openai']);
  });

  it('a third model goes on when the second breaks as well', async () => {
    const { stream, simulator } = await startGateway(ONCE);
    simulator.always('together', 'cut:5');
    simulator.always('openai', 'cut:5');
    const { text, done } = await stream(QUESTION);
    expect(text).toMatch(/^Here is “Hello, World!” in Python:[\s\S]*line by line\.$/);
    expect(done).toBe(true);
    expect(simulator.calls.map(({ provider }) => provider)).toEqual(['together', 'openai', 'anthropic']);
  });

  it('the receipt of a rescued stream says who went on', async () => {
    const gateway = await startGateway(ONCE);
    gateway.simulator.always('together', 'cut:5');
    await gateway.stream(QUESTION);
    const [receipt] = await receiptsOf(gateway, 1);
    expect(receipt).toMatchObject({
      stitched: true,
      provider: 'openai',
      finish_reason: 'stop',
      attempts: [{ kind: 'upstream_unavailable' }, { kind: 'ok' }],
      error: null,
    });
  });
});

describe('when nobody can go on, the stream ends with an error event and without [DONE]', () => {
  it.each(BREAKS)('%s', async (fault, code) => {
    const { stream, simulator } = await startGateway({ ...ONCE, ...impatientWith('codellama', fault) });
    simulator.always('together', fault);
    const { status, text, done, error, headers, raw } = await stream({ ...QUESTION, model: 'codellama' });
    expect(status).toBe(200);
    expect(text).toMatch(/^Here is/);
    expect(done).toBe(false);
    expect(error).toMatchObject({ code, type: 'upstream_error' });
    expect(raw).toContain(`"request_id":"${headers['x-request-id']}"`);
  });

  it.each([
    ['half a tool call, where calls are streamed', CALL],
    ['JSON', { ...QUESTION, response_format: { type: 'json_object' } }],
    ['several choices', { ...QUESTION, n: 2 }],
    ['logprobs', { ...QUESTION, logprobs: true }],
  ])('%s is not continued', async (_what, body) => {
    const { stream, simulator } = await startGateway({ ...ONCE, TOOL_CALLS: 'stream' });
    simulator.always('together', 'cut:2');
    const { done, error } = await stream(body);
    expect(done).toBe(false);
    expect(error).toMatchObject({ code: 'upstream_unavailable' });
    expect(simulator.callsTo('openai')).toHaveLength(0);
  });
});

describe('what looks broken and is not', () => {
  it('no_done: the finish reason is what counts', async () => {
    const { stream, simulator } = await startGateway(ONCE);
    simulator.always('together', 'no_done');
    const { text, done, error } = await stream(QUESTION);
    expect(text).toContain('line by line.');
    expect(done).toBe(true);
    expect(error).toBeUndefined();
    expect(simulator.calls).toHaveLength(1);
  });

  it('length: half an answer is one, when the cap was reached', async () => {
    const { stream, simulator } = await startGateway(ONCE);
    simulator.always('together', 'length');
    const { chunks, done } = await stream(QUESTION);
    expect(chunks.at(-1)!.choices[0]!.finish_reason).toBe('length');
    expect(done).toBe(true);
  });

  it('eos: Together says stop in its own word', async () => {
    const { stream, ask, simulator } = await startGateway(ONCE);
    simulator.always('together', 'eos');
    expect((await stream(QUESTION)).chunks.at(-1)!.choices[0]!.finish_reason).toBe('stop');
    expect((await ask({ prompt: 'another' })).body.choices[0]!.finish_reason).toBe('stop');
  });

  it('slow: a model that takes its time, but less than the deadlines', async () => {
    const { stream, simulator } = await startGateway({ ...ONCE, IDLE_TIMEOUT: '6s' });
    const text = 'one two three four five six seven eight nine ten eleven twelve '.repeat(2).trim();
    simulator.answer('together', text);
    // All of it takes longer than may pass between two pieces, and each of them far less.
    simulator.always('together', 'slow:300');
    expect(await stream(QUESTION)).toMatchObject({ done: true, text });
  });
});

describe('a whole answer that broke off is made anew', () => {
  it.each(['cut', 'stall_mid', 'truncated_json', 'no_finish'])('%s', async (fault) => {
    const { ask, simulator } = await startGateway({ ...ONCE, ...impatientWith('codellama', fault) });
    simulator.always('together', fault);
    const { status, text, headers } = await ask(QUESTION);
    expect(status).toBe(200);
    expect(text).toMatch(/^Here is “Hello, World!”[\s\S]*line by line\.$/);
    expect(headers['x-model']).toBe('openai/gpt-4');
  });
});

function tool(name: string) {
  const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
  return { type: 'function', function: { name, parameters } };
}

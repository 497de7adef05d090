/** Each fault as a client sees it: status and body by fetch, and what the official SDKs make of it. */
import { describe, expect, test } from 'vitest';
import { canonicalAnswer } from '../../src/simulator/answer.ts';
import { faultCatalogue } from '../../src/simulator/faults.ts';
import { atRest } from '../helpers/at-rest.ts';
import { askWithSdk, modelProviders, post, streamWithSdk, useSimulator } from './support.ts';

const setup = useSimulator();
const expected = canonicalAnswer('hello world in python');
const statuses = faultCatalogue.map((fault) => fault.name).filter((name) => /^\d+$/.test(name));
const stream = { stream: true };

/** Reads until the end or the break. */
async function readAll(response: Response): Promise<{ text: string; broken: boolean }> {
  let text = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body!) text += decoder.decode(chunk, { stream: true });
    return { text, broken: false };
  } catch {
    return { text, broken: true };
  }
}

const deltaCount = (text: string) => text.match(/"content":"[^"]|text_delta/g)?.length ?? 0;

describe.each(modelProviders)('%s', (provider) => {
  const script = (...faults: string[]) => setup.simulator.script(provider, ...faults);
  const ask = (body: object = {}) => post(setup.simulator, provider, body);

  test.each(statuses)('status %s, in the provider’s shape', async (status) => {
    script(status, status);
    for (const body of [{}, stream]) {
      const reply = await ask(body);
      expect(reply.status).toBe(Number(status));
      const error = (await reply.json()) as { error: { message: string; type: string } };
      expect(error.error.message).toBeTruthy();
      expect(error.error.type).toBeTruthy();
      expect(reply.headers.get('retry-after')).toBeNull();
    }
    expect((await ask()).status).toBe(200);
  });

  test('retry-after only when given', async () => {
    script('429:7', '503:1');
    const limited = await ask();
    expect(limited.headers.get('retry-after')).toBe('7');
    await limited.text();
    expect((await ask()).headers.get('retry-after')).toBe('1');
  });

  test('the SDK sees the status error', async () => {
    script('429', '401', 'gone');
    await expect(askWithSdk(setup, provider)).rejects.toMatchObject({ status: 429 });
    await expect(streamWithSdk(setup, provider)).rejects.toMatchObject({ status: 401 });
    await expect(streamWithSdk(setup, provider)).rejects.toMatchObject({ status: 404 });
  });

  test('reset: nothing arrives', async () => {
    script('reset', 'reset');
    await expect(ask()).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    await expect(askWithSdk(setup, provider)).rejects.toThrow(/Connection error/);
  });

  test('hang: no headers, for ever or for a while', async () => {
    script('hang', 'hang:50');
    const leave = new AbortController();
    const hanging = post(setup.simulator, provider, {}, {}, leave.signal).then(
      () => 'answered',
      () => 'left',
    );
    await expect.poll(() => setup.simulator.calls.length).toBe(1);
    leave.abort();
    expect(await hanging).toBe('left');
    const before = performance.now();
    expect((await ask()).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThan(45);
    await expect.poll(() => setup.simulator.calls[0]!.aborted).toBe(true);
  });

  test('cut: the stream breaks after that many deltas, a whole reply in its middle', async () => {
    script('cut:5', 'cut:0', 'cut:9999', 'cut', 'cut');
    for (const deltas of [5, 0]) {
      const { text, broken } = await readAll(await ask(stream));
      expect(broken).toBe(true);
      expect(deltaCount(text)).toBe(deltas);
    }
    const late = await readAll(await ask(stream));
    expect(late.broken).toBe(true);
    expect(late.text).not.toMatch(/"(finish|stop)_reason":"/);
    const whole = await readAll(await ask());
    expect(whole.broken).toBe(true);
    expect(whole.text).toMatch(/^\{"id"/);
    await expect(streamWithSdk(setup, provider)).rejects.toThrow('terminated');
    expect(setup.simulator.calls.every((call) => !call.aborted)).toBe(true);
  });

  test('stall and stall_mid: silence until the client leaves', async () => {
    for (const [fault, body, deltas] of [
      ['stall', stream, 0],
      ['stall_mid:4', stream, 4],
      ['stall', {}, 0],
    ] as const) {
      script(fault);
      const leave = new AbortController();
      const reply = await post(setup.simulator, provider, body, {}, leave.signal);
      expect(reply.status).toBe(200);
      const whole = readAll(reply);
      await atRest(() => setup.simulator.calls.at(-1)!.bytesWritten);
      leave.abort();
      const { text, broken } = await whole;
      expect(broken).toBe(true);
      if ('stream' in body) expect(deltaCount(text)).toBe(deltas);
      else expect(text).toMatch(/^\{"id"/);
    }
    await expect.poll(() => setup.simulator.calls.filter((call) => call.aborted).length).toBe(3);
  });

  test('no_finish: a clean end the SDK takes for success', async () => {
    script('no_finish:4', 'no_finish', 'no_finish');
    const { text, broken } = await readAll(await ask(stream));
    expect(broken).toBe(false);
    expect(deltaCount(text)).toBe(4);
    expect(await streamWithSdk(setup, provider)).toEqual({ text: expected, finish: null });
    expect((await askWithSdk(setup, provider)).finish).toBeNull();
  });

  test('no_done: a finish reason, no terminator', async () => {
    script('no_done', 'no_done');
    const { text } = await readAll(await ask(stream));
    expect(text).not.toMatch(/\[DONE\]|message_stop/);
    expect((await streamWithSdk(setup, provider)).finish).toBeTruthy();
  });

  test('error events in mid stream; error statuses for whole replies', async () => {
    script('error_event:2', 'rate_limit_event:2', 'error_event', 'rate_limit_event', 'rate_limit_event');
    const failed = await readAll(await ask(stream));
    expect(deltaCount(failed.text)).toBe(2);
    expect(failed.text).toMatch(provider === 'anthropic' ? /overloaded_error/ : /server_error/);
    expect((await readAll(await ask(stream))).text).toMatch(/rate_limit/);
    expect((await ask()).status).toBe(provider === 'anthropic' ? 529 : 500);
    expect((await ask()).status).toBe(429);
    await expect(streamWithSdk(setup, provider)).rejects.toMatchObject({ status: undefined });
  });

  test('malformed_event and truncated_json: JSON that cannot be read', async () => {
    script('malformed_event:2', 'malformed_event', 'truncated_json', 'truncated_json');
    await expect(streamWithSdk(setup, provider)).rejects.toThrow(/JSON|Unterminated/);
    for (const _ of [1, 2]) await expect(askWithSdk(setup, provider)).rejects.toThrow(/JSON|Unterminated/);
    const { text, broken } = await readAll(await ask(stream));
    expect(broken).toBe(false);
    expect(text.endsWith('\n\n')).toBe(false);
  });

  test('pages and bodies that are no reply', async () => {
    for (const body of [{}, stream]) {
      script('html502', 'html200', 'not_json', 'empty');
      const seen = [];
      for (let count = 0; count < 4; count++) {
        const reply = await ask(body);
        seen.push([reply.status, (await reply.text()).slice(0, 5)]);
      }
      expect(seen).toEqual([
        [502, '<html'],
        [200, '<!DOC'],
        [200, 'upstr'],
        [200, ''],
      ]);
    }
  });

  test('answers that are valid but wrong', async () => {
    script('empty_answer', 'empty_answer', 'length');
    expect(await askWithSdk(setup, provider)).toMatchObject({ text: '' });
    expect((await streamWithSdk(setup, provider)).text).toBe('');
    const short = await streamWithSdk(setup, provider);
    expect(short.finish).toBe(provider === 'anthropic' ? 'max_tokens' : 'length');
    expect(expected.startsWith(short.text)).toBe(true);
    script('no_usage', 'no_usage');
    const usage = /prompt_tokens|input_tokens/;
    expect(await (await ask()).text()).not.toMatch(usage);
    expect(
      await (
        await ask({
          stream: true,
          ...(provider !== 'anthropic' && { stream_options: { include_usage: true } }),
        })
      ).text(),
    ).not.toMatch(usage);
  });

  test('one_byte and crlf: other bytes, the same answer', async () => {
    script('one_byte', 'one_byte', 'crlf', 'crlf');
    expect((await streamWithSdk(setup, provider)).text).toBe(expected);
    expect((await askWithSdk(setup, provider)).text).toBe(expected);
    expect((await streamWithSdk(setup, provider)).text).toBe(expected);
    const { text } = await readAll(await ask(stream));
    expect(text).toMatch(/: ping\r\n\r\n/);
    expect(text.replaceAll('\r\n', '')).not.toContain('\n');
  });

  test('slow: a pause before each chunk', async () => {
    script('slow:5', 'slow:60');
    const before = performance.now();
    expect((await streamWithSdk(setup, provider)).text).toBe(expected);
    expect(performance.now() - before).toBeGreaterThan(200);
    const whole = performance.now();
    await (await ask()).text();
    expect(performance.now() - whole).toBeGreaterThan(55);
  });

  test('a fault by header goes first, and does not use up the script', async () => {
    script('500');
    const header = { 'x-simulate': `${provider}=409` };
    expect((await post(setup.simulator, provider, {}, header)).status).toBe(409);
    expect((await ask()).status).toBe(500);
    expect(setup.simulator.calls.map((call) => call.fault)).toEqual(['409', '500']);
  });

  test('an unknown fault by header is a 400 that names the known ones', async () => {
    const reply = await post(setup.simulator, provider, {}, { 'x-simulate': 'openai=explode' });
    expect(reply.status).toBe(400);
    const body = (await reply.json()) as { type?: string; error: { type: string; message: string } };
    expect(body.error.type).toBe('invalid_request_error');
    expect(body.error.message).toMatch(/stall_mid/);
    expect(body.type).toBe(provider === 'anthropic' ? 'error' : undefined);
  });
});

describe('what only the words or codes tell apart', () => {
  test.each([
    ['openai', 'quota', 429, { code: 'insufficient_quota' }],
    ['openai', 'spend_limit', 429, { code: 'organization_spend_limit_exceeded' }],
    ['openai', 'gone', 404, { code: 'model_not_found' }],
    ['openai', 'context_length', 400, { code: 'context_length_exceeded' }],
    ['openai', 'bad_key', 401, { code: 'invalid_api_key' }],
    ['openai', 'content_filter', 400, { code: 'invalid_prompt' }],
    ['together', 'quota', 402, { type: 'credit_limit' }],
    ['together', 'gone', 404, { code: 'model_not_available' }],
    ['together', 'not_serverless', 400, { code: 'model_not_available' }],
    ['together', 'context_length', 422, { param: 'max_tokens' }],
    ['anthropic', 'quota', 400, { message: expect.stringMatching(/credit balance/) }],
    ['anthropic', 'spend_limit', 429, { details: { error_code: 'enforced_spend_limit_reached' } }],
    ['anthropic', 'gone', 404, { type: 'not_found_error', message: 'model: some-model' }],
    ['anthropic', 'context_length', 400, { message: expect.stringMatching(/prompt is too long/) }],
    ['anthropic', '529', 529, { type: 'overloaded_error' }],
  ] as const)('%s %s', async (provider, fault, status, error) => {
    setup.simulator.script(provider, fault);
    const reply = await post(setup.simulator, provider);
    expect(reply.status).toBe(status);
    expect(await reply.json()).toMatchObject({ error });
  });
});

/** The same answers, word by word. */
import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { atRest } from '../helpers/at-rest.ts';
import { eventually } from '../helpers/eventually.ts';
import { startGateway } from '../helpers/gateway.ts';

const QUESTION = 'write me a function to print hello world';

describe('a stream', () => {
  it.each(['codellama', 'gpt-4', 'claude-2'])('of %s says what the whole answer says', async (model) => {
    const { ask, stream } = await startGateway({ CACHE_TTL: '0' });
    const whole = await ask({ model, prompt: QUESTION });
    const streamed = await stream({ model, prompt: QUESTION });
    expect(streamed.text).toBe(whole.text);
    expect(streamed.headers['x-model']).toBe(whole.headers['x-model']);
  });

  it('is made of chat.completion.chunk events and ends with [DONE]', async () => {
    const { stream } = await startGateway();
    const { raw, chunks, headers, done } = await stream({ prompt: QUESTION });
    expect(headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(headers['x-attempts']).toMatch(/^together\/.*=ok\(200,/);
    expect(raw).toMatch(/^(data: .+\n\n)+$/);
    expect(done).toBe(true);
    expect(chunks.length).toBeGreaterThan(20);
    expect(new Set(chunks.map(({ object }) => object))).toEqual(new Set(['chat.completion.chunk']));
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    expect(chunks.at(-1)!.choices[0]!.finish_reason).toBe('stop');
  });

  it.each(['True', 'true'])(
    'may be asked for as "%s", as the first version of this server took it',
    async (stream) => {
      const { stream: read } = await startGateway();
      expect((await read({ prompt: QUESTION, stream })).done).toBe(true);
    },
  );

  it.each(['False', 'false'])('is not sent for "%s"', async (stream) => {
    const { ask } = await startGateway();
    expect((await ask({ prompt: QUESTION, stream })).body.object).toBe('chat.completion');
  });

  it('arrives as it is made, not all at the end', async () => {
    const { post, simulator } = await startGateway({}, { tokenMs: 20 });
    const response = await post({ prompt: QUESTION, stream: true });
    let whileTheProviderWrites = 0;
    for await (const _part of response.body!) {
      if (simulator.calls[0]!.endedAt === undefined) whileTheProviderWrites += 1;
    }
    expect(whileTheProviderWrites).toBeGreaterThan(2);
  });

  it('keeps characters whole that arrive byte by byte', async () => {
    const { ask, stream, simulator } = await startGateway({ CACHE_TTL: '0' });
    simulator.answer('all', 'naïve “café” — 你好 🎉');
    simulator.always('together', 'one_byte');
    expect((await stream({ prompt: QUESTION })).text).toBe((await ask({ prompt: QUESTION })).text);
  });

  it('reads CRLF and comments', async () => {
    const { stream, simulator } = await startGateway();
    simulator.always('together', 'crlf');
    expect(await stream({ prompt: QUESTION })).toMatchObject({
      done: true,
      text: expect.stringContaining('print('),
    });
  });
});

describe('usage in a stream', () => {
  it.each(['codellama', 'gpt-4', 'claude-2'])(
    'of %s comes once, last and without choices, when asked for',
    async (model) => {
      const { stream } = await startGateway();
      const { chunks, done } = await stream({
        model,
        prompt: QUESTION,
        stream_options: { include_usage: true },
      });
      expect(chunks.filter(({ usage }) => usage)).toHaveLength(1);
      expect(chunks.at(-1)).toMatchObject({
        choices: [],
        usage: {
          prompt_tokens: expect.any(Number),
          completion_tokens: expect.any(Number),
          total_tokens: expect.any(Number),
        },
      });
      expect(done).toBe(true);
    },
  );

  it.each(['codellama', 'gpt-4', 'claude-2'])('of %s is not there when not asked for', async (model) => {
    const { stream, log } = await startGateway();
    const { raw } = await stream({ model, prompt: QUESTION });
    expect(raw).not.toContain('usage');
    // The receipt has it all the same.
    await eventually(() => expect(log[0]).toHaveProperty('tokens_estimated', false));
  });

  it('is counted here when the provider reports none', async () => {
    const { stream, simulator } = await startGateway();
    simulator.always('together', 'no_usage');
    const { chunks } = await stream({ prompt: QUESTION, stream_options: { include_usage: true } });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { estimated: true } });
  });
});

describe('a slow reader', () => {
  it('slows the provider down instead of filling the memory', async () => {
    const { url, simulator } = await startGateway();
    simulator.answer('together', 'wordwordword '.repeat(200_000));
    const body = JSON.stringify({ prompt: QUESTION, stream: true });
    const call = request(`${url}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    // Nobody reads: the reply has no `data` listener.
    const replied = new Promise((resolve) => call.on('response', resolve));
    call.end(body);
    await replied;
    const written = await atRest(() => simulator.calls[0]!.bytesWritten);
    // What the operating system's socket buffers hold, of about 30 MB.
    expect(written).toBeLessThan(15_000_000);
    call.destroy();
    await eventually(() => expect(simulator.calls[0]!.aborted).toBe(true));
  });
});

describe('a caller who hangs up', () => {
  it('in mid stream: the provider is told, and nobody else is asked', async () => {
    const { post, simulator, log } = await startGateway({}, { tokenMs: 20 });
    const hangUp = new AbortController();
    const response = await post({ prompt: QUESTION, stream: true }, {}, hangUp.signal);
    await response.body!.getReader().read();
    await hungUp(hangUp, simulator);
    // What was generated is counted by the tokeniser, whose thread takes its time to load on a busy machine.
    await eventually(() => expect(log).toHaveLength(1));
    expect(log[0]).toMatchObject({ client: 'closed', cache: 'miss' });
    expect(simulator.calls).toHaveLength(1);
  });

  it.each([true, false])('before the first token (stream: %s)', async (stream) => {
    const { post, simulator, log } = await startGateway();
    simulator.always('together', 'hang');
    const hangUp = new AbortController();
    post({ prompt: QUESTION, stream }, {}, hangUp.signal).catch(() => {});
    await eventually(() => expect(simulator.calls).toHaveLength(1));
    await hungUp(hangUp, simulator);
    await eventually(() => expect(log).toHaveLength(1));
    expect(log[0]).toMatchObject({ client: 'closed', error_kind: 'client_closed', status: 499 });
    expect(simulator.calls).toHaveLength(1);
  });

  it('between two tries: there is no second', async () => {
    const { post, simulator, log } = await startGateway({ RETRY_AFTER_WAIT: '10m', ROUTE_BUDGET: '10m' });
    simulator.always('together', '429:50');
    const hangUp = new AbortController();
    post({ prompt: QUESTION }, {}, hangUp.signal).catch(() => {});
    await eventually(() => expect(simulator.calls[0]).toHaveProperty('endedAt'));
    hangUp.abort();
    // It has ended, and asks nobody any more.
    await eventually(() => expect(log).toHaveLength(1));
    expect(log[0]).toMatchObject({ client: 'closed', error_kind: 'client_closed' });
    expect(simulator.calls).toHaveLength(1);
  });

  it('costs the model nothing: the next call goes to it again', async () => {
    const { ask, post, simulator } = await startGateway();
    simulator.script('together', 'hang');
    const hangUp = new AbortController();
    post({ prompt: QUESTION }, {}, hangUp.signal).catch(() => {});
    await eventually(() => expect(simulator.calls).toHaveLength(1));
    await hungUp(hangUp, simulator);
    expect((await ask({ prompt: QUESTION })).headers['x-attempts']).toMatch(/^together.*=ok/);
  });
});

async function hungUp(hangUp: AbortController, { calls }: Simulator): Promise<void> {
  hangUp.abort();
  await eventually(() => expect(calls[0]).toMatchObject({ aborted: true }));
}

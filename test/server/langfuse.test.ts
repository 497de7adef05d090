/** Every request arrives at Langfuse in its public format, and Langfuse's troubles arrive nowhere. */
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EventBus } from '../../src/events/event-bus.ts';
import { NO_PROXIES } from '../../src/providers/proxy.ts';
import { langfuseSink } from '../../src/sinks/langfuse/langfuse-sink.ts';
import { callRecord } from '../helpers/call-record.ts';
import { eventually } from '../helpers/eventually.ts';
import { startGateway } from '../helpers/gateway.ts';
import { type RawReply, startRawUpstream } from '../helpers/raw-upstream.ts';

const TAKEN: RawReply = { status: 207, body: '{"successes":[],"errors":[]}' };

interface Item {
  readonly type: string;
  readonly id: string;
  readonly body: Record<string, unknown>;
}

async function withLangfuse(replies: readonly RawReply[] = [TAKEN], environment = {}) {
  const langfuse = await startRawUpstream(...replies);
  const gateway = await startGateway({
    RETRIES: '0',
    CACHE_TTL: '0',
    GUARDRAIL_PROMPT: 'off',
    LANGFUSE_PUBLIC_KEY: 'pk-of-langfuse',
    LANGFUSE_SECRET_KEY: 'sk-of-langfuse',
    LANGFUSE_BASE_URL: langfuse.url,
    ...environment,
  });
  const items = (count: number) =>
    eventually(() => {
      const all = langfuse.requests.flatMap(({ body }) => body.batch as Item[]);
      expect(all.length).toBeGreaterThanOrEqual(count);
      return all;
    });
  return { gateway, langfuse, items };
}

describe('what Langfuse gets', () => {
  it('a trace of the request, and a generation for each attempt, with tokens, cost and times', async () => {
    const { gateway, langfuse, items } = await withLangfuse();
    gateway.simulator.script('together', '500');
    gateway.simulator.answer('openai', 'one two three');
    const { body, headers } = await gateway.ask({ prompt: 'hello', temperature: 0.2, user: 'ada' });
    const [trace, failed, answered] = await items(3);
    expect(langfuse.requests[0]).toMatchObject({ method: 'POST', path: '/api/public/ingestion' });
    const credentials = Buffer.from('pk-of-langfuse:sk-of-langfuse').toString('base64');
    expect(langfuse.requests[0]!.headers.authorization).toBe(`Basic ${credentials}`);
    expect(trace).toMatchObject({
      type: 'trace-create',
      body: {
        name: 'default',
        userId: 'ada',
        input: [{ role: 'user', content: 'hello' }],
        output: [{ role: 'assistant', content: 'one two three' }],
        tags: ['codellama-server', 'chat'],
        metadata: { request_id: headers['x-request-id'], cache: 'bypass', error: null },
      },
    });
    expect(failed).toMatchObject({
      type: 'generation-create',
      body: { traceId: trace!.body.id, level: 'ERROR', statusMessage: 'upstream_unavailable' },
    });
    expect(answered).toMatchObject({
      type: 'generation-create',
      body: {
        traceId: trace!.body.id,
        name: 'openai/gpt-4',
        model: 'gpt-4',
        modelParameters: { temperature: 0.2 },
        level: 'DEFAULT',
        usageDetails: { input: body.usage!.prompt_tokens, output: 3 },
        costDetails: { total: Number(headers['x-cost-usd']) },
        startTime: expect.stringMatching(/^\d{4}-.*Z$/),
        completionStartTime: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    });
    expect(new Set([trace, failed, answered].map((item) => item!.id)).size).toBe(3);
  });

  it('no prompt and no answer, where that is wanted', async () => {
    const { gateway, items } = await withLangfuse([TAKEN], { LANGFUSE_CONTENT: 'false' });
    gateway.simulator.answer('openai', 'a secret answer');
    await gateway.ask({ model: 'gpt-4', prompt: 'a secret question' });
    expect(JSON.stringify(await items(2))).not.toContain('secret question');
  });
});

describe('what is wrong with Langfuse', () => {
  it('is tried again after a 503', async () => {
    const { gateway, langfuse, items } = await withLangfuse([{ status: 503, body: '' }, TAKEN]);
    await gateway.ask({ model: 'gpt-4', prompt: 'hello' });
    await items(4);
    expect(langfuse.requests[1]!.body).toEqual(langfuse.requests[0]!.body);
  });

  it('is told by the log, in words that hold no key: a refused key, a refused item', async () => {
    for (const reply of [
      { status: 401, body: '{"message":"Invalid credentials"}' },
      { status: 207, body: '{"successes":[],"errors":[{"id":"1","status":400,"message":"Invalid body"}]}' },
    ]) {
      const { gateway } = await withLangfuse([reply]);
      expect((await gateway.ask({ model: 'gpt-4', prompt: 'hello' })).status).toBe(200);
      await eventually(() =>
        expect(gateway.log).toContainEqual(expect.objectContaining({ sink: 'langfuse', failed: 1 })),
      );
      expect(JSON.stringify(gateway.log)).not.toContain('sk-of-langfuse');
    }
  });
});

it.each(['<html>Sign in</html>', '', '{}', 'null'])(
  'a 200 that is not Langfuse’s (%j) is no sign that anything has arrived',
  async (body) => {
    const { gateway } = await withLangfuse([{ status: 200, body }]);
    await gateway.ask({ model: 'gpt-4', prompt: 'hello' });
    await eventually(() =>
      expect(gateway.log).toContainEqual(
        expect.objectContaining({
          sink: 'langfuse',
          failed: 1,
          reason: expect.stringContaining('LANGFUSE_BASE_URL'),
        }),
      ),
    );
  },
);

it('messages are small enough in bytes, whatever the script: Langfuse takes 3.5 MB', async () => {
  const langfuse = await startRawUpstream(TAKEN);
  const events = Array.from({ length: 12 }, () => settledWith('漢'.repeat(400_000)));
  await sinkTo(langfuse.url).on(events);
  expect(langfuse.requests.length).toBeGreaterThan(1);
  for (const { text } of langfuse.requests) expect(Buffer.byteLength(text)).toBeLessThan(3_500_000);
});

it('so are those of a request with many attempts, each of which has the prompt', async () => {
  const langfuse = await startRawUpstream(TAKEN);
  const content = 'x'.repeat(600_000);
  const attempts = Array.from({ length: 9 }, () => FAILED);
  const record = callRecord(
    { attempts },
    { request: { messages: [{ role: 'user', content }], stream: false } },
  );
  await sinkTo(langfuse.url).on([{ type: 'call_settled', at: 0, record }]);
  for (const { text } of langfuse.requests) expect(Buffer.byteLength(text)).toBeLessThan(3_500_000);
  expect(langfuse.requests.flatMap(({ body }) => body.batch as Item[])).toHaveLength(10);
});

it('a message that is too large for what stands between is sent in halves; one item alone is given up', async () => {
  const tooLarge = { status: 413, body: '' };
  const langfuse = await startRawUpstream(tooLarge, TAKEN, tooLarge, tooLarge, TAKEN);
  const bus = new EventBus(pino({ level: 'silent' }), [sinkTo(langfuse.url)]);
  onTestFinished(() => bus.close(0));
  for (const content of ['one', 'two', 'three', 'four']) bus.publish(settledWith(content));
  await eventually(() =>
    expect(bus.counts().langfuse).toMatchObject({ written: 3, failed: 0, tooLarge: 1, waiting: 0 }),
  );
  expect(langfuse.requests.map(({ body }) => (body.batch as Item[]).length)).toEqual([4, 2, 2, 1, 1]);
});

it('what waits for a Langfuse that hangs is bounded in bytes, also where no content is passed on', async () => {
  const langfuse = await startRawUpstream({ body: '', ending: 'hang' });
  const bus = new EventBus(pino({ level: 'silent' }), [sinkTo(langfuse.url, false)]);
  onTestFinished(() => bus.close(0));
  const { record } = settledWith('x'.repeat(5_000_000));
  for (let number = 0; number < 10; number++) bus.publish({ type: 'call_settled', record });
  expect(bus.counts().langfuse!.dropped).toBeGreaterThan(0);
});

const FAILED = {
  target: 'openai/gpt-4',
  kind: 'upstream_unavailable',
  status: 500,
  note: undefined,
  started_ms: 0,
  first_token_ms: undefined,
  ended_ms: 1,
} as const;

function settledWith(content: string) {
  const record = callRecord({}, { request: { messages: [{ role: 'user', content }], stream: false } });
  return { type: 'call_settled', at: 0, record } as const;
}

function sinkTo(baseUrl: string, hasContent = true) {
  return langfuseSink({ publicKey: 'pk', secretKey: 'sk', baseUrl, hasContent, proxies: NO_PROXIES });
}

it('a message that Langfuse does not take is counted for every request in it', async () => {
  const { url } = await startRawUpstream({ status: 401, body: '{}' });
  const sink = sinkTo(url);
  const failed = sink.on([settledWith('one'), settledWith('two'), settledWith('three')]) as Promise<void>;
  await expect(failed).rejects.toSatisfy(({ errors }: AggregateError) => errors.length === 3);
});

/** Every answered prompt arrives at PromptLayer, and PromptLayer's troubles arrive nowhere. */
import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { type SimulatedGateway, startGateway } from '../helpers/gateway.ts';
import { startRawUpstream } from '../helpers/raw-upstream.ts';

const QUESTION = { prompt: 'write me a function to print hello world' };
const KEY = { PROMPTLAYER_API_KEY: 'key-of-promptlayer' };

describe('what PromptLayer gets', () => {
  it('prompt, answer, tokens, price, times, tags and metadata', async () => {
    const gateway = await startGateway(KEY);
    const before = Date.now() / 1000;
    const { headers, text, body } = await gateway.ask(
      { ...QUESTION, model: 'gpt-4', temperature: 0.2, user: 'user-1' },
      { 'x-request-id': 'trace-42' },
    );
    const [logged] = await logs(gateway, 1);
    expect(logged).toMatchObject({
      provider: 'openai',
      model: 'gpt-4',
      function_name: 'openai.chat.completions.create',
      api_type: 'chat-completions',
      status: 'SUCCESS',
      input: {
        type: 'chat',
        messages: [
          { role: 'system', content: [{ type: 'text', text: expect.stringContaining('Only respond to') }] },
          { role: 'user', content: [{ type: 'text', text: QUESTION.prompt }] },
        ],
      },
      output: { type: 'chat', messages: [{ role: 'assistant', content: [{ type: 'text', text }] }] },
      parameters: { temperature: 0.2, user: 'user-1' },
      tags: ['codellama-server', 'gpt-4'],
      metadata: {
        request_id: 'trace-42',
        chain: 'gpt-4',
        attempts: '1',
        fallback: 'false',
        cache: 'miss',
        stream: 'false',
        user: 'user-1',
      },
      input_tokens: body.usage!.prompt_tokens,
      output_tokens: body.usage!.completion_tokens,
      price: Number(headers['x-cost-usd']),
    });
    const { request_start_time: start, request_end_time: end } = logged as Record<string, number>;
    expect(start).toBeGreaterThanOrEqual(before - 0.01);
    expect(end).toBeGreaterThanOrEqual(start!);
    expect(end).toBeLessThanOrEqual(Date.now() / 1000 + 0.01);
    const [call] = gateway.simulator.callsTo('promptlayer');
    expect([call!.path, call!.headers['x-api-key']]).toEqual([
      '/promptlayer/log-request',
      'key-of-promptlayer',
    ]);
  });

  it('a stream, whole', async () => {
    const gateway = await startGateway(KEY);
    const { text } = await gateway.stream(QUESTION);
    const [logged] = await logs(gateway, 1);
    expect(logged).toMatchObject({
      output: { messages: [{ content: [{ type: 'text', text }] }] },
      metadata: { stream: 'true', cache: 'miss' },
      output_tokens: expect.any(Number),
    });
  });

  it('a fallback, with its story', async () => {
    const gateway = await startGateway({ ...KEY, RETRIES: '0' });
    gateway.simulator.script('together', '500');
    await gateway.ask(QUESTION);
    const [logged] = await logs(gateway, 1);
    expect(logged).toMatchObject({
      provider: 'openai',
      model: 'gpt-4',
      metadata: {
        fallback: 'true',
        attempts: '2',
        attempts_story:
          'together/togethercomputer/CodeLlama-34b-Instruct=upstream_unavailable; openai/gpt-4=ok',
      },
    });
  });

  it('an answer from the cache, at no price', async () => {
    const gateway = await startGateway(KEY);
    await gateway.ask(QUESTION);
    await gateway.ask(QUESTION);
    const logged = await logs(gateway, 2);
    expect(logged.map(({ metadata, price }) => [(metadata as { cache: string }).cache, price === 0])).toEqual(
      [
        ['miss', false],
        ['hit', true],
      ],
    );
  });

  it('a tool call', async () => {
    const gateway = await startGateway(KEY);
    const tools = [
      { type: 'function', function: { name: 'get_time', parameters: { type: 'object', properties: {} } } },
    ];
    await gateway.ask({ prompt: 'call get_time', tools });
    const [logged] = await logs(gateway, 1);
    expect(logged).toMatchObject({
      output: { messages: [{ tool_calls: [{ function: { name: 'get_time' } }] }] },
      parameters: { tools },
    });
  });

  it('nothing of a request that was not answered', async () => {
    const gateway = await startGateway(KEY);
    gateway.simulator.script('together', '400');
    await gateway.ask(QUESTION);
    await gateway.ask({ prompt: '' });
    await gateway.ask(QUESTION);
    expect(await logs(gateway, 1)).toMatchObject([{ metadata: { cache: 'miss' } }]);
  });

  it('nothing at all without a key', async () => {
    const { ask, simulator } = await startGateway();
    await ask(QUESTION);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(simulator.callsTo('promptlayer')).toHaveLength(0);
  });
});

describe('PromptLayer in trouble is never felt', () => {
  it.each(['hang', '500', 'bad_key'])('%s', async (fault) => {
    const { ask, stream, simulator } = await startGateway({ ...KEY, CACHE_TTL: '0' });
    simulator.always('promptlayer', fault);
    await ask(QUESTION);
    await eventually(() => expect(simulator.callsTo('promptlayer').length).toBeGreaterThan(0));
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? ask(QUESTION) : stream(QUESTION))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });
});

it('an answer of PromptLayer without end is read so far only: the package tries again', async () => {
  const promptLayer = await startRawUpstream({ status: 201, body: Buffer.alloc(8_000_000), ending: 'hang' });
  const { ask } = await startGateway({ ...KEY, PROMPTLAYER_BASE_URL: promptLayer.url });
  await ask(QUESTION);
  await eventually(() => expect(promptLayer.requests.length).toBeGreaterThan(1));
});

/** The bodies PromptLayer received, when there are that many. */
async function logs({ simulator }: SimulatedGateway, count: number): Promise<Record<string, unknown>[]> {
  const calls = () => simulator.callsTo('promptlayer').filter(({ status }) => status === 201);
  await eventually(() => expect(calls()).toHaveLength(count));
  return calls().map(({ body }) => body as Record<string, unknown>);
}

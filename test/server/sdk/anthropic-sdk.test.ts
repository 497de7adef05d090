/** Anthropic's own SDK over GPT-4: what doors.test.ts has not. */
import Anthropic from '@anthropic-ai/sdk';
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema';
import { expect, it } from 'vitest';
import { startGateway } from '../../helpers/gateway.ts';

const QUESTION = 'write me a function to print hello world';
const ASK = { model: 'gpt-4', max_tokens: 500, messages: [{ role: 'user' as const, content: QUESTION }] };

async function start(environment = {}, options = {}) {
  const gateway = await startGateway({ CACHE_TTL: '0', RETRIES: '0', COOLDOWN: '0s', ...environment });
  const client = new Anthropic({ baseURL: gateway.url, apiKey: 'any', maxRetries: 0, ...options });
  return { ...gateway, client };
}

it.each([false, true])('the tool runner runs tools to the end (streamed: %s)', async (stream) => {
  const { client, simulator } = await start();
  const weather = betaTool({
    name: 'get_weather',
    description: 'The weather',
    inputSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    run: ({ city }) => `rain in ${city}`,
  });
  const runner = client.beta.messages.toolRunner({
    ...ASK,
    messages: [{ role: 'user', content: 'Use get_weather for "Malmö".' }],
    tools: [weather],
    stream,
  });
  const { content } = await runner.runUntilDone();
  expect(JSON.stringify(content)).toContain('rain in Malmö');
  expect(simulator.calls).toHaveLength(2);
});

it('what a schema wants', async () => {
  const { client } = await start();
  const schema = {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  };
  const { content } = await client.messages.create({
    ...ASK,
    output_config: { format: { type: 'json_schema', schema } },
  });
  expect(JSON.parse((content[0] as { text: string }).text)).toEqual({ city: expect.any(String) });
});

it('models are listed page by page, and retrieved', async () => {
  const { client } = await start();
  const ids: string[] = [];
  for await (const { id } of client.models.list({ limit: 2 })) ids.push(id);
  expect(ids.slice(0, 4)).toEqual(['codellama', 'gpt-4', 'claude-2', 'default']);
  expect(await client.models.retrieve('gpt-4')).toMatchObject({ type: 'model', id: 'gpt-4' });
  await expect(client.models.retrieve('no-such')).rejects.toBeInstanceOf(Anthropic.NotFoundError);
});

it('the error class of each status, with the id of the request', async () => {
  const { client, simulator } = await start();
  simulator.always('openai', '429');
  const limited = await client.messages.create(ASK).catch((thrown: unknown) => thrown);
  expect(limited).toBeInstanceOf(Anthropic.RateLimitError);
  expect((limited as InstanceType<typeof Anthropic.RateLimitError>).requestID).toMatch(/^req_/);
  simulator.always('openai', '500');
  await expect(client.messages.create(ASK)).rejects.toBeInstanceOf(Anthropic.InternalServerError);
  const guarded = await start({ ADMIN_KEY: 'the-administrators-own-key' });
  await expect(guarded.client.messages.create(ASK)).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
});

it('what is worth it is tried again by the SDK itself', async () => {
  const { client, simulator } = await start({}, { maxRetries: 1 });
  simulator.script('openai', '500');
  expect((await client.messages.create(ASK)).stop_reason).toBe('end_turn');
  expect(simulator.calls).toHaveLength(2);
});

it('a stream that its caller leaves ends upstream, too', async () => {
  const { client, simulator } = await start();
  simulator.always('openai', 'slow:200');
  const stream = client.messages.stream(ASK);
  stream.on('text', () => stream.abort());
  await expect(stream.finalMessage()).rejects.toBeInstanceOf(Anthropic.APIUserAbortError);
  await expect.poll(() => simulator.calls[0]!.aborted).toBe(true);
});

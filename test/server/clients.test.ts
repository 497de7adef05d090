/** Any OpenAI client works by its base URL alone. */
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { ChatOpenAI } from '@langchain/openai';
import { APICallError, generateText, jsonSchema, tool } from 'ai';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { startGateway } from '../helpers/gateway.ts';
import { askStream, askWhole, QUESTION } from './sdk/ai-sdk-questions.ts';

const ADMIN_KEY = 'an-admin-key-of-the-tests';
const schema = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const } },
  required: ['city'],
};

describe('the openai package', () => {
  async function start() {
    const gateway = await startGateway({ ADMIN_KEY });
    const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: ADMIN_KEY, maxRetries: 0 });
    return { ...gateway, client };
  }

  it('gets an answer, with its headers', async () => {
    const { client } = await start();
    const { data, response, request_id } = await client.chat.completions
      .create({ model: 'default', messages: [{ role: 'user', content: QUESTION }] })
      .withResponse();
    expect(data.choices[0]!.message.content).toContain('Hello, World!');
    expect(response.headers.get('x-model')).toMatch(/^together/);
    expect(request_id).toMatch(/^req_/);
  });

  it('reads a stream', async () => {
    const { client } = await start();
    const stream = await client.chat.completions.create({
      model: 'default',
      messages: [{ role: 'user', content: QUESTION }],
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let tokens: number | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta?.content ?? '';
      tokens = chunk.usage?.total_tokens ?? tokens;
    }
    expect(text).toContain('line by line.');
    expect(tokens).toBeGreaterThan(50);
  });

  it('runs tools to the end', async () => {
    const { client } = await start();
    const runner = client.chat.completions.runTools({
      model: 'gpt-4',
      messages: [{ role: 'user', content: 'Use get_weather for "Malmö".' }],
      tools: [
        {
          type: 'function',
          function: {
            name: 'get_weather',
            description: 'The weather',
            parameters: schema,
            parse: JSON.parse,
            function: ({ city }: { city: string }) => `rain in ${city}`,
          },
        },
      ],
    });
    expect(await runner.finalContent()).toBe('The tool says: rain in Malmö. Is there more?');
  });

  it('throws the error class of the status, with what to fix', async () => {
    const { client } = await start();
    const error = await client.chat.completions
      .create({ model: 'default', messages: [{ role: 'user', content: QUESTION }], temperature: 9 })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(error).toMatchObject({
      status: 400,
      code: 'invalid_request',
      param: 'temperature',
      type: 'invalid_request_error',
      message: '400 `temperature` must be at most 2; you sent 9.',
    });
  });

  it('is told of a wrong key', async () => {
    const { client } = await start();
    const asked = client.withOptions({ apiKey: 'another' }).models.list();
    await expect(asked).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  });

  it('throws when a stream breaks off', async () => {
    const { client, simulator } = await start();
    simulator.always('together', 'cut:5');
    const stream = await client.chat.completions.create({
      model: 'codellama',
      messages: [{ role: 'user', content: QUESTION }],
      n: 2,
      stream: true,
    });
    const read = async () => {
      for await (const _chunk of stream);
    };
    await expect(read()).rejects.toThrow(/connection to together/i);
  });

  it('lists the models', async () => {
    const { client } = await start();
    const ids = [];
    for await (const { id } of client.models.list()) ids.push(id);
    expect(ids.slice(0, 4)).toEqual(['codellama', 'gpt-4', 'claude-2', 'default']);
  });
});

describe('the AI SDK', () => {
  async function start() {
    const gateway = await startGateway({ ADMIN_KEY });
    const provider = createOpenAICompatible({
      name: 'codellama-server',
      baseURL: `${gateway.url}/v1`,
      apiKey: ADMIN_KEY,
      includeUsage: true,
    });
    return { ...gateway, model: provider('default') };
  }

  it('gets an answer', async () => {
    const { model } = await start();
    expect((await askWhole(model)).totalTokens).toBeGreaterThan(50);
  });

  it('reads a stream', async () => {
    const { model } = await start();
    expect((await askStream(model)).totalTokens).toBeGreaterThan(50);
  });

  it('calls a tool', async () => {
    const { model } = await start();
    const { toolCalls } = await generateText({
      model,
      prompt: 'Use get_weather for "Malmö".',
      tools: { get_weather: tool({ inputSchema: jsonSchema<{ city: string }>(schema) }) },
    });
    expect(toolCalls).toMatchObject([{ toolName: 'get_weather', input: { city: 'Malmö' } }]);
  });

  it('reads the message of an error', async () => {
    const { model } = await start();
    const error = await generateText({ model, prompt: QUESTION, temperature: 9, maxRetries: 0 }).catch(
      (thrown: unknown) => thrown,
    );
    expect(APICallError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ statusCode: 400, message: '`temperature` must be at most 2; you sent 9.' });
  });
});

describe('LangChain', () => {
  async function start(fields: object = {}) {
    const gateway = await startGateway({ ADMIN_KEY });
    const chat = new ChatOpenAI({
      model: 'default',
      apiKey: ADMIN_KEY,
      maxRetries: 0,
      configuration: { baseURL: `${gateway.url}/v1` },
      ...fields,
    });
    return { ...gateway, chat };
  }

  it('gets an answer', async () => {
    const { chat } = await start();
    const { text, usage_metadata: usage } = await chat.invoke(QUESTION);
    expect(text).toContain('Hello, World!');
    expect(usage!.total_tokens).toBeGreaterThan(50);
  });

  it('reads a stream', async () => {
    const { chat } = await start();
    let text = '';
    for await (const part of await chat.stream(QUESTION)) text += part.text;
    expect(text).toContain('line by line.');
  });

  it('calls a tool', async () => {
    const { chat } = await start();
    const bound = chat.bindTools([
      { type: 'function', function: { name: 'get_weather', parameters: schema } },
    ]);
    const { tool_calls: calls } = await bound.invoke('Use get_weather for "Malmö".');
    expect(calls).toMatchObject([{ name: 'get_weather', args: { city: 'Malmö' } }]);
  });

  it('reads the message of an error', async () => {
    const { chat } = await start({ temperature: 9 });
    await expect(chat.invoke(QUESTION)).rejects.toThrow('`temperature` must be at most 2; you sent 9.');
  });
});

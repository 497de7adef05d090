/** Tools and the older functions, the same with every provider, whole and streamed. */
import { describe, expect, it } from 'vitest';
import { Collector } from '../../src/core/collect.ts';
import { type SimulatedGateway, startGateway } from '../helpers/gateway.ts';

const weather = {
  name: 'get_weather',
  description: 'The weather in a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const time = {
  name: 'get_time',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const tools = [
  { type: 'function', function: weather },
  { type: 'function', function: time },
];
const QUESTION = 'Use get_weather for "Malmö".';

/** The answer as a whole, whichever way it came. */
async function answer({ ask, stream }: SimulatedGateway, streamed: boolean, body: object) {
  if (!streamed) return (await ask(body)).body.choices[0]!;
  const { chunks, done } = await stream(body);
  expect(done).toBe(true);
  const collector = new Collector();
  for (const chunk of chunks) collector.add(chunk);
  return collector.completion().choices[0]!;
}

describe.each([
  ['codellama', false],
  ['codellama', true],
  ['gpt-4', false],
  ['gpt-4', true],
  ['claude-2', false],
  ['claude-2', true],
])('with %s (stream: %s)', (model, streamed) => {
  it('a tool is called', async () => {
    const gateway = await startGateway();
    const { message, finish_reason } = await answer(gateway, streamed, { model, prompt: QUESTION, tools });
    expect(finish_reason).toBe('tool_calls');
    expect(message.tool_calls).toMatchObject([
      {
        id: expect.stringMatching(/\S+/),
        type: 'function',
        function: { name: 'get_weather', arguments: expect.any(String) },
      },
    ]);
    expect(JSON.parse(argumentsOf(message.tool_calls![0]))).toEqual({ city: 'Malmö' });
  });

  it('two tools are called at once', async () => {
    const gateway = await startGateway();
    const prompt = 'Use get_weather and get_time for "Malmö".';
    const { message } = await answer(gateway, streamed, { model, prompt, tools });
    expect(message.tool_calls!.map((call) => 'function' in call && call.function.name)).toEqual([
      'get_weather',
      'get_time',
    ]);
    expect(new Set(message.tool_calls!.map(({ id }) => id)).size).toBe(2);
  });

  it('only one when parallel calls are not wanted', async () => {
    const gateway = await startGateway();
    const { message } = await answer(gateway, streamed, {
      model,
      prompt: 'Use get_weather and get_time for "Malmö".',
      functions: [weather, time],
    });
    expect(message).not.toHaveProperty('tool_calls');
    expect(message.function_call).toMatchObject({ name: 'get_weather' });
  });

  it('the tool that must be called is called', async () => {
    const gateway = await startGateway();
    const { message } = await answer(gateway, streamed, {
      model,
      prompt: 'Anything for "Malmö".',
      tools,
      tool_choice: { type: 'function', function: { name: 'get_time' } },
    });
    expect(message.tool_calls).toMatchObject([{ function: { name: 'get_time' } }]);
  });

  it.each(['auto', { name: 'get_weather' }])(
    'a function is called in the old form (function_call: %j)',
    async (choice) => {
      const gateway = await startGateway();
      const { message, finish_reason } = await answer(gateway, streamed, {
        model,
        prompt: QUESTION,
        functions: [weather],
        function_call: choice,
      });
      expect(finish_reason).toBe('function_call');
      expect(message.function_call).toEqual({ name: 'get_weather', arguments: expect.any(String) });
      expect(JSON.parse(message.function_call!.arguments)).toEqual({ city: 'Malmö' });
    },
  );

  it("a tool's result is read", async () => {
    const gateway = await startGateway();
    const asked = { role: 'user', content: QUESTION };
    const first = await answer(gateway, streamed, { model, messages: [asked], tools });
    const result = { role: 'tool', tool_call_id: first.message.tool_calls![0]!.id, content: 'rain' };
    const { message, finish_reason } = await answer(gateway, streamed, {
      model,
      messages: [asked, first.message, result],
      tools,
    });
    expect(finish_reason).toBe('stop');
    expect(message.content).toBe('The tool says: rain. Is there more?');
  });

  it("a function's result in the old form is read", async () => {
    const gateway = await startGateway();
    const { message } = await answer(gateway, streamed, {
      model,
      messages: [
        { role: 'user', content: QUESTION },
        {
          role: 'assistant',
          content: null,
          function_call: { name: 'get_weather', arguments: '{"city":"Malmö"}' },
        },
        { role: 'function', name: 'get_weather', content: 'rain' },
      ],
      functions: [weather],
    });
    expect(message.content).toBe('The tool says: rain. Is there more?');
  });

  it('an answer in words stays one', async () => {
    const gateway = await startGateway();
    const { message, finish_reason } = await answer(gateway, streamed, {
      model,
      prompt: 'hello world',
      tools,
    });
    expect(finish_reason).toBe('stop');
    expect(message.content).toContain('Hello, World!');
  });
});

it('a fallback calls the tool as well', async () => {
  const { ask, simulator } = await startGateway({ RETRIES: '0' });
  simulator.always('together', '500');
  simulator.always('openai', '500');
  const { body, headers } = await ask({ prompt: QUESTION, tools });
  expect(headers['x-model']).toBe('anthropic/claude-2');
  expect(body.choices[0]!.message.tool_calls).toMatchObject([{ function: { name: 'get_weather' } }]);
});

it('a tool call from the cache is whole, in either form', async () => {
  const gateway = await startGateway();
  const first = await answer(gateway, false, { prompt: QUESTION, tools, cache: true });
  const again = await answer(gateway, true, { prompt: QUESTION, tools, cache: true });
  expect(first.message.tool_calls).toMatchObject(again.message.tool_calls!);
  expect(again.finish_reason).toBe('tool_calls');
  expect(gateway.simulator.calls).toHaveLength(1);
});

it('an answer to tools is not kept unless that is asked for', async () => {
  const gateway = await startGateway();
  await answer(gateway, false, { prompt: QUESTION, tools });
  await answer(gateway, false, { prompt: QUESTION, tools });
  expect(gateway.simulator.calls).toHaveLength(2);
});

function argumentsOf(call: object | undefined): string {
  return (call as { function: { arguments: string } }).function.arguments;
}

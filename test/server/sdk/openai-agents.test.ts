/** OpenAI's Agents SDK, by both of its APIs, over a model of this server. */
import { Agent, OpenAIProvider, Runner, setTracingDisabled, tool } from '@openai/agents';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startGateway } from '../../helpers/gateway.ts';

setTracingDisabled(true);

const weather = tool({
  name: 'get_weather',
  description: 'The weather',
  parameters: z.object({ city: z.string() }),
  execute: async ({ city }) => `rain in ${city}`,
});

describe.each([
  ['responses', true],
  ['chat', false],
])('by %s', (_door, useResponses) => {
  async function start() {
    const gateway = await startGateway({ CACHE_TTL: '0', RETRIES: '0', COOLDOWN: '0s' });
    const provider = new OpenAIProvider({ apiKey: 'any', baseURL: `${gateway.url}/v1`, useResponses });
    return { ...gateway, runner: new Runner({ modelProvider: provider }) };
  }
  const agent = new Agent({ name: 'Weather', instructions: 'Be brief.', model: 'gpt-4', tools: [weather] });

  it('runs tools to the end', async () => {
    const { runner, simulator } = await start();
    const { finalOutput } = await runner.run(agent, 'Use get_weather for "Malmö".');
    expect(finalOutput).toContain('rain in Malmö');
    expect(simulator.calls).toHaveLength(2);
  });

  it('streams', async () => {
    const { runner } = await start();
    const result = await runner.run(agent, 'Use get_weather for "Malmö".', { stream: true });
    let text = '';
    for await (const piece of result.toTextStream()) text += piece;
    expect(text).toContain('rain in Malmö');
  });

  it('gives what a schema wants', async () => {
    const { runner } = await start();
    const city = new Agent({ name: 'City', model: 'gpt-4', outputType: z.object({ city: z.string() }) });
    const { finalOutput } = await runner.run(city, 'A city with rain');
    expect(finalOutput).toEqual({ city: expect.any(String) });
  });

  it('goes on with the history', async () => {
    const { runner, simulator } = await start();
    const first = await runner.run(agent, 'Use get_weather for "Malmö".');
    await runner.run(agent, [...first.history, { role: 'user', content: 'And tomorrow?' }]);
    expect(simulator.calls.at(-1)!.body).toMatchObject({
      messages: expect.arrayContaining([
        expect.objectContaining({ role: 'tool', content: expect.stringContaining('rain in Malmö') }),
      ]),
    });
  });

  it('throws the error of a model there is not', async () => {
    const { runner } = await start();
    const lost = new Agent({ name: 'Lost', model: 'no-such' });
    await expect(runner.run(lost, 'hello')).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
  });
});

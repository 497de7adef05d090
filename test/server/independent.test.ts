/** The same promises against a fake that somebody else wrote (`@copilotkit/aimock`), so that no error of ours cancels out. */
import { LLMock } from '@copilotkit/aimock';
import { describe, expect, it, onTestFinished } from 'vitest';
import { attemptsOf, startBareGateway } from '../helpers/gateway.ts';

const tools = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
];
const TOLD =
  'Here you are:\n\n```python\nprint("Hello, World!")\n```\n\nThat is all — naïve, but it works. 🎉';

describe.each(['codellama', 'gpt-4', 'claude-2'])('%s at aimock', (model) => {
  it('answers', async () => {
    const { ask } = await startIndependent();
    const { status, text, body, headers } = await ask({ model, prompt: 'hello world, please' });
    expect(status).toBe(200);
    expect(text).toBe(TOLD);
    expect(body.choices[0]!.finish_reason).toBe('stop');
    expect(body.usage).toMatchObject({ prompt_tokens: 12, completion_tokens: 7, total_tokens: 19 });
    expect(headers['x-attempts']).toMatch(/^[^;]*=ok\(200,/);
  });

  it('streams', async () => {
    const { stream } = await startIndependent();
    const { text, done, chunks } = await stream({
      model,
      prompt: 'hello world, please',
      stream_options: { include_usage: true },
    });
    expect(text).toBe(TOLD);
    expect(done).toBe(true);
    expect(chunks.at(-1)!.usage).toMatchObject({ prompt_tokens: 12, completion_tokens: 7, total_tokens: 19 });
  });

  it('hears the guardrail first', async () => {
    const { ask, mock } = await startIndependent();
    await ask({
      model,
      messages: [
        { role: 'system', content: 'Answer in verse.' },
        { role: 'user', content: 'hello world, please' },
      ],
    });
    const body = JSON.stringify(mock.getLastRequest()!.body);
    expect(body).toMatch(/Only respond to questions about code.*Answer in verse/);
  });

  it.each([false, true])('calls a tool and reads its result (stream: %s)', async (streamed) => {
    const { ask, stream } = await startIndependent();
    const question = { role: 'user', content: 'the weather in Malmö' };
    const call = streamed
      ? (await stream({ model, messages: [question], tools })).chunks.flatMap(
          ({ choices }) => choices[0]?.delta.tool_calls ?? [],
        )
      : (await ask({ model, messages: [question], tools })).body.choices[0]!.message.tool_calls!;
    const pieces = call.map((piece) => ('function' in piece ? piece.function : undefined));
    expect(pieces.map((piece) => piece?.name ?? '').join('')).toBe('get_weather');
    const text = pieces.map((piece) => piece?.arguments ?? '').join('');
    expect(JSON.parse(text)).toEqual({ city: 'Malmö' });
    const { id } = call[0]!;
    const { text: answer } = await ask({
      model,
      messages: [
        question,
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id, type: 'function', function: { name: 'get_weather', arguments: text } }],
        },
        { role: 'tool', tool_call_id: id, content: 'rain' },
      ],
      tools,
    });
    expect(answer).toBe('Take an umbrella.');
  });

  it('is passed over when it fails', async () => {
    const { ask, mock } = await startIndependent();
    mock.nextRequestError(model === 'claude-2' ? 529 : 503, {
      message: 'Overloaded',
      type: 'overloaded_error',
    });
    const { status, text } = await ask({ model, prompt: 'hello world, please' });
    // A chain of one: the retry answers.
    expect(status).toBe(200);
    expect(text).toBe(TOLD);
  });
});

it('the chain goes on to the next provider', async () => {
  const { ask, mock } = await startIndependent();
  mock.prependFixture({
    match: { model: /CodeLlama/ },
    response: { error: { message: 'Slow down', type: 'rate_limit' }, status: 429, retryAfter: 30 },
  });
  const reply = await ask({ prompt: 'hello world, please' });
  expect(reply.text).toBe(TOLD);
  expect(attemptsOf(reply)).toEqual(['together upstream_rate_limited 429', 'openai ok 200']);
});

async function startIndependent() {
  const mock = new LLMock({ port: 0 });
  // In the words of OpenAI and of Anthropic.
  const usage = { prompt_tokens: 12, completion_tokens: 7, input_tokens: 12, output_tokens: 7 };
  mock.onMessage('hello world', { content: TOLD, usage });
  mock.on({ hasToolResult: true }, { content: 'Take an umbrella.' });
  mock.on(
    { userMessage: 'weather', hasToolResult: false },
    { toolCalls: [{ name: 'get_weather', arguments: '{"city":"Malmö"}' }] },
  );
  await mock.start();
  onTestFinished(() => mock.stop());
  const gateway = await startBareGateway({
    TOGETHER_API_KEY: 'key',
    TOGETHER_BASE_URL: `${mock.url}/v1`,
    OPENAI_API_KEY: 'key',
    OPENAI_BASE_URL: `${mock.url}/v1`,
    ANTHROPIC_API_KEY: 'key',
    ANTHROPIC_BASE_URL: mock.url,
  });
  return { ...gateway, mock };
}

/** What the README promises of an answer. */
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { postJson, readAnswer, startGateway } from '../helpers/gateway.ts';

const QUESTION = 'write me a function to print hello world';
const GUARDRAIL = "Only respond to questions about code. Say 'I don't know' to anything outside of that.";

describe('one POST, one answer', () => {
  it('answers a prompt in the OpenAI shape, from CodeLlama on Together', async () => {
    const { ask, simulator } = await startGateway();
    const { status, body, headers } = await ask({ prompt: QUESTION });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: expect.any(String),
      object: 'chat.completion',
      created: expect.any(Number),
      model: 'togethercomputer/CodeLlama-34b-Instruct',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: expect.stringContaining('print(') },
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: expect.any(Number), completion_tokens: expect.any(Number) },
    });
    expect(headers['x-model']).toBe('together/togethercomputer/CodeLlama-34b-Instruct');
    expect(headers['x-cache']).toBe('miss');
    expect(headers['x-attempts']).toMatch(
      /^together\/togethercomputer\/CodeLlama-34b-Instruct=ok\(200,\d+\.\ds\)$/,
    );
    expect(simulator.calls).toHaveLength(1);
  });

  it('answers messages', async () => {
    const { ask } = await startGateway();
    const { text } = await ask({ messages: [{ role: 'user', content: 'hello world in Rust' }] });
    expect(text).toContain('println!("Hello, World!")');
  });

  it.each(['/chat/completions', '/v1/chat/completions'])('at %s', async (path) => {
    const { url } = await startGateway();
    const reply = await request(url).post(path).send({ prompt: QUESTION }).expect(200);
    expect(reply.body.object).toBe('chat.completion');
  });

  it.each([
    ['codellama', 'together/togethercomputer/CodeLlama-34b-Instruct'],
    ['gpt-4', 'openai/gpt-4'],
    ['claude-2', 'anthropic/claude-2'],
    ['default', 'together/togethercomputer/CodeLlama-34b-Instruct'],
  ])('model %s is answered by %s', async (model, answeredBy) => {
    const { ask, simulator } = await startGateway();
    const { headers, body, text } = await ask({ model, prompt: QUESTION });
    expect(headers['x-model']).toBe(answeredBy);
    expect(body.model).toBe(answeredBy.slice(answeredBy.indexOf('/') + 1));
    expect(text).toContain('Hello, World!');
    expect(simulator.calls).toHaveLength(1);
  });

  it('leaves out a model whose provider has no key', async () => {
    const { ask } = await startGateway({ TOGETHER_API_KEY: '' });
    const { headers } = await ask({ prompt: QUESTION });
    expect(headers['x-attempts']).toMatch(/^openai\/gpt-4=ok/);
  });

  it('takes JSON with a charset and from a client that accepts anything', async () => {
    const { url } = await startGateway();
    await request(url)
      .post('/chat/completions')
      .set('content-type', 'application/json; charset=utf-8')
      .set('accept', '*/*')
      .send('{"prompt": "quicksort — en français"}')
      .expect(200)
      .expect('content-type', /^application\/json/);
  });
});

describe('usage and cost', () => {
  it('tells the tokens the provider counted', async () => {
    const { ask, simulator } = await startGateway({ GUARDRAIL_PROMPT: 'off' });
    simulator.answer('all', 'one two three');
    const { body } = await ask({ prompt: 'hello world' });
    // The simulator counts words, and four tokens around each message.
    expect(body.usage).toMatchObject({ prompt_tokens: 6, completion_tokens: 3, total_tokens: 9 });
  });

  it('prices gpt-4 at 30 and 60 dollars a million tokens', async () => {
    const { ask, simulator } = await startGateway({ GUARDRAIL_PROMPT: 'off' });
    simulator.answer('openai', 'one two three');
    const { headers } = await ask({ model: 'gpt-4', prompt: 'hello world' });
    expect(headers['x-cost-usd']).toBe('0.00036');
  });

  it('prices claude-2 at 8 and 24', async () => {
    const { ask, simulator } = await startGateway({ GUARDRAIL_PROMPT: 'off' });
    simulator.answer('anthropic', 'one two three');
    const { headers } = await ask({ model: 'claude-2', prompt: 'hello world' });
    expect(headers['x-cost-usd']).toBe('0.00012');
  });

  it('counts the tokens itself, and says so, when the provider reports none', async () => {
    const { ask, simulator } = await startGateway();
    simulator.always('together', 'no_usage');
    const { body } = await ask({ prompt: QUESTION });
    expect(body.usage).toMatchObject({ estimated: true });
    expect(body.usage!.completion_tokens).toBeGreaterThan(100);
  });

  it('shows no cost when the price is unknown', async () => {
    const { ask } = await startGateway();
    const { status, headers } = await ask({ prompt: QUESTION, model: 'together/model-of-tomorrow' });
    expect(status).toBe(200);
    expect(headers['x-model']).toBe('together/model-of-tomorrow');
    expect(headers).not.toHaveProperty('x-cost-usd');
  });
});

describe('x-request-id', () => {
  it('is made when there is none', async () => {
    const { ask } = await startGateway();
    expect((await ask({ prompt: QUESTION })).headers['x-request-id']).toMatch(/^req_[\w-]{36}$/);
  });

  it('is kept when the caller sent one', async () => {
    const { ask } = await startGateway();
    const { headers } = await ask({ prompt: QUESTION }, { 'x-request-id': 'trace-42' });
    expect(headers['x-request-id']).toBe('trace-42');
  });

  it('is made anew when the one sent could not be a header or a log field', async () => {
    const { ask } = await startGateway();
    const { headers } = await ask({ prompt: QUESTION }, { 'x-request-id': `<script> ${'x'.repeat(200)}` });
    expect(headers['x-request-id']).toMatch(/^req_/);
  });
});

describe('the guardrail', () => {
  it.each(['codellama', 'gpt-4'])(
    "goes first to %s, and the caller's system messages follow it",
    async (model) => {
      const { ask, simulator } = await startGateway();
      await ask({
        model,
        messages: [
          { role: 'system', content: 'Answer in verse.' },
          { role: 'user', content: QUESTION },
        ],
      });
      const { messages } = simulator.calls[0]!.body as { messages: { role: string; content: string }[] };
      // OpenAI takes several system messages, other servers one.
      const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
      expect(system.join('\n\n')).toBe(`${GUARDRAIL}\n\nAnswer in verse.`);
      expect(messages.at(-1)).toMatchObject({ role: 'user', content: QUESTION });
    },
  );

  it('goes first to Anthropic too, whose system prompt stands apart', async () => {
    const { ask, simulator } = await startGateway();
    await ask({
      model: 'claude-2',
      messages: [
        { role: 'system', content: 'Answer in verse.' },
        { role: 'user', content: QUESTION },
      ],
    });
    const { system } = simulator.calls[0]!.body as { system: unknown };
    expect(JSON.stringify(system)).toMatch(/Only respond to questions about code.*Answer in verse\./s);
  });

  it('keeps the model from other topics', async () => {
    const { ask } = await startGateway();
    expect((await ask({ prompt: 'what is the capital of Sweden?' })).text).toBe("I don't know");
  });

  it('can be another', async () => {
    const { ask, simulator } = await startGateway({ GUARDRAIL_PROMPT: 'Speak of Lisp only.' });
    await ask({ prompt: QUESTION });
    expect(simulator.calls[0]!.body).toMatchObject({
      messages: [{ role: 'system', content: 'Speak of Lisp only.' }, { role: 'user' }],
    });
  });

  it('can be switched off', async () => {
    const { ask, simulator } = await startGateway({ GUARDRAIL_PROMPT: 'off' });
    await ask({ prompt: QUESTION });
    expect(simulator.calls[0]!.body).toMatchObject({ messages: [{ role: 'user', content: QUESTION }] });
  });
});

describe('parameters', () => {
  const everything = {
    temperature: 0.2,
    top_p: 0.9,
    n: 2,
    stop: ['END'],
    max_tokens: 50,
    presence_penalty: 0.5,
    frequency_penalty: -0.5,
    logit_bias: { '50256': -100 },
    logprobs: true,
    top_logprobs: 2,
    seed: 7,
    user: 'user-1',
    response_format: { type: 'text' },
    reasoning_effort: 'low',
    verbosity: 'low',
    metadata: { team: 'blue' },
    store: false,
    service_tier: 'auto',
    prediction: { type: 'content', content: 'print' },
    safety_identifier: 'safe-1',
    prompt_cache_key: 'key-1',
    modalities: ['text'],
    web_search_options: {},
    parallel_tool_calls: false,
    tools: [{ type: 'function', function: { name: 'run', parameters: { type: 'object', properties: {} } } }],
    tool_choice: 'none',
  };

  it('go on to OpenAI, but for those its older models refuse', async () => {
    const { ask, simulator } = await startGateway();
    const { status, headers } = await ask({ model: 'gpt-4', prompt: QUESTION, ...everything });
    expect(status).toBe(200);
    // Text alone is what is given without asking, and some servers know no such field.
    const { reasoning_effort: _effort, verbosity: _verbosity, modalities: _text, ...taken } = everything;
    expect(simulator.calls[0]!.body).toMatchObject(taken);
    expect(simulator.calls[0]!.body).not.toHaveProperty('modalities');
    expect(headers['x-dropped-params']).toBe('reasoning_effort, verbosity');
  });

  it('max_completion_tokens goes on as it is, or under the name the provider knows', async () => {
    const { ask, simulator } = await startGateway();
    await ask({ model: 'gpt-4', prompt: QUESTION, max_completion_tokens: 20 });
    await ask({ model: 'codellama', prompt: QUESTION, max_completion_tokens: 20 });
    expect(simulator.callsTo('openai')[0]!.body).toMatchObject({ max_completion_tokens: 20 });
    expect(simulator.callsTo('together')[0]!.body).toMatchObject({ max_tokens: 20 });
  });

  it('that Together cannot take are left out and named', async () => {
    const { ask, simulator } = await startGateway();
    const { headers } = await ask({ prompt: QUESTION, user: 'user-1', metadata: { team: 'blue' } });
    expect(headers['x-dropped-params']).toBe('user, metadata');
    expect(simulator.calls[0]!.body).not.toHaveProperty('user');
  });

  it('we do not know go on all the same', async () => {
    const { ask, simulator } = await startGateway();
    await ask({ prompt: QUESTION, brand_new_option: { deep: [1] } });
    expect(simulator.calls[0]!.body).toMatchObject({ brand_new_option: { deep: [1] } });
  });

  it.each(['x', 'k', 'top_a', 'min_tokens', 'models', 'provider'])(
    'such as `%s` of some provider are no misspelling',
    async (name) => {
      const { ask, simulator } = await startGateway();
      await ask({ prompt: QUESTION, [name]: 1 });
      expect(simulator.calls[0]!.body).toHaveProperty(name, 1);
    },
  );

  it('of ours stay here', async () => {
    const { ask, simulator } = await startGateway();
    await ask({ prompt: QUESTION, cache: false });
    expect(simulator.calls[0]!.body).not.toHaveProperty('cache');
    expect(simulator.calls[0]!.body).not.toHaveProperty('prompt');
  });

  it('set to null count as not set', async () => {
    const { ask, simulator } = await startGateway();
    await ask({ prompt: QUESTION, temperature: null, stop: null, tools: null });
    expect(simulator.calls[0]!.body).not.toHaveProperty('temperature');
  });

  it('n brings as many choices', async () => {
    const { url } = await startGateway();
    const { body } = await readAnswer(
      await postJson(`${url}/v1/chat/completions`, { model: 'gpt-4', prompt: QUESTION, n: 3 }),
    );
    expect(body.choices.map(({ index }) => index)).toEqual([0, 1, 2]);
  });
});

/** Cohere's answers: whole replies, streams and failures, as raw bytes from a real socket. */
import { describe, expect, it } from 'vitest';
import { classify } from '../../src/failures/classify.ts';
import { cohere } from '../../src/providers/cohere/cohere.ts';
import { fixture, replyWith } from '../helpers/raw-upstream.ts';
import { altered, eventStream, ownWire } from './own-wire.ts';
import { failureOf, read, toolCalls, whole } from './support.ts';

const { ask, completionOf, stream } = ownWire(cohere, 'cohere');

const reasoning = (value: unknown) =>
  (value as { reasoning_content?: string } | undefined)?.reasoning_content;

describe('a whole reply', () => {
  it('is read whole when it comes in pieces that cut characters', async () => {
    const completion = await completionOf(replyWith('cohere/text.json', { pieces: 7 }));
    expect(completion.choices[0]!.message.content).toMatch(/世界 🎉$/);
  });

  it('passes the reply headers on, and is all that is asked for', async () => {
    const { send, upstream } = await ask(
      replyWith('cohere/text.json', { headers: { 'X-Trial-Endpoint-Call-Remaining': '9' } }),
    );
    expect(await send()).toMatchObject({
      status: 200,
      headers: { 'x-trial-endpoint-call-remaining': '9' },
      dropped: [],
    });
    expect(upstream.requests).toHaveLength(1);
  });

  it('may call a tool; its plan is told as reasoning', async () => {
    const { choices, usage } = await completionOf(replyWith('cohere/tool.json'));
    expect(choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { content: null, reasoning_content: 'I will look up the weather in Malmö.' },
    });
    expect(choices[0]!.message.tool_calls).toEqual([
      {
        id: 'get_weather_tf4dywn8wgnk',
        type: 'function',
        function: { name: 'get_weather', arguments: '{"city":"Malmö"}' },
      },
    ]);
    expect(usage).toEqual({ prompt_tokens: 46, completion_tokens: 14, total_tokens: 60 });
  });

  it('may call several tools', async () => {
    const { choices } = await completionOf(replyWith('cohere/parallel-tools.json'));
    const calls = choices[0]!.message.tool_calls!;
    expect(calls.map(({ id }) => id)).toEqual(['get_weather_dqgshstja6p9', 'get_time_dcxfx4myvx68']);
    expect(calls[1]).toMatchObject({ function: { name: 'get_time', arguments: '{}' } });
  });

  it('has its thinking beside the content', async () => {
    const { choices } = await completionOf(replyWith('cohere/thinking.json'));
    expect(choices[0]!.message).toEqual({
      role: 'assistant',
      content: '2 + 2 = 4',
      refusal: null,
      reasoning_content: 'Okay, 2 and 2 make 4.',
    });
  });

  it('has the log probability of each piece; the tokens of one piece cannot be told apart', async () => {
    const { choices } = await completionOf(replyWith('cohere/logprobs.json'));
    expect(choices[0]!.logprobs).toEqual({
      content: [
        { token: 'Hé', bytes: [72, 195, 169], logprob: -0.75, top_logprobs: [] },
        { token: '!', bytes: [33], logprob: -0.125, top_logprobs: [] },
      ],
      refusal: null,
    });
  });

  it('without billed counts has those of what was read and written', async () => {
    const tokens = { tokens: { input_tokens: 504, output_tokens: 36 }, cached_tokens: 448 };
    const { usage } = await completionOf(altered('cohere/text.json', { usage: tokens }));
    expect(usage).toEqual({
      prompt_tokens: 504,
      completion_tokens: 36,
      total_tokens: 540,
      prompt_tokens_details: { cached_tokens: 448 },
    });
  });

  it.each([
    ['no usage', undefined],
    ['counts of zero', { billed_units: { input_tokens: 0, output_tokens: 0 }, tokens: null }],
  ])('with %s has no usage, rather than one of zeros', async (_, usage) => {
    expect(await completionOf(altered('cohere/text.json', { usage }))).not.toHaveProperty('usage');
  });

  it.each([
    ['COMPLETE', 'stop'],
    ['STOP_SEQUENCE', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['ERROR_LIMIT', 'length'],
    // It calls no tool.
    ['TOOL_CALL', 'stop'],
    ['ERROR_TOXIC', 'content_filter'],
    [null, null],
  ])('finished by %s has the finish reason %s', async (reason, expected) => {
    const { choices } = await completionOf(altered('cohere/text.json', { finish_reason: reason }));
    expect(choices[0]!.finish_reason).toBe(expected);
  });

  it.each([
    ['ERROR', undefined],
    ['TIMEOUT', 504],
    ['USER_CANCEL', 499],
  ])('finished by %s is a failure', async (reason, status) => {
    const { send } = await ask(altered('cohere/text.json', { finish_reason: reason }));
    const failure = await failureOf(send());
    expect(failure.facts.code).toBe(reason);
    expect(failure.facts.status).toBe(status);
    expect(classify(failure, 0).kind).toBe('upstream_unavailable');
  });
});

describe('several choices', () => {
  it('are as many calls, told apart by their index', async () => {
    const { send, upstream } = await ask(replyWith('cohere/text.json'), { n: 2 });
    const { completion } = whole(await send());
    expect(completion.choices.map(({ index }) => index)).toEqual([0, 1]);
    expect(completion.usage).toMatchObject({ prompt_tokens: 18, completion_tokens: 62 });
    expect(upstream.requests).toHaveLength(2);
  });
});

describe('a stream', () => {
  it('ends with its usage', async () => {
    const { chunks } = await stream(replyWith('cohere/text.sse'));
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 5, completion_tokens: 8, total_tokens: 13 },
    });
  });

  it('has its tool calls in pieces, after the plan', async () => {
    const { chunks, text, finish } = await stream(replyWith('cohere/tools.sse'));
    expect(chunks.map(({ choices }) => reasoning(choices[0]?.delta) ?? '').join('')).toBe(
      'I will look at the sky.',
    );
    expect(text).toBe('');
    expect(finish).toBe('tool_calls');
    expect(chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])[0]).toEqual({
      index: 0,
      id: 'get_weather_e8p4pn45zt0t',
      type: 'function',
      function: { name: 'get_weather', arguments: '' },
    });
    expect(toolCalls(chunks)).toEqual([
      { id: 'get_weather_e8p4pn45zt0t', name: 'get_weather', text: '{"city": "Malmö"}' },
      // No piece of its arguments was sent: it has none.
      { id: 'get_time_pyxssbwnq9fq', name: 'get_time', text: '{}' },
    ]);
    expect(chunks.at(-1)!.usage).toMatchObject({ prompt_tokens: 119, completion_tokens: 44 });
  });

  it('counts its tool calls from 0, whatever Cohere counts from, and keeps arguments that come at the start', async () => {
    const started = { id: 't', type: 'function', function: { name: 'f', arguments: '{"a":1}' } };
    const { chunks } = await stream(
      eventStream(
        { type: 'tool-call-start', index: 3, delta: { message: { tool_calls: started } } },
        { type: 'tool-call-end', index: 3 },
        { type: 'message-end', delta: { finish_reason: 'TOOL_CALL' } },
      ),
    );
    expect(toolCalls(chunks)).toEqual([{ id: 't', name: 'f', text: '{"a":1}' }]);
  });

  it('has its thinking beside the content', async () => {
    const { chunks, text } = await stream(replyWith('cohere/thinking.sse'));
    expect(chunks.map(({ choices }) => reasoning(choices[0]?.delta) ?? '').join('')).toBe('27 + 453 is 480');
    expect(text).toBe('480');
  });

  it('leaves out citations', async () => {
    const { chunks, text, finish } = await stream(replyWith('cohere/citations.sse'));
    expect({ text, finish }).toEqual({ text: 'Rain.', finish: 'stop' });
    expect(JSON.stringify(chunks)).not.toContain('tool_output');
  });

  it('has the log probabilities beside each piece', async () => {
    const { chunks } = await stream(
      eventStream({
        type: 'content-delta',
        index: 0,
        delta: { message: { content: { text: 'Hi' } } },
        logprobs: { text: 'Hi', token_ids: [1], logprobs: [-0.5] },
      }),
    );
    expect(chunks[0]!.choices[0]!.logprobs).toEqual({
      content: [{ token: 'Hi', bytes: [72, 105], logprob: -0.5, top_logprobs: [] }],
      refusal: null,
    });
  });

  it('whose generation failed gives what was whole, then the failure in Cohere’s words', async () => {
    const { text, failure, finish } = await stream(replyWith('cohere/failed.sse'));
    expect(text).toBe('Hello, 世界');
    expect(finish).toBeUndefined();
    expect(failure?.facts).toMatchObject({
      code: 'ERROR',
      reason: 'an internal server error occurred while generating',
    });
  });

  it.each([
    ['the shape of a reply', { id: 'x', message: 'too many tokens: size limit exceeded by 280 tokens.' }],
    ['an event of its own', { type: 'error', message: 'too many tokens: 280 too many' }],
    ['OpenAI’s shape', { error: { message: 'too many tokens: 280 too many' } }],
  ])('with an error in %s fails with its words', async (_, event) => {
    const { failure } = await stream(eventStream(event));
    expect(failure?.facts.reason).toMatch(/^too many tokens/);
    expect(classify(failure, 0).kind).toBe('context_length_exceeded');
  });

  it.each([
    ['without `message-end` has no finish reason', '', undefined],
    ['at `[DONE]` alone has ended all the same', 'data: [DONE]\n\n', 'stop'],
  ])('that ends %s', async (_, tail, expected) => {
    const bytes = fixture('cohere/cut.sse').toString();
    const body = bytes.slice(0, bytes.lastIndexOf('event:')) + tail;
    const { text, finish, failure } = await stream({ ...replyWith('cohere/cut.sse'), body });
    expect({ text, finish, failure }).toEqual({ text: 'Hello, 世界', finish: expected, failure: undefined });
  });

  it('that its caller aborts closes the connection, and fails', async () => {
    const { send, upstream } = await ask(replyWith('cohere/cut.sse', { ending: 'hang' }), { stream: true });
    const abort = new AbortController();
    const reply = await send(abort.signal);
    const { text, failure } = await read(reply, (soFar) => soFar === 'Hello, 世界' && abort.abort());
    expect(text).toBe('Hello, 世界');
    expect(failure).toBeDefined();
    await upstream.requests[0]!.closed;
  });

  it('that comes as a whole reply is told as one', async () => {
    const { send } = await ask(replyWith('cohere/text.json'), { stream: true });
    expect(await send()).toMatchObject({ kind: 'whole' });
  });
});

describe('a failure', () => {
  it.each([
    ['error-400.json', 400, 'upstream_bad_request', /^invalid request: temperature/],
    ['error-400-context.json', 400, 'context_length_exceeded', /^too many tokens/],
    ['error-401.json', 401, 'upstream_unauthorized', /^invalid api token$/],
    ['error-402.json', 402, 'upstream_quota', /payment method/],
    ['error-404.json', 404, 'model_gone', /was removed on/],
    ['error-429.json', 429, 'upstream_rate_limited', /20 API calls \/ minute/],
    ['error-429-month.json', 429, 'upstream_quota', /1000 API calls \/ month/],
    ['error-498.json', 498, 'content_filtered', /Usage Guidelines/],
    ['error-499.json', 499, 'upstream_unavailable', /^request cancelled$/],
    ['error-503.json', 503, 'upstream_unavailable', /^service unavailable$/],
  ])('%s is told as facts', async (name, status, kind, reason) => {
    const headers = { 'X-Request-Id': 'req_1' };
    const { send, upstream } = await ask(replyWith(`cohere/${name}`, { status, headers }));
    const failure = await failureOf(send());
    expect(failure.facts).toMatchObject({ status, headers: { 'x-request-id': 'req_1' } });
    expect(failure.facts.reason).toMatch(reason);
    expect(failure.facts.body).toBe(fixture(`cohere/${name}`).toString());
    expect(classify(failure, 0, { model: 'command-r-plus' }).kind).toBe(kind);
    expect(upstream.requests).toHaveLength(1);
  });

  it('reported with status 200 is a failure all the same', async () => {
    const { send } = await ask(replyWith('cohere/error-400-context.json'));
    expect((await failureOf(send())).facts.reason).toMatch(/^too many tokens/);
  });
});

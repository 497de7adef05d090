/** Anthropic's answers: whole messages, streams and failures, as raw bytes from a real socket. */
import { describe, expect, it } from 'vitest';
import { anthropic } from '../../src/providers/anthropic/anthropic.ts';
import { fixture, replyWith } from '../helpers/raw-upstream.ts';
import { altered, eventStream, ownWire } from './own-wire.ts';
import { failureOf, toolCalls } from './support.ts';

const { ask, completionOf, stream } = ownWire(anthropic, 'anthropic');

describe('a whole message', () => {
  it('is read whole when it comes in pieces that cut characters', async () => {
    const completion = await completionOf(replyWith('anthropic/text.json', { pieces: 7 }));
    expect(completion.choices[0]!.message.content).toMatch(/世界 🎉$/);
  });

  it('passes the reply headers on, for the rate limits and the request id', async () => {
    const { send } = await ask(replyWith('anthropic/text.json', { headers: { 'Request-Id': 'req_1' } }));
    expect(await send()).toMatchObject({ status: 200, headers: { 'request-id': 'req_1' } });
  });

  it('may call a tool beside its words', async () => {
    const { choices } = await completionOf(replyWith('anthropic/tool.json'));
    expect(choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { content: "I'll check the current weather in San Francisco for you." },
    });
    expect(choices[0]!.message.tool_calls).toEqual([
      {
        id: 'toolu_01A09q90qw90lq917835lq9',
        type: 'function',
        function: { name: 'get_weather', arguments: '{"location":"San Francisco, CA","unit":"celsius"}' },
      },
    ]);
  });

  it('may call several tools without a word', async () => {
    const { choices } = await completionOf(replyWith('anthropic/parallel-tools.json'));
    expect(choices[0]!.message.content).toBeNull();
    expect(choices[0]!.message.tool_calls).toEqual([
      {
        id: 'toolu_01First',
        type: 'function',
        function: { name: 'get_weather', arguments: '{"location":"Malmö"}' },
      },
      { id: 'toolu_01Second', type: 'function', function: { name: 'get_time', arguments: '{}' } },
    ]);
  });

  it('has its thinking beside the content, and counted within the completion', async () => {
    const { choices, usage } = await completionOf(replyWith('anthropic/thinking.json'));
    expect(choices[0]!.message).toEqual({
      role: 'assistant',
      content: '27 + 453 = 480',
      refusal: null,
      reasoning_content: 'Let me add 27 and 453.\n',
      thinking_blocks: [
        { type: 'thinking', thinking: 'Let me add 27 and 453.\n', signature: expect.any(String) },
        { type: 'redacted_thinking', data: 'EmwKAhgBEgy3va3pzix' },
      ],
      reasoning_details: [
        expect.objectContaining({ type: 'reasoning.text', format: 'anthropic-claude-v1', index: 0 }),
        expect.objectContaining({ type: 'reasoning.encrypted', data: 'EmwKAhgBEgy3va3pzix', index: 1 }),
      ],
    });
    expect(usage).toMatchObject({
      completion_tokens: 160,
      completion_tokens_details: { reasoning_tokens: 131 },
    });
  });

  it('that is a refusal is filtered content', async () => {
    const { choices } = await completionOf(replyWith('anthropic/refusal.json'));
    expect(choices[0]).toMatchObject({ finish_reason: 'content_filter', message: { content: '' } });
  });

  it('counts what was read from and written to the cache within the prompt', async () => {
    const { usage } = await completionOf(replyWith('anthropic/cached.json'));
    expect(usage).toEqual({
      prompt_tokens: 9 + 248 + 1800,
      completion_tokens: 5,
      total_tokens: 9 + 248 + 1800 + 5,
      prompt_tokens_details: { cached_tokens: 1800, cache_write_tokens: 248 },
    });
  });

  it('without counts has no usage, rather than one of zeros', async () => {
    expect(await completionOf(altered('anthropic/text.json', { usage: undefined }))).not.toHaveProperty(
      'usage',
    );
  });

  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['pause_turn', 'length'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    // It calls no tool.
    ['tool_use', 'stop'],
    ['refusal', 'content_filter'],
    [null, null],
  ])('stopped by %s has the finish reason %s', async (stopReason, expected) => {
    const { choices } = await completionOf(altered('anthropic/text.json', { stop_reason: stopReason }));
    expect(choices[0]!.finish_reason).toBe(expected);
  });
});

describe('a stream', () => {
  it('ends with its usage; a later count of null does not undo an earlier one', async () => {
    const { chunks } = await stream(replyWith('anthropic/text.sse'));
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: {
        prompt_tokens: 25 + 100 + 50,
        completion_tokens: 15,
        total_tokens: 190,
        prompt_tokens_details: { cached_tokens: 50, cache_write_tokens: 100 },
      },
    });
  });

  it('has its tool calls in pieces, counted apart from the other blocks', async () => {
    const { chunks, text, finish } = await stream(replyWith('anthropic/tools.sse'));
    expect(text).toBe("Okay, let's check.");
    expect(finish).toBe('tool_calls');
    expect(chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])[0]).toEqual({
      index: 0,
      id: 'toolu_01T1x1fJ34qAmk2tNTrN7Up6',
      type: 'function',
      function: { name: 'get_weather', arguments: '' },
    });
    expect(toolCalls(chunks)).toEqual([
      {
        id: 'toolu_01T1x1fJ34qAmk2tNTrN7Up6',
        name: 'get_weather',
        text: '{"location": "San Francisco, CA"}',
      },
      // No piece of its input was sent: it has none.
      { id: 'toolu_02NoInput', name: 'get_time', text: '{}' },
    ]);
  });

  it('keeps a tool input that came whole at the start of its block', async () => {
    const events = [
      '{"type":"message_start","message":{"id":"msg_1","model":"m","usage":{"input_tokens":1}}}',
      '{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"f","input":{"a":1}}}',
      '{"type":"content_block_stop","index":0}',
      '{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":1}}',
      '{"type":"message_stop"}',
    ];
    const { chunks } = await stream(eventStream(...events));
    expect(toolCalls(chunks)).toEqual([{ id: 't', name: 'f', text: '{"a":1}' }]);
  });

  it('has its thinking beside the content, and whole with its signature at its end', async () => {
    const { chunks, text } = await stream(replyWith('anthropic/thinking.sse'));
    const deltas = chunks.map(
      ({ choices }) => choices[0]?.delta as { reasoning_content?: string } | undefined,
    );
    expect(deltas.map((delta) => delta?.reasoning_content ?? '').join('')).toBe('27 + 453 is 480');
    expect(text).toBe('480');
    const blocks = deltas.flatMap(
      (delta) => (delta as { thinking_blocks?: object[] })?.thinking_blocks ?? [],
    );
    expect(blocks).toEqual([
      { type: 'thinking', thinking: '27 + 453 is 480', signature: 'EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgx' },
    ]);
    expect(chunks.at(-1)!.usage).toMatchObject({
      completion_tokens: 60,
      completion_tokens_details: { reasoning_tokens: 48 },
    });
  });

  const long = 'x'.repeat(700_000);
  const started = (block: object) => ({ type: 'content_block_start', index: 0, content_block: block });
  const delta = (more: object) => ({ type: 'content_block_delta', index: 0, delta: more });
  const thinking = started({ type: 'thinking', thinking: '', signature: '' });
  it.each([
    ['thinks', [thinking, ...Array(3).fill(delta({ type: 'thinking_delta', thinking: long }))]],
    ['signs', [thinking, ...Array(3).fill(delta({ type: 'signature_delta', signature: long }))]],
    ['redacts', Array(3).fill(started({ type: 'redacted_thinking', data: long }))],
  ])('that %s without end is given up: a block is told whole, in one turn', async (_, events) => {
    const { failure } = await stream(eventStream({ type: 'message_start', message: { id: 'm' } }, ...events));
    expect(failure?.message).toContain('thinks without end');
  });

  it('with an error event gives what was whole, then fails as the same error would as a reply', async () => {
    const { text, failure, finish } = await stream(replyWith('anthropic/error.sse'));
    expect(text).toBe('Hello, 世界');
    expect(finish).toBeUndefined();
    expect(failure?.facts).toMatchObject({ status: 529, code: 'overloaded_error', reason: 'Overloaded' });
  });

  it.each([
    ['overloaded_error', 529],
    ['rate_limit_error', 429],
    ['api_error', 500],
    ['authentication_error', 401],
    ['invalid_request_error', 400],
    ['not_found_error', 404],
    ['permission_error', 403],
    ['request_too_large', 413],
    ['billing_error', 402],
    ['timeout_error', 504],
    ['an_error_of_tomorrow', undefined],
  ])('an error event %s stands for status %s', async (type, status) => {
    const { failure } = await stream(eventStream({ type: 'error', error: { type, message: 'No.' } }));
    expect(failure?.facts).toMatchObject({ code: type, reason: 'No.' });
    expect(failure?.facts.status).toBe(status);
  });

  it('with an error event tells the precise code where there is one', async () => {
    const error = {
      type: 'rate_limit_error',
      message: 'No.',
      details: { error_code: 'enforced_spend_limit_reached' },
    };
    const { failure } = await stream(eventStream({ type: 'error', error }));
    expect(failure?.facts).toMatchObject({ status: 429, code: 'enforced_spend_limit_reached' });
  });

  it('that stops between two events without `message_stop` simply ends: without a finish reason', async () => {
    const bytes = fixture('anthropic/cut.sse').toString();
    const body = bytes.slice(0, bytes.lastIndexOf('event:'));
    const { text, finish, failure } = await stream({ ...replyWith('anthropic/cut.sse'), body });
    expect({ text, finish, failure }).toEqual({ text: 'Hello, 世界', finish: undefined, failure: undefined });
  });
});

describe('a failure', () => {
  it.each([
    ['error-400-credit.json', 400, 'invalid_request_error', /^Your credit balance is too low/],
    ['error-401.json', 401, 'authentication_error', /^invalid x-api-key$/],
    ['error-404.json', 404, 'not_found_error', /^model: claude-2$/],
    ['error-429.json', 429, 'rate_limit_error', /rate limit of 50,000/],
    ['error-429-spend-limit.json', 429, 'enforced_spend_limit_reached', /usage limits/],
    ['error-529.json', 529, 'overloaded_error', /^Overloaded$/],
  ])('%s is told as facts', async (name, status, code, reason) => {
    const { send } = await ask(replyWith(`anthropic/${name}`, { status, headers: { 'Retry-After': '17' } }));
    const { facts } = await failureOf(send());
    expect(facts).toMatchObject({ status, code, headers: { 'retry-after': '17' } });
    expect(facts.reason).toMatch(reason);
    expect(facts.body).toBe(fixture(`anthropic/${name}`).toString());
  });

  it('reported with status 200 is a failure all the same, of the status it stands for', async () => {
    const { send } = await ask(replyWith('anthropic/error-529.json'));
    expect((await failureOf(send())).facts).toMatchObject({ status: 529, code: 'overloaded_error' });
  });
});

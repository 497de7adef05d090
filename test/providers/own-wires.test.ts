/** What holds for every wire that is not OpenAI's: whole answers, streams and failures, as raw bytes from a real socket. */
import { describe, expect, it } from 'vitest';
import { anthropic } from '../../src/providers/anthropic/anthropic.ts';
import { cohere } from '../../src/providers/cohere/cohere.ts';
import { fixture, replyWith } from '../helpers/raw-upstream.ts';
import { eventStream, ownWire } from './own-wire.ts';
import { failureOf, KEY, type MakeProvider } from './support.ts';

interface Wire {
  readonly name: string;
  readonly make: MakeProvider;
  /** What is the wire's own in its `text.json`, as a completion has it. */
  readonly whole: object;
  /** What is the wire's own in its `text.sse`, as each chunk has it. */
  readonly streamed: object;
  readonly malformedBodies: readonly [what: string, body: string][];
  readonly malformedEvents: readonly [what: string, event: string][];
  readonly errorBody: (message: string) => object;
}

const wires: readonly Wire[] = [
  {
    name: 'anthropic',
    make: anthropic,
    whole: {
      id: 'msg_01XFDUDYJgAACzvnptvVoYEL',
      model: 'claude-sonnet-5-5-20260915',
      usage: {
        prompt_tokens: 21,
        completion_tokens: 42,
        total_tokens: 63,
        prompt_tokens_details: { cached_tokens: 0 },
      },
    },
    streamed: { id: 'msg_1nZdL29xx5MUA1yADyHTEsnR8uuvGzszyY', model: 'claude-sonnet-5-5-20260915' },
    malformedBodies: [
      ['without content', '{"type":"message","id":"msg_1"}'],
      ['with content that is none', '{"type":"message","id":"msg_1","content":[null]}'],
    ],
    malformedEvents: [
      ['a start without a message', '{"type":"message_start"}'],
      ['a block without a block', '{"type":"content_block_start","index":0}'],
    ],
    errorBody: (message: string) => ({ error: { message } }),
  },
  {
    name: 'cohere',
    make: cohere,
    whole: {
      id: 'c14c80c3-18eb-4519-9460-6c92edd8cfb4',
      model: 'a-model',
      usage: { prompt_tokens: 9, completion_tokens: 31, total_tokens: 40 },
    },
    streamed: { id: '29f14a5a-11de-4cae-9800-25e4747408ea', model: 'a-model' },
    malformedBodies: [
      ['without a message', '{"id":"x","finish_reason":"COMPLETE"}'],
      ['with content that is none', '{"id":"x","message":{"content":[null]}}'],
      ['with tool calls that are none', '{"id":"x","message":{"tool_calls":[7]}}'],
    ],
    malformedEvents: [
      ['a piece without content', '{"type":"content-delta","index":0,"delta":{}}'],
      ['the middle of a call that never began', '{"type":"tool-call-end","index":0}'],
      ['an end without a word', '{"type":"message-end"}'],
    ],
    errorBody: (message: string) => ({ message }),
  },
];

describe.each(wires)('$name', ({ name, make, ...wire }) => {
  const { ask, completionOf, stream } = ownWire(make, name);

  it('a whole answer becomes a completion, with its usage', async () => {
    const before = Math.floor(Date.now() / 1000);
    const completion = await completionOf(replyWith(`${name}/text.json`));
    const content =
      'Use a list comprehension:\n\n```python\nsquares = [n ** 2 for n in range(10)]\n```\n\n世界 🎉';
    const message = { role: 'assistant', content, refusal: null };
    expect(completion).toEqual({
      ...wire.whole,
      object: 'chat.completion',
      created: expect.any(Number),
      choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
    });
    expect(completion.created).toBeGreaterThanOrEqual(before);
    expect(completion.created).toBeLessThanOrEqual(Math.ceil(Date.now() / 1000));
  });

  it('a stream becomes chunks of one answer', async () => {
    const { chunks, text, finish, failure } = await stream(replyWith(`${name}/text.sse`));
    expect(failure).toBeUndefined();
    expect(text).toBe('Hello, 世界 👋🏽!');
    expect(finish).toBe('stop');
    expect(chunks.map(({ choices }) => choices[0]?.delta)).toEqual([
      { role: 'assistant', content: '' },
      { content: 'Hello' },
      { content: ', 世界' },
      { content: ' 👋🏽!' },
      {},
      undefined,
    ]);
    const heads = chunks.map(({ id, model, object, created }) => ({ id, model, object, created }));
    expect(new Set(heads.map((head) => JSON.stringify(head))).size).toBe(1);
    expect(heads[0]).toMatchObject({ ...wire.streamed, object: 'chat.completion.chunk' });
  });

  it.each([1, 2, 3, 11, 64])('a stream says the same in pieces of %i bytes', async (pieces) => {
    const { text, finish, chunks } = await stream(replyWith(`${name}/text.sse`, { pieces }));
    expect(text).toBe('Hello, 世界 👋🏽!');
    expect(finish).toBe('stop');
    expect(chunks).toHaveLength(6);
  });

  it('a stream gives what arrived together as one batch', async () => {
    const { batches } = await stream(replyWith(`${name}/text.sse`));
    expect(batches).toHaveLength(1);
  });

  it('a stream that is cut gives what was whole, then the network failure', async () => {
    const { text, failure } = await stream(replyWith(`${name}/cut.sse`, { ending: 'cut' }));
    expect(text).toBe('Hello, 世界');
    expect(failure?.facts.network).toBe('UND_ERR_SOCKET');
    expect(failure?.facts.malformed).toBeUndefined();
  });

  it('a stream whose last event is half an event is malformed', async () => {
    const { text, failure } = await stream(replyWith(`${name}/cut.sse`));
    expect(text).toBe('Hello, 世界');
    expect(failure?.facts.malformed).toBe(true);
  });

  it('a stream does not wait for a connection that stays open after its last event', async () => {
    const { finish, failure } = await stream(replyWith(`${name}/text.sse`, { ending: 'hang' }));
    expect({ finish, failure }).toEqual({ finish: 'stop', failure: undefined });
  });

  it.each<[string, string]>([['no JSON', 'nonsense'], ['no object', '42'], ...wire.malformedEvents])(
    'a stream with an event that is %s is malformed',
    async (_, event) => {
      const { failure } = await stream(eventStream(event));
      expect(failure?.facts).toMatchObject({ malformed: true });
      expect(failure?.facts.network).toBeUndefined();
    },
  );

  it('a stream may have events nobody knows yet', async () => {
    const bytes = fixture(`${name}/text.sse`).toString();
    const news = 'event: news\ndata: {"type": "news", "text": "of tomorrow"}\n\nevent: empty\ndata:\n\n';
    const { text, failure } = await stream({ ...replyWith(`${name}/text.sse`), body: news + bytes });
    expect({ text, failure }).toEqual({ text: 'Hello, 世界 👋🏽!', failure: undefined });
  });

  it('a stream that its reader leaves closes the connection at once', async () => {
    const { send, upstream } = await ask(replyWith(`${name}/cut.sse`, { ending: 'hang' }), { stream: true });
    const reply = await send();
    if (reply.kind !== 'stream') throw new Error('Expected a stream.');
    for await (const _ of reply.batches) break;
    await upstream.requests[0]!.closed;
  });

  it.each<[string, string | Buffer]>([
    ['that is no JSON', '<p>hello</p>'],
    ['that is cut JSON', fixture(`${name}/text.json`).subarray(0, 200)],
    ...wire.malformedBodies,
  ])('a reply %s is malformed', async (_, body) => {
    const { send } = await ask({ body });
    expect((await failureOf(send())).facts).toMatchObject({ malformed: true });
  });

  it('a failure never holds our key', async () => {
    const { send } = await ask({ status: 401, body: JSON.stringify(wire.errorBody(`bad key ${KEY}`)) });
    expect(JSON.stringify((await failureOf(send())).facts)).not.toContain(KEY);
  });
});

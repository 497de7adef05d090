/** Replies in forms that nobody asked for, as raw bytes: what they are counts, not what they call themselves. */
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UpstreamFailure } from '../../../src/failures/upstream-failure.ts';
import { cohere } from '../../../src/providers/cohere/cohere.ts';
import { openaiCompatible } from '../../../src/providers/openai-compatible.ts';
import { replicate } from '../../../src/providers/replicate/replicate.ts';
import { fixture, type RawReply, startRawUpstream } from '../../helpers/raw-upstream.ts';
import { failureOf, type MakeProvider, made, never, question, read, targetAt, whole } from '../support.ts';

async function ask(raw: RawReply, isStreamed: boolean, make: MakeProvider = openaiCompatible) {
  const upstream = await startRawUpstream(raw);
  const target = targetAt(upstream.url, 'vllm');
  return made(make).send(question({ stream: isStreamed }), target, { signal: never() });
}

const NUMBERS = Array.from({ length: 100_000 }, (_, number) => number);
const JSON_BYTES = fixture('openai/text.json');
const EVENTS = fixture('openai/text.sse');
const typed = (type: string, body: Buffer | string): RawReply => ({
  headers: { 'content-type': type },
  body,
});

describe('a stream', () => {
  it.each([
    'Text/Event-Stream; Charset=UTF-8',
    'text/plain',
    'application/json',
    'application/octet-stream',
    '',
  ])('of the type "%s" is one', async (type) => {
    const { text, finish, failure } = await read(await ask(typed(type, EVENTS), true));
    expect({ text, finish, failure }).toEqual({
      text: 'Hello, 世界 👋🏽!',
      finish: 'stop',
      failure: undefined,
    });
  });

  it.each([
    ['OpenAI’s', openaiCompatible as MakeProvider, EVENTS],
    ['Cohere’s', cohere as MakeProvider, fixture('cohere/text.sse')],
  ])('that nobody asked for is %s answer all the same', async (_, make, body) => {
    const { completion } = whole(await ask(typed('text/event-stream', body), false, make));
    expect(completion.choices[0]).toMatchObject({ finish_reason: 'stop', message: { role: 'assistant' } });
    expect(completion.choices[0]!.message.content).toContain('Hello, 世界');
  });

  it('that nobody asked for and that is cut has no finish reason', async () => {
    const events = EVENTS.toString();
    const cut = events.slice(0, events.lastIndexOf('data: {', events.indexOf('"finish_reason":"stop"')));
    const { completion } = whole(await ask(typed('text/event-stream', cut), false));
    expect(completion.choices[0]?.finish_reason ?? null).toBeNull();
  });

  it('whose line ends are CR LF and which begins with a byte order mark is read the same', async () => {
    const body = `\uFEFF${EVENTS.toString().replaceAll('\n', '\r\n')}`;
    const { text, failure } = await read(await ask({ ...typed('text/event-stream', body), pieces: 3 }, true));
    expect({ text, failure }).toEqual({ text: 'Hello, 世界 👋🏽!', failure: undefined });
  });

  it('joins a character whose halves came apart, and leaves no half alone', async () => {
    const delta = (content: string) => `data: {"choices":[{"index":0,"delta":{"content":"${content}"}}]}\n\n`;
    const body = `${delta('a\\ud83d')}${delta('\\ude00b')}${delta('\\ud83dc')}data: [DONE]\n\n`;
    const { text } = await read(await ask(typed('text/event-stream', body), true));
    expect(text).toBe('a😀b\uFFFDc');
  });

  it.each([
    [
      'an error in a choice',
      '{"choices":[{"index":0,"delta":{},"error":{"code":502,"message":"it broke"}}]}',
    ],
    ['an error beside the choices', '{"choices":[],"error":{"code":502,"message":"it broke"}}'],
    ['an object "error"', '{"object":"error","code":502,"message":"it broke"}'],
  ])('with %s gives what was whole, and then its words', async (_, event) => {
    const first = '{"choices":[{"index":0,"delta":{"content":"Hello"}}]}';
    const body = `data: ${first}\n\ndata: ${event}\n\n`;
    const { text, failure } = await read(await ask(typed('text/event-stream', body), true));
    expect(text).toBe('Hello');
    expect(failure?.facts).toMatchObject({ status: 502, reason: 'it broke' });
  });

  it.each([-1, 128, 1e9, 0.5, '-1', {}])('with a choice at %j is malformed', async (index) => {
    const body = `data: ${JSON.stringify({ choices: [{ index, delta: { content: 'a' } }] })}\n\n`;
    const { failure } = await read(await ask(typed('text/event-stream', body), true));
    expect(failure?.facts.malformed).toBe(true);
  });
});

describe('a whole answer', () => {
  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['identity', (bytes: Buffer) => bytes],
  ])('in %s is decoded, whole and streamed', async (encoding, compress) => {
    const headers = { 'content-encoding': encoding };
    const { completion } = whole(await ask({ headers, body: compress(JSON_BYTES), pieces: 50 }, false));
    expect(completion).toEqual(JSON.parse(JSON_BYTES.toString()));
    const streamed = { headers: { ...headers, 'content-type': 'text/event-stream' }, body: compress(EVENTS) };
    expect((await read(await ask(streamed, true))).text).toBe('Hello, 世界 👋🏽!');
  });

  it.each([
    ['gzip', 'no gzip'],
    ['pigeon', JSON_BYTES],
    ['gzip, br', JSON_BYTES],
    ['gzip', gzipSync(Buffer.alloc(64 * 1024 * 1024))],
  ])('in %s that cannot be decoded is malformed', async (encoding, body) => {
    const failure = await failureOf(ask({ headers: { 'content-encoding': encoding }, body }, false));
    expect(failure.facts.malformed).toBe(true);
  });

  it.each(['', ' '])('of more than 16 MB of "%s" and lists is malformed', async (between) => {
    const body = `{"choices":[${`[],${between}`.repeat(6_000_000)}[]]}`;
    expect((await failureOf(ask({ body }, false))).facts.malformed).toBe(true);
  });

  it('nested by the thousand is malformed', async () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const body = JSON_BYTES.toString().replace('"refusal": null', `"refusal": null, "x": ${deep}`);
    expect((await failureOf(ask({ body }, false))).facts.malformed).toBe(true);
    const failure = await failureOf(ask({ status: 500, body: `{"error":${deep}}` }, false));
    expect(failure.facts.status).toBe(500);
  });

  it.each([
    ['a list in itself two million times', '['.repeat(2_000_000) + ']'.repeat(2_000_000)],
    ['two million lists', `[${'[],'.repeat(2_000_000)}[]]`],
    [
      '100,000 different fields',
      JSON.stringify(Object.fromEntries(NUMBERS.map((number) => [`k${number}`, 1]))),
    ],
  ])('with %s in one event is malformed', async (_what, value) => {
    const body = `data: {"choices":[],"x":${value}}\n\ndata: [DONE]\n\n`;
    const headers = { 'content-type': 'text/event-stream' };
    const { failure } = await read(await ask({ headers, body }, true));
    expect(failure?.facts.malformed).toBe(true);
  });

  it('with the log probabilities of a long answer is right, though they are many', async () => {
    const top = { token: 'a', logprob: -1, bytes: [97] };
    const token = { ...top, top_logprobs: Array(20).fill(top) };
    const logprobs = { content: Array(2_000).fill(token), refusal: null };
    const reply = JSON.parse(JSON_BYTES.toString());
    reply.choices[0].logprobs = logprobs;
    const { completion } = whole(await ask({ body: JSON.stringify(reply) }, false));
    expect(completion.choices[0]!.logprobs).toEqual(logprobs);
  });

  it('with more headers than any reply has is malformed', async () => {
    const headers = { 'x-long': 'a'.repeat(100_000) };
    expect((await failureOf(ask({ headers, body: JSON_BYTES }, false))).facts.malformed).toBe(true);
  });

  it('of thinking and text in a list has them apart', async () => {
    const content = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'hmm' }] },
      { type: 'text', text: 'It is ' },
      { type: 'reference', reference_ids: [1] },
      { type: 'text', text: '4' },
    ];
    expect((await messageOf({ content })).message).toMatchObject({
      content: 'It is 4',
      reasoning_content: 'hmm',
    });
  });

  it.each([7, true, { toString: 1 }, [7]])('with the content %j is malformed', async (content) => {
    expect((await failureOf(messageOf({ content }))).facts.malformed).toBe(true);
  });

  it('has log probabilities in OpenAI’s shape, whichever its provider has', async () => {
    const together = { tokens: ['It', ' is'], token_logprobs: [-0.5, -0.25], token_ids: [1, 2] };
    const { logprobs } = await messageOf({ content: 'It is' }, { logprobs: together });
    expect(logprobs).toEqual({
      content: [
        { token: 'It', logprob: -0.5, bytes: [73, 116], top_logprobs: [] },
        { token: ' is', logprob: -0.25, bytes: [32, 105, 115], top_logprobs: [] },
      ],
      refusal: null,
    });
  });

  async function messageOf(message: object, rest: object = {}) {
    const body = JSON.stringify({ choices: [{ message, finish_reason: 'stop', ...rest }] });
    return whole(await ask({ body }, false)).completion.choices[0]!;
  }
});

describe('whatever bytes come', () => {
  const makers: [string, MakeProvider, string, string][] = [
    ['OpenAI’s wire', openaiCompatible, 'openai/text.json', 'openai/tools.sse'],
    ['Cohere’s', cohere, 'cohere/text.json', 'cohere/tools.sse'],
    ['Replicate’s', replicate, 'replicate/succeeded.json', 'replicate/text.sse'],
  ];
  const values = ['null', '7', '-1', '"x"', '[]', '{}', '[null]', '[[1]]', 'true', '1e999', '"\\ud800"'];
  /** A value of the JSON in the fixture becomes another. */
  const spoilt = (bytes: string, at: number, value: string) => {
    const places = [...bytes.matchAll(/:\s*("(?:[^"\\]|\\.)*"|-?[\d.]+|null|true|false|\[\]|[[{])/g)];
    const place = places[at % places.length]!;
    const start = place.index + place[0].length - place[1]!.length;
    return bytes.slice(0, start) + value + bytes.slice(start + place[1]!.length);
  };

  it.each(makers)('on %s, it is an answer or a failure of the provider’s', async (_, make, json, sse) => {
    const outcome = async (raw: RawReply, isStreamed: boolean) => {
      try {
        const reply = await ask(raw, isStreamed, make);
        if (reply.kind === 'stream') await read(reply);
        else JSON.stringify(reply.completion);
        return true;
      } catch (error) {
        return error instanceof UpstreamFailure;
      }
    };
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom(...values), fc.boolean(), async (at, value, isStreamed) => {
        const body = spoilt(fixture(isStreamed ? sse : json).toString(), at, value);
        const type = isStreamed ? 'text/event-stream' : 'application/json';
        return outcome(typed(type, body), isStreamed);
      }),
      { numRuns: 60 },
    );
  });
});

it.each([{}, null, ''])('an empty error (%j) beside a good chunk or answer is none', async (error) => {
  const stream = EVENTS.toString().replaceAll('{"id"', `{"error":${JSON.stringify(error)},"id"`);
  const { text, failure } = await read(await ask(typed('text/event-stream', stream), true));
  expect({ text, failure }).toEqual({ text: 'Hello, 世界 👋🏽!', failure: undefined });
  const { completion } = whole(
    await ask({ body: JSON.stringify({ error, ...JSON.parse(JSON_BYTES.toString()) }) }, false),
  );
  expect(completion.choices).toHaveLength(1);
});

it('places and counts written as texts are read', async () => {
  const usage = { prompt_tokens: '12', completion_tokens: '3', total_tokens: '15' };
  const message = { role: 'assistant', content: 'hi' };
  const body = JSON.stringify({ choices: [{ index: '0', message, finish_reason: 'stop' }], usage });
  const { completion } = whole(await ask({ body }, false));
  expect(completion.choices[0]!.index).toBe(0);
  expect(completion.usage).toEqual({ prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 });
});

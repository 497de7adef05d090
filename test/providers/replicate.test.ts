/** Replicate's predictions: at once, asked after, streamed, failed and canceled, as raw bytes from a real socket. */
import { describe, expect, it } from 'vitest';
import type { Target } from '../../src/providers/provider.ts';
import { replicate } from '../../src/providers/replicate/replicate.ts';
import { trustedUrl } from '../../src/providers/replicate/replicate-address.ts';
import { eventually } from '../helpers/eventually.ts';
import { fixture, type RawReply, replyWith, startRawUpstream } from '../helpers/raw-upstream.ts';
import { type Endpoints, startReplicate } from './replicate-upstream.ts';
import { failureOf, KEY, made, never, question, read, targetAt, whole } from './support.ts';

const MODEL = 'meta/llama-2-70b-chat';
const ID = 'heat2o3bzn3ahtr6bjfftvbaci';
const CREATE = `POST /v1/models/${MODEL}/predictions`;
const GET = `GET /v1/predictions/${ID}`;
const CANCEL = `POST /v1/predictions/${ID}/cancel`;
const STREAM = 'GET /v1/files/bcwr-3afcgaxf5opqtgeq5ababozl3erroi6ody73lpkwklvnu7bwtmrq';
const ANSWER = ' Sure! Here is\n\n```python\nprint(1)\n```\n 世界 🎉';

const created = (name: string) => replyWith(`replicate/${name}`, { status: 201 });
const reply = (name: string) => replyWith(`replicate/${name}`);

/** A fixture with some of its fields changed. */
function altered(name: string, fields: object): RawReply {
  const parsed = JSON.parse(fixture(`replicate/${name}`).toString());
  return { status: 201, body: JSON.stringify({ ...parsed, ...fields }) };
}

/** Time enough for a call that should not be made to arrive. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 50));

async function replicateWith(endpoints: Endpoints, over: Partial<Target> = {}) {
  const upstream = await startReplicate({ [CANCEL]: reply('canceled.json'), ...endpoints });
  const target = targetAt(upstream.url, 'replicate', { model: MODEL, ...over });
  const provider = made(replicate);
  const send = (request: object = {}, signal = never()) =>
    provider.send(question(request), target, { signal });
  return { upstream, send };
}

describe('a prediction', () => {
  it('that is done within the call is a completion', async () => {
    const { upstream, send } = await replicateWith({ [CREATE]: created('succeeded.json') });
    const { completion, status, dropped } = whole(await send());
    expect({ status, dropped }).toEqual({ status: 201, dropped: [] });
    expect(completion).toEqual({
      id: ID,
      object: 'chat.completion',
      created: Date.UTC(2026, 10, 20, 13, 35, 45) / 1000,
      model: MODEL,
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: ANSWER, refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
    });
    await settled();
    expect(upstream.calls()).toEqual([CREATE]);
    expect(upstream.requests[0]!.headers).toMatchObject({
      authorization: `Bearer ${KEY}`,
      'content-type': 'application/json',
      prefer: 'wait=30',
      'cancel-after': '30s',
    });
  });

  it('waits at most a minute in the call, and lives as long as the attempt may take', async () => {
    const timeouts = { connect: 1_000, firstToken: 1_000, idle: 1_000, attempt: 90_000 };
    const { upstream, send } = await replicateWith({ [CREATE]: created('succeeded.json') }, { timeouts });
    await send();
    expect(upstream.requests[0]!.headers).toMatchObject({ prefer: 'wait=60', 'cancel-after': '90s' });
  });

  it('that takes longer is asked after until it is done', async () => {
    const { upstream, send } = await replicateWith({
      [CREATE]: created('starting.json'),
      [GET]: [reply('processing.json'), reply('succeeded.json')],
    });
    const { completion } = whole(await send());
    expect(completion.choices[0]!.message.content).toBe(ANSWER);
    await settled();
    expect(upstream.calls()).toEqual([CREATE, GET, GET]);
    expect(upstream.requests.map(({ headers }) => headers.authorization)).toEqual(
      Array(3).fill(`Bearer ${KEY}`),
    );
  });

  it('may give its output as one text', async () => {
    const { send } = await replicateWith({ [CREATE]: altered('succeeded.json', { output: 'One text.' }) });
    expect(whole(await send()).completion.choices[0]!.message.content).toBe('One text.');
  });

  it.each([
    ['failed.json', 'CUDA out of memory. Tried to allocate 2.00 GiB'],
    ['failed-context.json', 'E1002 PromptTooLong: Prompt length (5441) exceeds maximum input length (4096)'],
    ['canceled.json', 'The prediction was canceled.'],
  ])(
    '%s is a failure with its words and without a status, and nothing is left to cancel',
    async (name, reason) => {
      const { upstream, send } = await replicateWith({
        [CREATE]: created('starting.json'),
        [GET]: reply(name),
      });
      const { facts } = await failureOf(send());
      expect(facts).toMatchObject({ reason, status: undefined });
      await settled();
      expect(upstream.calls()).toEqual([CREATE, GET]);
    },
  );

  it.each<[string, RawReply]>([
    ['no JSON', { body: 'Service Unavailable' }],
    ['no id', altered('succeeded.json', { id: undefined })],
    ['no status', altered('succeeded.json', { status: undefined })],
    ['an output that is not text', altered('succeeded.json', { output: [{ url: 'x' }] })],
  ])('with %s is malformed', async (_what, raw) => {
    const { upstream, send } = await replicateWith({ [CREATE]: raw });
    expect((await failureOf(send())).facts).toMatchObject({ malformed: true });
    expect(upstream.calls()).toEqual([CREATE]);
  });

  it('that cannot be asked after is canceled', async () => {
    const { upstream, send } = await replicateWith({
      [CREATE]: created('starting.json'),
      [GET]: { status: 502, body: '{}' },
    });
    expect((await failureOf(send())).facts).toMatchObject({ status: 502 });
    await eventually(() => expect(upstream.calls()).toEqual([CREATE, GET, CANCEL]));
  });

  it('is canceled when the caller goes', async () => {
    const { upstream, send } = await replicateWith({
      [CREATE]: created('starting.json'),
      [GET]: reply('processing.json'),
    });
    const caller = new AbortController();
    const sent = failureOf(send({}, caller.signal));
    await eventually(() => expect(upstream.calls()).toContain(GET));
    caller.abort();
    expect((await sent).facts.network).toBe('AbortError');
    await eventually(() => expect(upstream.calls().filter((call) => call === CANCEL)).toHaveLength(1));
    expect(upstream.requests.at(-1)!.headers.authorization).toBe(`Bearer ${KEY}`);
  });

  it('that cannot be canceled runs to its end, which is nobody’s failure', async () => {
    const { upstream, send } = await replicateWith({
      [CREATE]: created('starting.json'),
      [GET]: { status: 502, body: '{}' },
      [CANCEL]: { status: 500, body: 'oops', ending: 'cut' },
    });
    expect((await failureOf(send())).facts).toMatchObject({ status: 502 });
    await eventually(() => expect(upstream.calls()).toContain(CANCEL));
  });
});

describe('a stream', () => {
  const streamOf = async (events: RawReply) => {
    const { upstream, send } = await replicateWith({
      [CREATE]: created('starting-stream.json'),
      [STREAM]: events,
    });
    return { upstream, ...(await read(await send({ stream: true }))) };
  };

  it('becomes chunks of one answer, its white space kept', async () => {
    const { upstream, chunks, text, finish, failure } = await streamOf(reply('text.sse'));
    expect(failure).toBeUndefined();
    expect(text).toBe(ANSWER);
    expect(finish).toBe('stop');
    expect(chunks[0]).toEqual({
      id: ID,
      object: 'chat.completion.chunk',
      created: Date.UTC(2026, 10, 20, 13, 35, 45) / 1000,
      model: MODEL,
      choices: [
        { index: 0, delta: { role: 'assistant', content: ' Sure' }, logprobs: null, finish_reason: null },
      ],
    });
    expect(chunks.slice(1).every(({ choices }) => choices[0]!.delta.role === undefined)).toBe(true);
    await settled();
    expect(upstream.calls()).toEqual([CREATE, STREAM]);
    expect(upstream.requests[0]!.body).toMatchObject({ stream: true });
    expect(upstream.requests[0]!.headers).not.toHaveProperty('prefer');
    expect(upstream.requests[1]!.headers).toMatchObject({
      accept: 'text/event-stream',
      authorization: `Bearer ${KEY}`,
    });
  });

  it.each([1, 3, 16])('says the same when it comes in pieces of %i bytes', async (pieces) => {
    const { text, finish } = await streamOf(replyWith('replicate/text.sse', { pieces }));
    expect({ text, finish }).toEqual({ text: ANSWER, finish: 'stop' });
  });

  it.each([
    ['error.sse', 'CUDA out of memory. Tried to allocate 2.00 GiB'],
    ['canceled.sse', 'The prediction ended: canceled.'],
  ])('%s fails after what came before, and nothing is left to cancel', async (name, reason) => {
    const { upstream, text, finish, failure } = await streamOf(reply(name));
    expect({ text, finish }).toEqual({ text: 'Once upon', finish: undefined });
    expect(failure?.facts).toMatchObject({ reason, status: undefined });
    await settled();
    expect(upstream.calls()).toEqual([CREATE, STREAM]);
  });

  it('may tell its error in plain words', async () => {
    const events = {
      headers: { 'content-type': 'text/event-stream' },
      body: 'event: error\ndata: no GPU\n\n',
    };
    expect((await streamOf(events)).failure?.facts).toMatchObject({ reason: 'no GPU' });
  });

  it('that is cut fails, and its prediction is canceled', async () => {
    const { upstream, text, finish, failure } = await streamOf(
      replyWith('replicate/cut.sse', { ending: 'cut' }),
    );
    expect({ text, finish }).toEqual({ text: 'Once upon', finish: undefined });
    expect(failure?.facts.network).toBeDefined();
    await eventually(() => expect(upstream.calls()).toEqual([CREATE, STREAM, CANCEL]));
  });

  it('that ends without its end has no finish reason, and its prediction is canceled', async () => {
    const { upstream, finish } = await streamOf(reply('cut.sse'));
    expect(finish).toBeUndefined();
    await eventually(() => expect(upstream.calls()).toEqual([CREATE, STREAM, CANCEL]));
  });

  it('whose end cannot be read is malformed', async () => {
    const body = 'event: done\ndata: {"reason":\n\n';
    const { failure } = await streamOf({ headers: { 'content-type': 'text/event-stream' }, body });
    expect(failure?.facts).toMatchObject({ malformed: true });
  });

  it('that is none is malformed, and its prediction is canceled', async () => {
    const { upstream, send } = await replicateWith({
      [CREATE]: created('starting-stream.json'),
      [STREAM]: { headers: { 'content-type': 'text/html' }, body: '<html></html>' },
    });
    const { facts } = await failureOf(send({ stream: true }));
    expect(facts).toMatchObject({ malformed: true, body: '<html></html>' });
    await eventually(() => expect(upstream.calls()).toEqual([CREATE, STREAM, CANCEL]));
  });

  it('whose caller goes is closed, and its prediction canceled once', async () => {
    const { upstream, send } = await replicateWith({
      [CREATE]: created('starting-stream.json'),
      [STREAM]: replyWith('replicate/cut.sse', { ending: 'hang' }),
    });
    const caller = new AbortController();
    const answer = await send({ stream: true }, caller.signal);
    const { text, failure } = await read(answer, (soFar) => soFar === 'Once upon' && caller.abort());
    expect(text).toBe('Once upon');
    expect(failure?.facts.network).toBe('AbortError');
    await upstream.requests[1]!.closed;
    await eventually(() => expect(upstream.calls()).toEqual([CREATE, STREAM, CANCEL]));
  });

  it('whose reader stops early is closed, and its prediction canceled', async () => {
    const { upstream, send } = await replicateWith({
      [CREATE]: created('starting-stream.json'),
      [STREAM]: replyWith('replicate/cut.sse', { ending: 'hang' }),
    });
    const answer = await send({ stream: true });
    if (answer.kind !== 'stream') throw new Error('Expected a stream.');
    for await (const batch of answer.batches) {
      expect(batch[0]!.choices[0]!.delta.content).toBe('Once upon');
      break;
    }
    await upstream.requests[1]!.closed;
    await eventually(() => expect(upstream.calls()).toEqual([CREATE, STREAM, CANCEL]));
  });

  it('that a model does not have is an answer as a whole', async () => {
    const { upstream, send } = await replicateWith({
      [CREATE]: created('starting.json'),
      [GET]: reply('succeeded.json'),
    });
    expect(whole(await send({ stream: true })).completion.choices[0]!.message.content).toBe(ANSWER);
    expect(upstream.calls()).toEqual([CREATE, GET]);
  });
});

describe('an address in a reply', () => {
  const elsewhere = async (which: 'get' | 'stream' | 'cancel') => {
    const stranger = await startRawUpstream(replyWith('replicate/text.sse'));
    return { stranger, address: { [which]: `${stranger.url}/v1/predictions/${ID}` } };
  };

  it('of a stream elsewhere is not followed: no stranger sees the key', async () => {
    const { stranger, address } = await elsewhere('stream');
    const { upstream, send } = await replicateWith({
      [CREATE]: altered('starting-stream.json', { urls: address }),
      [GET]: reply('succeeded.json'),
    });
    expect(whole(await send({ stream: true })).completion.choices[0]!.message.content).toBe(ANSWER);
    expect(upstream.calls()).toEqual([CREATE, GET]);
    expect(stranger.requests).toHaveLength(0);
  });

  it('of the prediction elsewhere is replaced by the one of the reference', async () => {
    const { stranger, address } = await elsewhere('get');
    const { upstream, send } = await replicateWith({
      [CREATE]: altered('starting.json', { urls: address }),
      [GET]: reply('succeeded.json'),
    });
    await send();
    expect(upstream.calls()).toEqual([CREATE, GET]);
    expect(stranger.requests).toHaveLength(0);
  });

  const base = new URL('https://proxy.example.org/replicate/v1');

  it.each([
    'https://api.replicate.com/v1/predictions/1',
    'https://stream.replicate.com/v1/files/1',
    'https://proxy.example.org/v1/predictions/1',
  ])('may have the key: %s', (address) => {
    expect(trustedUrl(address, base)?.href).toBe(address);
  });

  it.each([
    'http://stream.replicate.com/v1/files/1',
    'https://stream.replicate.com:8443/v1/files/1',
    'https://stream.replicate.com@127.0.0.1/v1/files/1',
    'https://replicate.com.example.org/v1/files/1',
    'https://notreplicate.com/v1/files/1',
    'http://proxy.example.org/v1/predictions/1',
    'https://proxy.example.org:8443/v1/predictions/1',
    'file:///v1/predictions/1',
    '/v1/predictions/1',
    '',
    7,
    undefined,
  ])('may not have the key: %s', (address) => {
    expect(trustedUrl(address, base)).toBeUndefined();
  });
});

describe('a refusal', () => {
  it.each([
    ['error-401.json', 401, 'You did not pass a valid authentication token'],
    ['error-402.json', 402, /^You have insufficient credit to run this model\./],
    ['error-404.json', 404, 'The requested resource could not be found.'],
    ['error-422.json', 422, /^- input\.temperature: Must be greater than/],
    ['error-422-version.json', 422, /^The specified version does not exist/],
    ['error-429.json', 429, 'Request was throttled. Your rate limit resets in ~30s.'],
  ])('%s has its status and words', async (name, status, reason) => {
    const { upstream, send } = await replicateWith({ [CREATE]: replyWith(`replicate/${name}`, { status }) });
    const { facts } = await failureOf(send());
    expect(facts.status).toBe(status);
    expect(facts.reason).toMatch(reason);
    expect(upstream.calls()).toEqual([CREATE]);
  });

  it('of the stream cancels the prediction', async () => {
    const { upstream, send } = await replicateWith({
      [CREATE]: created('starting-stream.json'),
      [STREAM]: replyWith('replicate/error-404.json', { status: 404 }),
    });
    expect((await failureOf(send({ stream: true }))).facts).toMatchObject({ status: 404 });
    await eventually(() => expect(upstream.calls()).toEqual([CREATE, STREAM, CANCEL]));
  });

  it('never comes of a redirection: none is followed', async () => {
    const stranger = await startRawUpstream(replyWith('replicate/succeeded.json'));
    const { send } = await replicateWith({
      [CREATE]: { status: 307, headers: { location: `${stranger.url}/v1/predictions` }, body: '' },
    });
    expect((await failureOf(send())).facts).toMatchObject({ status: 307 });
    expect(stranger.requests).toHaveLength(0);
  });
});

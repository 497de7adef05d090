/** Streams of OpenAI's Responses API that do not go as they should, at the door of the same wire. */
import { describe, expect, it } from 'vitest';
import { postJson } from '../helpers/gateway.ts';
import type { RawReply } from '../helpers/raw-upstream.ts';
import {
  beginning,
  callItem,
  ending,
  eventStream,
  eventsOfItem,
  messageItem,
  type ResponseEvent,
  type ResponseItem,
  readEvents,
  responseOf,
  responseStream,
  startResponsesChain,
} from '../helpers/responses-chain.ts';
import { callDeltas, streamOf } from '../helpers/two-upstreams.ts';

const READ = {
  type: 'function',
  name: 'read_file',
  parameters: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
};
const ASK = { store: false, stream: true, input: 'read a.ts', tools: [READ] };
const FITS = '{"path":"a.ts"}';

async function streamed(url: string, body: object) {
  const response = await postJson(`${url}/v1/responses`, { ...ASK, ...body });
  const events = readEvents(await response.text());
  const last = events.at(-1) ?? { type: 'none' };
  return { response, events, last, output: outputOf(last) };
}

function outputOf({ response }: ResponseEvent): readonly ResponseItem[] {
  return (response as { output: ResponseItem[] } | undefined)?.output ?? [];
}

/** What the strictest client reads must be whole: numbers without gaps, the items of the end as they ended. */
function expectSound(events: readonly ResponseEvent[]): void {
  expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, index) => index));
  const done = events.filter(({ type }) => type === 'response.output_item.done');
  expect(done.map(({ item }) => item)).toEqual(outputOf(events.at(-1)!));
  expect(done.map(({ output_index: index }) => index)).toEqual(done.map((_, index) => index));
}

const cut = (events: readonly ResponseEvent[]): RawReply => eventStream([...beginning(), ...events]);

it('a refusal of a model on another wire is told as one, as in a whole answer', async () => {
  const other = [streamOf([{ refusal: 'I will ' }, { refusal: 'not.' }], 'stop')];
  const { url } = await startResponsesChain({ gpt: [], other });
  const { events, output } = await streamed(url, { model: 'other' });
  expect(output).toMatchObject([{ type: 'message', content: [{ type: 'refusal', refusal: 'I will not.' }] }]);
  expectSound(events);
  expect(events.map(({ type }) => type)).toEqual([
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.content_part.added',
    'response.refusal.delta',
    'response.refusal.delta',
    'response.refusal.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.completed',
  ]);
});

describe('a call is whole or not at all', () => {
  it('a cut in the middle of one: the next model’s call', async () => {
    const begun = eventsOfItem(callItem(FITS), 0).slice(0, 2);
    const other = [streamOf(callDeltas([FITS]))];
    const { url, gpt, other: second } = await startResponsesChain({ gpt: [cut(begun)], other });
    const { events, output } = await streamed(url, { model: 'pair' });
    expect(output).toMatchObject([{ type: 'function_call', name: 'read_file', arguments: FITS }]);
    expectSound(events);
    expect([gpt.requests.length, second.requests.length]).toEqual([1, 1]);
  });

  it('that holds goes on with its ids, behind the text before it', async () => {
    const items = [messageItem('Let me look.'), callItem(FITS)];
    const { url } = await startResponsesChain({ gpt: [responseStream(items)] });
    const { events, output } = await streamed(url, { model: 'pair' });
    expect(output).toEqual(items);
    expectSound(events);
  });

  it('whose damage is trivial is told mended, wherever it is told', async () => {
    const items = [callItem('{"path":"a.ts"')];
    const { url } = await startResponsesChain({ gpt: [responseStream(items)] });
    const { events, output } = await streamed(url, { model: 'pair' });
    expect(output).toEqual([callItem(FITS)]);
    const done = events.find(({ type }) => type === 'response.function_call_arguments.done');
    expect(done).toMatchObject({ arguments: FITS, item_id: 'fc_1' });
    expectSound(events);
  });

  it('that the cap has cut is left out, and the end says that more was to come', async () => {
    const items = [messageItem('Let me look.'), callItem('{"path":"a')];
    const end = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
    const { url } = await startResponsesChain({ gpt: [responseStream(items, end)] });
    const { events, output, last } = await streamed(url, { model: 'pair' });
    expect(output).toEqual([messageItem('Let me look.')]);
    expect(last).toMatchObject({
      type: 'response.incomplete',
      response: { incomplete_details: { reason: 'max_output_tokens' } },
    });
    expectSound(events);
  });

  it('of a freeform tool and of a namespace comes back under its own name', async () => {
    const custom = {
      id: 'ctc_1',
      type: 'custom_tool_call',
      status: 'completed',
      call_id: 'call_1',
      name: 'exec',
      input: '{"input": 1}',
    };
    const named = { ...callItem('{}', 'spawn', 2), namespace: 'agents' };
    const tools = [
      { type: 'custom', name: 'exec' },
      { type: 'namespace', name: 'agents', tools: [{ ...READ, name: 'spawn', parameters: {} }] },
    ];
    const { url } = await startResponsesChain({ gpt: [responseStream([custom, named])] });
    const { events, output } = await streamed(url, { model: 'pair', tools });
    expect(output).toEqual([custom, named]);
    expectSound(events);
  });

  it('a server that tells nothing but whole items is understood', async () => {
    const items = [messageItem('Let me look.'), callItem(FITS)];
    const done = items.flatMap((item, index) => eventsOfItem(item, index).slice(-1));
    const { url } = await startResponsesChain({ gpt: [eventStream([...done, ending(items)])] });
    const { events, output } = await streamed(url, { model: 'pair' });
    expect(output).toEqual(items);
    expectSound(events);
  });
});

it('an item that ends twice is told once: its call would be run twice', async () => {
  const items = [callItem(FITS), messageItem('Let me look.', 'msg_2')];
  const [call, message] = items.map(eventsOfItem);
  const twice = [...call!, call!.at(-1)!, ...message!];
  const { url } = await startResponsesChain({ gpt: [cut([...twice, ending(items)])] });
  for (const model of ['gpt', 'pair']) {
    const { events, output } = await streamed(url, { model });
    expect(output).toEqual(items);
    expectSound(events);
  }
});

it.each([
  ['without a response', { type: 'response.completed' }],
  ['with something else for it', { type: 'response.completed', response: 'ok' }],
  [
    'without a list of items',
    { ...ending([]), response: { ...(ending([]).response as object), output: null } },
  ],
])('an end %s has all that clients read', async (_how, end) => {
  const items = [messageItem('Once upon')];
  const { url } = await startResponsesChain({ gpt: [cut([...eventsOfItem(items[0]!, 0), end])] });
  const { events, last } = await streamed(url, { model: 'gpt' });
  expect(last.response).toMatchObject({
    id: 'resp_1',
    status: 'completed',
    output: items,
    usage: { total_tokens: expect.any(Number) },
  });
  expectSound(events);
});

describe('a text that breaks off', () => {
  const begun = eventsOfItem(messageItem('Once upon a time there was a king.'), 0).slice(0, 3);
  const broken: [string, RawReply][] = [
    ['cut', cut(begun)],
    [
      'error',
      eventStream([
        ...beginning(),
        ...begun,
        { type: 'error', code: 'server_error', message: 'Oops', param: null },
      ]),
    ],
    ['failed', eventStream([...beginning(), ...begun, failed('server_error')])],
  ];

  it.each(broken)('%s: the next model goes on in the item that had begun', async (_how, reply) => {
    const other = [streamOf([{ content: 'there was a king.' }], 'stop')];
    const { url } = await startResponsesChain({ gpt: [reply], other });
    const { events, output, last } = await streamed(url, { model: 'pair', tools: [] });
    expect(last.type).toBe('response.completed');
    expect(output).toMatchObject([
      { id: 'msg_1', content: [{ text: 'Once upon a time there was a king.' }] },
    ]);
    expectSound(events);
  });

  it.each(broken)('%s: where nobody goes on it has failed', async (_how, reply) => {
    const { url } = await startResponsesChain({ gpt: [reply] });
    const { last } = await streamed(url, { model: 'gpt' });
    expect(last).toMatchObject({
      type: 'response.failed',
      response: { id: 'resp_1', error: { code: 'server_error' } },
    });
  });
});

function failed(code: string, message = 'Oops'): ResponseEvent {
  return {
    type: 'response.failed',
    response: { id: 'resp_1', status: 'failed', output: [], error: { code, message } },
  };
}

it.each([
  ['rate_limit_exceeded', 'openai upstream_rate_limited', 1],
  ['server_error', 'openai upstream_unavailable', 1],
  ['insufficient_quota', 'openai upstream_quota', 1],
  ['invalid_image_format', 'openai upstream_bad_request', 0],
  ['invalid_prompt', 'openai content_filtered', 0],
])('a response that fails with %s is %s', async (code, kind, others) => {
  const other = [streamOf([{ content: 'ok' }], 'stop')];
  const { url, other: second } = await startResponsesChain({
    gpt: [eventStream([...beginning(), failed(code)])],
    other,
  });
  const { response } = await streamed(url, { model: 'pair' });
  expect(response.headers.get('x-attempts')).toContain(kind.replace('openai ', 'openai/gpt-5.6-sol='));
  expect(second.requests).toHaveLength(others);
});

it.each([
  ['max_output_tokens', 'max_output_tokens'],
  ['content_filter', 'content_filter'],
])('an answer that ends by %s says so, whole and streamed', async (reason, told) => {
  const end = { status: 'incomplete', incomplete_details: { reason } };
  const items = [messageItem('Once upon')];
  const { url } = await startResponsesChain({ gpt: [responseStream(items, end), responseOf(items, end)] });
  const { last } = await streamed(url, { model: 'gpt' });
  const whole = await postJson(`${url}/v1/responses`, { ...ASK, model: 'gpt', stream: false });
  for (const response of [last.response, await whole.json()])
    expect(response).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: told },
      output: items,
    });
});

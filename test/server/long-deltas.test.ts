/** Providers that say everything at once: callers get it in pieces, whole, on every door. */
import { createParser } from 'eventsource-parser';
import { describe, expect, it } from 'vitest';
import { postJson, startBareGateway } from '../helpers/gateway.ts';
import { startRawUpstream } from '../helpers/raw-upstream.ts';
import { callDeltas, startTwoUpstreams, streamOf } from '../helpers/two-upstreams.ts';

const LONG = `${'A few words. '.repeat(40_000)}👍🏽`;
/** Characters of an event: a piece, as JSON, and what is around it. */
const MAX_EVENT = 100_000;
const messages = [{ role: 'user', content: 'tell me' }];

interface Part {
  readonly type?: string;
  readonly choices?: readonly { delta?: Delta; text?: string }[];
  readonly delta?: string | { readonly text?: string; readonly partial_json?: string };
}
interface Delta {
  readonly content?: string;
  readonly tool_calls?: readonly { readonly function: { readonly arguments: string } }[];
}

/** @returns the events' data as it came */
async function eventsOf(url: string, path: string, body: object): Promise<string[]> {
  const text = await (await postJson(`${url}${path}`, { ...body, stream: true })).text();
  const events: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => void events.push(data) });
  parser.feed(text);
  return events;
}

const parts = (events: readonly string[]) =>
  events.filter((data) => data !== '[DONE]').map((data) => JSON.parse(data) as Part);
const joined = (events: readonly string[], textIn: (part: Part) => string | undefined) =>
  parts(events)
    .map((part) => textIn(part) ?? '')
    .join('');
const textDelta = ({ delta }: Part) => (typeof delta === 'object' ? delta.text : undefined);

const doors = {
  chat: {
    path: '/v1/chat/completions',
    body: { model: 'first', messages },
    text: ({ choices }: Part) => choices?.[0]?.delta?.content,
  },
  messages: {
    path: '/v1/messages',
    body: { model: 'first', max_tokens: 1_000_000, messages },
    text: textDelta,
  },
  responses: {
    path: '/v1/responses',
    body: { model: 'first', input: 'tell me' },
    text: ({ type, delta }: Part) => (type === 'response.output_text.delta' ? (delta as string) : ''),
  },
  completions: {
    path: '/v1/completions',
    body: { model: 'first', prompt: 'tell me' },
    text: ({ choices }: Part) => choices?.[0]?.text,
  },
};

describe.each(Object.entries(doors))('on the door of %s', (_name, { path, body, text }) => {
  it('one delta of everything comes in pieces', async () => {
    const { url } = await startTwoUpstreams({ first: [streamOf([{ content: LONG }], 'stop')], second: [] });
    const events = await eventsOf(url, path, body);
    expect(joined(events, text)).toBe(LONG);
    // What the last events of the responses' door say is the whole answer, as that API has it.
    const deltas = events.filter((data) => !/"type":"response\.(?!output_text\.delta)/.test(data));
    expect(Math.max(...deltas.map(({ length }) => length))).toBeLessThan(MAX_EVENT);
  });

  it('a whole answer that is too long for the caches is all there', async () => {
    const content = LONG.repeat(10);
    const { url } = await startTwoUpstreams({ first: [streamOf([{ content }], 'stop')], second: [] });
    const reply = await postJson(`${url}${path}`, body);
    // It is made while it leaves, so that nobody knows how long it will be.
    expect(reply.headers.get('content-length')).toBeNull();
    expect(JSON.stringify(await reply.json()).includes(JSON.stringify(content))).toBe(true);
  });
});

it('one delta of Anthropic comes in pieces on its own door, too', async () => {
  const event = (fields: object) => `data: ${JSON.stringify(fields)}\n\n`;
  const usage = { input_tokens: 3, output_tokens: 2 };
  const input = JSON.stringify({ text: LONG });
  const block = (index: number, start: object, delta: object) =>
    event({ type: 'content_block_start', index, content_block: start }) +
    event({ type: 'content_block_delta', index, delta }) +
    event({ type: 'content_block_stop', index });
  const upstream = await startRawUpstream({
    headers: { 'content-type': 'text/event-stream' },
    body:
      event({
        type: 'message_start',
        message: { id: 'm', role: 'assistant', model: 'c', content: [], usage },
      }) +
      block(0, { type: 'text', text: '' }, { type: 'text_delta', text: LONG }) +
      block(
        1,
        { type: 'tool_use', id: 'toolu_1', name: 'write', input: {} },
        { type: 'input_json_delta', partial_json: input },
      ) +
      event({ type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage }) +
      event({ type: 'message_stop' }),
  });
  const { url } = await startBareGateway({ ANTHROPIC_API_KEY: 'x', ANTHROPIC_BASE_URL: upstream.url });
  const events = await eventsOf(url, '/v1/messages', {
    model: 'anthropic/claude-sonnet-5-5',
    max_tokens: 1_000_000,
    messages,
  });
  expect(joined(events, textDelta)).toBe(LONG);
  const inputDelta = ({ delta }: Part) => (typeof delta === 'object' ? delta.partial_json : undefined);
  expect(joined(events, inputDelta)).toBe(input);
  expect(Math.max(...events.map(({ length }) => length))).toBeLessThan(MAX_EVENT);
});

it('a tool call that was held until it was whole goes on in pieces', async () => {
  const tools = [{ type: 'function', function: { name: 'read_file', parameters: { type: 'object' } } }];
  const argument = JSON.stringify({ path: LONG });
  const { url } = await startTwoUpstreams({ first: [streamOf(callDeltas([argument]))], second: [] });
  const events = await eventsOf(url, '/v1/chat/completions', { model: 'pair', messages, tools });
  const argumentsIn = ({ choices }: Part) => choices?.[0]?.delta?.tool_calls?.[0]?.function.arguments;
  expect(joined(events, argumentsIn)).toBe(argument);
  expect(Math.max(...events.map(({ length }) => length))).toBeLessThan(MAX_EVENT);
});

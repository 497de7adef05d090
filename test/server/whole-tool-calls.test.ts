/** Tool calls reach a caller whole, with arguments that fit their schema, or not at all; on every door. */
import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { postJson } from '../helpers/gateway.ts';
import type { RawReply } from '../helpers/raw-upstream.ts';
import { callDeltas, startTwoUpstreams, streamOf } from '../helpers/two-upstreams.ts';

const SCHEMA = {
  type: 'object',
  properties: { path: { type: 'string' }, line: { type: 'integer' } },
  required: ['path'],
};
const GOOD = '{"path":"good.ts"}';
const TOOLS = [{ type: 'function', function: { name: 'read_file', parameters: SCHEMA } }];
const QUESTION = { model: 'pair', messages: [{ role: 'user', content: 'read it' }], tools: TOOLS };

interface CallPart {
  readonly index: number;
  readonly function: { readonly arguments?: string };
}
interface Item {
  readonly type: string;
  readonly input?: object;
  readonly arguments?: string;
}
/** What replies and events of all doors have. */
interface Part {
  readonly choices?: readonly {
    readonly message?: { readonly tool_calls?: readonly CallPart[] };
    readonly delta?: { readonly tool_calls?: readonly CallPart[] };
  }[];
  readonly content?: readonly Item[];
  readonly output?: readonly Item[];
  readonly type?: string;
  readonly index?: number;
  readonly content_block?: Item;
  readonly item?: Item;
  readonly delta?: { readonly type?: string; readonly partial_json?: string };
}

/** How calls are asked for and read, as the strictest client does it. */
interface Door {
  readonly path: string;
  readonly body: object;
  /** Arguments of each call. */
  readonly whole: (reply: Part) => string[];
  readonly streamed: (events: readonly Part[]) => string[];
}
const doors: Record<string, Door> = {
  chat: {
    path: '/v1/chat/completions',
    body: QUESTION,
    whole: ({ choices }) => (choices?.[0]?.message?.tool_calls ?? []).map((call) => call.function.arguments!),
    streamed(events) {
      const calls: string[] = [];
      for (const { choices } of events)
        for (const { index, function: called } of choices?.[0]?.delta?.tool_calls ?? [])
          calls[index] = (calls[index] ?? '') + (called.arguments ?? '');
      return calls;
    },
  },
  messages: {
    path: '/v1/messages',
    body: {
      model: 'pair',
      max_tokens: 99,
      messages: QUESTION.messages,
      tools: [{ name: 'read_file', input_schema: SCHEMA }],
    },
    whole: ({ content = [] }) =>
      content.filter(({ type }) => type === 'tool_use').map(({ input }) => JSON.stringify(input)),
    streamed(events) {
      const calls = new Map<number, string>();
      for (const { type, index = -1, content_block: block, delta } of events) {
        if (type === 'content_block_start' && block?.type === 'tool_use') calls.set(index, '');
        if (delta?.type === 'input_json_delta') calls.set(index, calls.get(index)! + delta.partial_json);
      }
      return [...calls.values()];
    },
  },
  responses: {
    path: '/v1/responses',
    body: {
      model: 'pair',
      input: 'read it',
      tools: [{ type: 'function', name: 'read_file', parameters: SCHEMA }],
    },
    whole: ({ output = [] }) =>
      output.filter(({ type }) => type === 'function_call').map((item) => item.arguments!),
    streamed: (events) =>
      events
        .filter(({ type, item }) => type === 'response.output_item.done' && item?.type === 'function_call')
        .map(({ item }) => item!.arguments!),
  },
};

async function ask(url: string, { path, body, whole, streamed }: Door, stream: boolean) {
  const response = await postJson(url + path, { ...body, stream });
  const raw = await response.text();
  if (!stream || !response.headers.get('content-type')?.includes('event-stream'))
    return { status: response.status, calls: whole(JSON.parse(raw)), raw };
  const events: Part[] = [];
  createParser({ onEvent: ({ data }) => void (data === '[DONE]' || events.push(JSON.parse(data))) }).feed(
    raw,
  );
  return { status: response.status, calls: streamed(events), raw };
}

/** A whole answer with these calls. */
function wholeOf(texts: readonly string[], finish = 'tool_calls'): RawReply {
  const calls = texts.map((text, index) => ({
    id: `call_${index}`,
    type: 'function',
    function: { name: 'read_file', arguments: text },
  }));
  const message = { role: 'assistant', content: null, tool_calls: calls };
  const choices = [{ index: 0, message, finish_reason: finish }];
  const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
  return {
    body: JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'm', choices, usage }),
  };
}

describe.each(Object.entries(doors))('on the %s door', (_, door) => {
  it('a cut within a call, and arguments that are none: the next model’s call', async () => {
    const { url, first, second } = await startTwoUpstreams({
      first: [
        streamOf(callDeltas(['{"pa']), null, { ending: 'cut' }),
        streamOf(callDeltas(['{"path":"a.ts" oops'])),
        streamOf(callDeltas(['{"line":1}'])),
      ],
      second: [streamOf(callDeltas(['{"path":', '"good.ts"}']))],
    });
    for (let turn = 0; turn < 3; turn++)
      expect(await ask(url, door, true)).toMatchObject({ status: 200, calls: [GOOD] });
    expect([first.requests.length, second.requests.length]).toEqual([3, 3]);
  });

  it('text goes on at once; a call behind it that breaks is told by the next model', async () => {
    const said = [{ role: 'assistant', content: 'Let me look into the file for you. ' }];
    const { url } = await startTwoUpstreams({
      first: [streamOf([...said, ...callDeltas(['{"path":"b'])], null, { ending: 'cut' })],
      second: [streamOf(callDeltas([GOOD]))],
    });
    const { raw, calls } = await ask(url, door, true);
    expect(calls).toEqual([GOOD]);
    expect(raw).toContain('Let me look into the file for you. ');
  });

  it('of parallel calls all are whole or none is told', async () => {
    const two = (last: string) => [...callDeltas(['{"path":"one"}']), ...callDeltas([last], { index: 1 })];
    const { url } = await startTwoUpstreams({
      first: [streamOf(two('{"path":"two"}')), streamOf(two('{"path":'), 'tool_calls')],
      second: [streamOf(callDeltas([GOOD]))],
    });
    expect((await ask(url, door, true)).calls).toEqual(['{"path":"one"}', '{"path":"two"}']);
    expect((await ask(url, door, true)).calls).toEqual([GOOD]);
  });

  it('a call that the cap cuts is left out, and the reason says that more was to come', async () => {
    const { url, second } = await startTwoUpstreams({
      first: [streamOf(callDeltas(['{"path":"a']), 'length'), wholeOf(['{"path":"a'], 'length')],
      second: [streamOf([])],
    });
    for (const stream of [true, false]) {
      const { raw, calls } = await ask(url, door, stream);
      expect(calls).toEqual([]);
      expect(raw).toMatch(/"finish_reason":"length"|"max_tokens"|"incomplete"/);
    }
    expect(second.requests).toHaveLength(0);
  });

  it('a whole answer is looked at as well', async () => {
    const { url } = await startTwoUpstreams({
      first: [wholeOf(['{"path":']), wholeOf(['{"path":5}']), wholeOf(['{"path":"a.ts",}'])],
      second: [wholeOf([GOOD])],
    });
    const calls: string[][] = [];
    for (let turn = 0; turn < 3; turn++) calls.push((await ask(url, door, false)).calls);
    expect(calls).toEqual([[GOOD], [GOOD], ['{"path":"a.ts"}']]);
  });

  it('where nobody gives a whole one, the caller is told so and gets none', async () => {
    const broken = streamOf(callDeltas(['{"path":"a.ts" oops']));
    const { url } = await startTwoUpstreams({ first: [broken], second: [broken] });
    const { status, calls, raw } = await ask(url, door, true);
    expect([status, calls]).toEqual([503, []]);
    expect(raw).toContain('invalid_output');
  });

  it('200 broken streams: none that does not fit is delivered', async () => {
    const streams = fc.sample(brokenStream, 200);
    const replies = { first: streams, second: [streamOf(callDeltas([GOOD]))] };
    // However many of them break in a row, the first model is asked each time.
    const { url, first } = await startTwoUpstreams(replies, { ALLOWED_FAILURES: '1000' });
    const one = async () => {
      const { status, calls } = await ask(url, door, true);
      expect(status).toBe(200);
      // A cut that came too late to hurt leaves the first model's call.
      expect(calls.length).toBeGreaterThan(0);
      for (const text of calls) {
        const { path, line = 0 } = JSON.parse(text);
        expect([typeof path, Number.isInteger(line)], text).toEqual(['string', true]);
      }
    };
    for (let asked = 0; asked < streams.length; asked += 10)
      await Promise.all(Array.from({ length: 10 }, one));
    expect(first.requests).toHaveLength(200);
  });
});

/** Arguments that are cut, have too much or too little, or the wrong types; in pieces; with and without an end. */
const brokenStream = fc
  .record({
    value: fc.record(
      { path: fc.oneof(fc.string(), fc.integer(), fc.constant(null)), line: fc.oneof(fc.nat(), fc.string()) },
      { requiredKeys: [] },
    ),
    cut: fc.nat(),
    inserted: fc.constantFrom('', '', '}', ' oops', '"', '{', '\n', ',', '\\'),
    size: fc.integer({ min: 1, max: 9 }),
    before: fc.constantFrom('', 'Let me see. '),
    ending: fc.constantFrom('finish', 'finish', 'cut', 'end'),
  })
  .map(({ value, cut, inserted, size, before, ending }): RawReply => {
    const json = JSON.stringify(value);
    const at = cut % (json.length + 1);
    const text = inserted === '' ? json.slice(0, at) : json.slice(0, at) + inserted + json.slice(at);
    const pieces = text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
    const deltas = [...(before ? [{ content: before }] : []), ...callDeltas(pieces)];
    if (ending === 'finish') return streamOf(deltas);
    return streamOf(deltas, null, ending === 'cut' ? { ending: 'cut' } : {});
  });

describe('TOOL_CALLS', () => {
  const broken = streamOf(callDeltas(['{"path":', '"a.ts" oops']));

  it('whole: a model that stands alone gives a whole call or an error', async () => {
    const { stream } = await startTwoUpstreams(
      { first: [broken], second: [broken] },
      { TOOL_CALLS: 'whole' },
    );
    const { status, raw } = await stream({ ...QUESTION, model: 'first' });
    expect(status).toBe(503);
    expect(raw).toContain('invalid_output');
  });

  it('stream: pieces go on as they come; by itself that is so for a model that stands alone', async () => {
    const replies = { first: [broken], second: [broken] };
    const streaming = await startTwoUpstreams(replies, { TOOL_CALLS: 'stream' });
    expect((await ask(streaming.url, doors.chat!, true)).calls).toEqual(['{"path":"a.ts" oops']);
    const alone = await startTwoUpstreams(replies);
    expect((await alone.stream({ ...QUESTION, model: 'first' })).raw).toContain('oops');
  });

  it('on a door that tells arguments as JSON a model that stands alone gives a whole call or an error', async () => {
    const replies = { first: [broken, wholeOf(['{"path": oops'])], second: [] };
    const { url } = await startTwoUpstreams(replies);
    const messages = { ...doors.messages!, body: { ...doors.messages!.body, model: 'first' } };
    for (const stream of [true, false]) {
      const { status, raw } = await ask(url, messages, stream);
      expect(status).toBe(503);
      expect(raw).toContain('invalid_output');
      expect(raw).not.toContain('oops');
    }
  });

  it('of a chain, `tool_calls` overrides it', async () => {
    const { url } = await startTwoUpstreams(
      { first: [broken], second: [streamOf(callDeltas([GOOD]))] },
      { TOOL_CALLS: 'stream' },
      'tool_calls: whole',
    );
    expect((await ask(url, doors.chat!, true)).calls).toEqual([GOOD]);
  });
});

it('what a discarded call took is in the receipt', async () => {
  const { ask: askWhole, url } = await startTwoUpstreams({
    first: [wholeOf([`{"path":"${'long '.repeat(500)}`])],
    second: [wholeOf([GOOD])],
  });
  const { headers } = await askWhole(QUESTION);
  const receipt = await (await fetch(`${url}/requests/${headers['x-request-id']}`)).json();
  expect(receipt).toMatchObject({
    provider: 'openai-compatible',
    attempts: [{ kind: 'invalid_output' }, { kind: 'ok' }],
  });
  expect((receipt as { usage: { output: number } }).usage.output).toBeGreaterThan(400);
});

it('what was read for an answer whose call broke is counted once', async () => {
  const said = [{ role: 'assistant', content: 'I look. ' }];
  const broken = [...said, ...callDeltas([`{"path":"${'long '.repeat(50)}`])];
  const { stream, url } = await startTwoUpstreams({
    first: [{ ...streamOf(broken, null, { ending: 'cut' }), pieces: 200 }],
    second: [streamOf(callDeltas([GOOD]))],
  });
  const inputOf = async (body: object) => {
    const { headers } = await stream(body);
    const receipt = await (await fetch(`${url}/requests/${headers['x-request-id']}`)).json();
    return (receipt as { usage: { input: number } }).usage.input;
  };
  // As many tokens by the rule of thumb, which must do while the tokeniser is not there yet: a word is four characters.
  const question = { ...QUESTION, messages: [{ role: 'user', content: 'the '.repeat(400) }] };
  const once = await inputOf({ ...question, model: 'second' });
  const twice = await inputOf(question);
  expect(twice).toBeGreaterThan(2 * once);
  expect(twice).toBeLessThan(2.5 * once);
});

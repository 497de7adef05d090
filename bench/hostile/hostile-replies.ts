/** Replies that want to hurt, for each wire that a provider speaks: endless, deep, huge, torn and untrue. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

export type Wire = 'openai' | 'anthropic' | 'cohere';
/** The one reply of each wire that nothing is wrong with. */
export const RIGHT = 'a right one';

type Reply = (response: ServerResponse, request: IncomingMessage) => void;

const MEGABYTE = 1024 * 1024;
const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`;
const chunk = (delta: object, finish: string | null = null, more: object = {}) =>
  event({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...more,
  });
const DONE = `${chunk({}, 'stop')}data: [DONE]\n\n`;
const completion = (content: unknown, more: object = {}, message: object = {}) =>
  JSON.stringify({
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content, ...message }, finish_reason: 'stop' }],
    ...more,
  });
const words = (bytes: number) => 'lorem ipsum '.repeat(bytes / 12);
const many = <Item>(count: number, make: (at: number) => Item) =>
  Array.from({ length: count }, (_, at) => make(at));
const called = (at: number, text: string) => ({
  id: `c${at}`,
  type: 'function',
  function: { name: 'f', arguments: text },
});

function events(...pieces: readonly string[]): Reply {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const piece of pieces) response.write(piece);
    response.end();
  };
}

function json(body: string | Buffer, headers: Record<string, string> = {}): Reply {
  return (response) => response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(body);
}

/** A text in pieces of a byte, which arrive in as few as the kernel makes of them. */
function byteByByte(text: string): Reply {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    let at = 0;
    const timer = setInterval(() => {
      for (let count = 0; count < 200 && at < text.length; count++) response.write(text[at++]!);
      if (at === text.length) response.end();
    }, 1);
    response.on('close', () => clearInterval(timer));
  };
}

/** The same piece again and again, as fast as it is read, until it is read no more. */
function withoutEnd(piece: string, every = 0): Reply {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(chunk({ content: 'It begins. ' }));
    const timer = setInterval(() => response.writableNeedDrain || response.write(piece), every);
    response.on('close', () => clearInterval(timer));
  };
}

const inside = (value: string) => `data: {"id":"c","choices":[],"x":${value}}\n\n`;
const usage = (prompt: unknown, written: unknown) => ({
  usage: { prompt_tokens: prompt, completion_tokens: written, total_tokens: 1 },
});
const names = (count: number) => JSON.stringify(Object.fromEntries(many(count, (at) => [`k${at}`, 1])));

/** Made once: the machine that serves them is the one that is measured. */
const OPENAI: Readonly<Record<string, Reply>> = {
  [RIGHT]: json(completion('hi', usage(5, 5))),
  'deep event': events(inside('['.repeat(2_000_000) + ']'.repeat(2_000_000)), DONE),
  'event of lists': events(inside(`[${'[],'.repeat(2_000_000)}1]`), DONE),
  'event of fewer lists': events(inside(`[${'[],'.repeat(590_000)}1]`), DONE),
  'event of names': events(inside(names(200_000)), DONE),
  'event of fewer names': events(inside(names(59_000)), DONE),
  'delta of 7 MB': events(chunk({ content: words(7 * MEGABYTE) }), DONE),
  'delta of 15 MB': events(chunk({ content: words(15 * MEGABYTE) }), DONE),
  'event without end': withoutEnd('x'.repeat(65_536)),
  'words without end': withoutEnd(chunk({ content: 'word '.repeat(50) })),
  'nothing without end': withoutEnd(chunk({}), 1),
  'usage without end': withoutEnd(chunk({}, 'stop', usage(1, 1)), 1),
  'comments without end': withoutEnd(': x\n\n', 1),
  'comments by the megabyte': withoutEnd(': x\n\n'.repeat(10_000)),
  '20,000 choices': events(
    ...many(20_000, (index) => event({ choices: [{ index, delta: { content: 'x' } }] })),
  ),
  '30,000 calls': events(
    ...many(30_000, (index) =>
      chunk({ tool_calls: [{ index, id: `c${index}`, function: { name: 'f', arguments: '{' } }] }),
    ),
  ),
  'arguments of 12 MB in pieces': events(
    chunk({ tool_calls: [{ index: 0, ...called(0, '{"a":"') }] }),
    ...many(400, () =>
      chunk({ tool_calls: [{ index: 0, function: { arguments: words(300) } }] }).repeat(100),
    ),
    chunk({ tool_calls: [{ index: 0, function: { arguments: '"}' } }] }),
    DONE,
  ),
  '50,000 small deltas': events(...many(50, () => chunk({ content: 'a ' }).repeat(1_000)), DONE),
  'byte by byte': byteByByte(chunk({ content: 'a' }).repeat(200) + DONE),
  'half characters': events(chunk({ content: 'x' }).replace('"x"', `"${'\\ud83d'.repeat(500_000)}"`), DONE),
  'counts of 1e300': json(completion('hi', usage(1e300, 1e300))),
  'counts below zero': json(completion('hi', usage(-5, -5))),
  'counts of words': json(completion('hi', usage('many', {}))),
  'counts of millions': json(completion('hi', usage(9_000_000, 9_000_000))),
  '12 MB': json(completion(words(12 * MEGABYTE))),
  '15 MB of escapes': json(completion('\u0001'.repeat(2_500_000))),
  '15 MB of half characters': json(completion('@').replace('@', '\\ud83d'.repeat(2_500_000))),
  '15 MB of lists': json(`{"choices":[${'[],'.repeat(5_000_000)}1]}`),
  '550,000 names': json(completion('hi', { x: many(183_000, (at) => ({ a: at, b: 1, c: 2 })) })),
  '59,000 names': json(completion('hi', { x: JSON.parse(names(59_000)) })),
  '1,100,000 items': json(completion('hi', { x: many(1_100_000, () => 1) })),
  '100,000 choices': json(
    JSON.stringify({ choices: many(100_000, (index) => ({ index, message: { content: 'x' } })) }),
  ),
  '50,000 calls': json(completion(null, {}, { tool_calls: many(50_000, (at) => called(at, '{"a":1}')) })),
  'arguments of 12 MB': json(
    completion(null, {}, { tool_calls: [called(0, `{"a":"${words(12 * MEGABYTE)}"}`)] }),
  ),
  'arguments of lists': json(
    completion(null, {}, { tool_calls: [called(0, `{"a":[${'[],'.repeat(590_000)}1]}`)] }),
  ),
  'broken arguments of 5 MB': json(
    completion(null, {}, { tool_calls: [called(0, `{"a":[${"{'b':1},".repeat(600_000)}`)] }),
  ),
  'thoughts of 12 MB': json(completion('hi', {}, { reasoning_content: words(12 * MEGABYTE) })),
  '100,000 parts': json(completion(many(100_000, (at) => ({ type: 'text', text: `${at}` })))),
  '100,000 logprobs': json(
    JSON.stringify({
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'x' },
          finish_reason: 'stop',
          logprobs: {
            content: many(100_000, () => ({ token: 'a', logprob: -1, bytes: [97], top_logprobs: [] })),
          },
        },
      ],
    }),
  ),
  'deep reply': json(`{"choices":${'['.repeat(3_000_000)}${']'.repeat(3_000_000)}}`),
  'content of objects': json(completion({ toString: 1 })),
  bomb: json(gzipSync(Buffer.alloc(200 * MEGABYTE)), { 'content-encoding': 'gzip' }),
  'the key': (response, { headers }) =>
    json(completion(`Your key is ${headers.authorization}.`))(response, {} as IncomingMessage),
  'nearly the key': json(completion('fw-the-key-of-the-hostile-'.repeat(500_000))),
  vectors: json(
    JSON.stringify({ data: many(128, (index) => ({ index, embedding: many(8_000, () => 0.1) })) }),
  ),
  'long vectors of text': json(JSON.stringify({ data: [{ index: 0, embedding: 'AAAA'.repeat(3_500_000) }] })),
  'deep error': (response) => response.writeHead(500).end(`{"error":${'['.repeat(30_000)}`),
  'error of 15 MB': (response) =>
    response.writeHead(400).end(JSON.stringify({ error: { message: words(15 * MEGABYTE) } })),
  'error of pages': (response) => response.writeHead(502).end(`<html>${'<p>'.repeat(4_000_000)}`),
  'head of 15 kB': json(
    completion('hi'),
    Object.fromEntries(many(150, (at) => [`x-h${at}`, 'v'.repeat(90)])),
  ),
  'quota in words': (response) =>
    response.writeHead(400).end(JSON.stringify({ error: { message: 'insufficient_quota' } })),
  'half a reply': (response) => {
    response.writeHead(200, { 'content-length': '1000' }).write('{"choices":');
    setTimeout(() => response.destroy(), 50);
  },
  silence: () => {},
};

const message = (content: unknown, more: object = {}) =>
  JSON.stringify({
    id: 'm',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content,
    stop_reason: 'end_turn',
    usage: { input_tokens: 1, output_tokens: 1 },
    ...more,
  });
const START = event({ type: 'message_start', message: JSON.parse(message([])) });
const block = (index: number, content_block: object) =>
  event({ type: 'content_block_start', index, content_block });
const delta = (index: number, of: object) => event({ type: 'content_block_delta', index, delta: of });
const TEXT = block(0, { type: 'text', text: '' });
const STOP = event({ type: 'message_stop' });

const ANTHROPIC: Readonly<Record<string, Reply>> = {
  [RIGHT]: json(message([{ type: 'text', text: 'hi' }])),
  'delta of 15 MB': events(START, TEXT, delta(0, { type: 'text_delta', text: words(15 * MEGABYTE) }), STOP),
  '50,000 small deltas': events(
    START,
    TEXT,
    ...many(50, () => delta(0, { type: 'text_delta', text: 'a ' }).repeat(1_000)),
    STOP,
  ),
  'words without end': withoutEnd(START + TEXT + delta(0, { type: 'text_delta', text: 'word '.repeat(50) })),
  'pings without end': withoutEnd(event({ type: 'ping' }).repeat(100)),
  '30,000 blocks': events(START, ...many(30_000, (at) => block(at, { type: 'text', text: 'x' })), STOP),
  '30,000 tools': events(
    START,
    ...many(30_000, (at) => block(at, { type: 'tool_use', id: `t${at}`, name: 'f', input: {} })),
    STOP,
  ),
  'input of 12 MB in pieces': events(
    START,
    block(0, { type: 'tool_use', id: 't', name: 'f', input: {} }),
    delta(0, { type: 'input_json_delta', partial_json: '{"a":"' }),
    ...many(400, () => delta(0, { type: 'input_json_delta', partial_json: words(300) }).repeat(100)),
    STOP,
  ),
  'thoughts of 12 MB in pieces': events(
    START,
    block(0, { type: 'thinking', thinking: '', signature: '' }),
    ...many(400, () => delta(0, { type: 'thinking_delta', thinking: words(300) }).repeat(100)),
    STOP,
  ),
  'event of lists': events(START, `data: {"type":"x","x":[${'[],'.repeat(590_000)}1]}\n\n`, STOP),
  'event of names': events(START, `data: {"type":"x","x":${names(59_000)}}\n\n`, STOP),
  '12 MB': json(message([{ type: 'text', text: words(12 * MEGABYTE) }])),
  '100,000 blocks': json(message(many(100_000, (at) => ({ type: 'text', text: `${at}` })))),
  '50,000 tools': json(
    message(many(50_000, (at) => ({ type: 'tool_use', id: `t${at}`, name: 'f', input: { a: 1 } }))),
  ),
  'input of lists': json(
    message([{ type: 'tool_use', id: 't', name: 'f', input: { a: many(590_000, () => []) } }]),
  ),
  'input of names': json(
    message([{ type: 'tool_use', id: 't', name: 'f', input: JSON.parse(names(59_000)) }]),
  ),
  'thoughts of 12 MB': json(message([{ type: 'thinking', thinking: words(12 * MEGABYTE), signature: 's' }])),
  'error of 15 MB': (response) =>
    response
      .writeHead(400)
      .end(JSON.stringify({ type: 'error', error: { type: 'x', message: words(15 * MEGABYTE) } })),
};

const COHERE: Readonly<Record<string, Reply>> = {
  [RIGHT]: json(
    JSON.stringify({
      id: 'c',
      finish_reason: 'COMPLETE',
      message: { role: 'assistant', content: [{ type: 'text', text: 'hi' }] },
    }),
  ),
  'delta of 15 MB': events(
    event({
      type: 'content-delta',
      index: 0,
      delta: { message: { content: { text: words(15 * MEGABYTE) } } },
    }),
    event({ type: 'message-end', delta: { finish_reason: 'COMPLETE' } }),
  ),
  '50,000 small deltas': events(
    ...many(50, () =>
      event({ type: 'content-delta', index: 0, delta: { message: { content: { text: 'a ' } } } }).repeat(
        1_000,
      ),
    ),
    event({ type: 'message-end', delta: { finish_reason: 'COMPLETE' } }),
  ),
  '30,000 tools': events(
    ...many(30_000, (index) =>
      event({
        type: 'tool-call-start',
        index,
        delta: { message: { tool_calls: called(index, '{') } },
      }),
    ),
  ),
  '12 MB': json(
    JSON.stringify({
      id: 'c',
      finish_reason: 'COMPLETE',
      message: { role: 'assistant', content: [{ type: 'text', text: words(12 * MEGABYTE) }] },
    }),
  ),
  '100,000 blocks': json(
    JSON.stringify({
      id: 'c',
      finish_reason: 'COMPLETE',
      message: { role: 'assistant', content: many(100_000, (at) => ({ type: 'text', text: `${at}` })) },
    }),
  ),
  'error of 15 MB': (response) =>
    response.writeHead(400).end(JSON.stringify({ message: words(15 * MEGABYTE) })),
};

export const REPLIES: Readonly<Record<Wire, Readonly<Record<string, Reply>>>> = {
  openai: OPENAI,
  anthropic: ANTHROPIC,
  cohere: COHERE,
};

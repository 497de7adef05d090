/** A provider whose replies are nearly right: mutated JSON, streams of mutated events, torn bytes, odd heads. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { pickFrom } from '../seeded-random.ts';
import { mutated } from './odd-values.ts';

const CALL = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } };
const USAGE = {
  prompt_tokens: 12,
  completion_tokens: 7,
  total_tokens: 19,
  prompt_tokens_details: { cached_tokens: 3 },
  completion_tokens_details: { reasoning_tokens: 2 },
};
const COMPLETION = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [
    { index: 0, message: { role: 'assistant', content: 'hi', tool_calls: [CALL] }, finish_reason: 'stop' },
  ],
  usage: USAGE,
};
const chunk = (delta: object, finish: string | null = null) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: finish }],
});
const CHUNKS = [
  chunk({ role: 'assistant', content: '' }),
  chunk({ content: 'hello ' }),
  chunk({ content: 'world' }),
  chunk({ tool_calls: [{ index: 0, ...CALL }] }),
  chunk({}, 'stop'),
  { ...chunk({}), choices: [], usage: USAGE },
];
const READ = { input_tokens: 12, cache_read_input_tokens: 3, output_tokens: 1 };
const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [
    { type: 'thinking', thinking: 'well', signature: 's' },
    { type: 'text', text: 'hi' },
    { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: 1 } },
  ],
  stop_reason: 'tool_use',
  stop_sequence: null,
  usage: { ...READ, output_tokens: 7 },
};
const EVENTS = [
  { type: 'message_start', message: { ...MESSAGE, content: [], stop_reason: null, usage: READ } },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'hello' } },
  { type: 'content_block_stop', index: 0 },
  {
    type: 'content_block_start',
    index: 1,
    content_block: { type: 'tool_use', id: 't1', name: 'f', input: {} },
  },
  { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"a":1}' } },
  { type: 'content_block_stop', index: 1 },
  {
    type: 'message_delta',
    delta: { stop_reason: 'tool_use', stop_sequence: null },
    usage: { output_tokens: 7 },
  },
  { type: 'message_stop' },
];
const ERROR = { error: { message: 'no', type: 'invalid_request_error', param: null, code: 'bad' } };
const STATUSES = [
  200, 200, 200, 200, 204, 301, 400, 401, 402, 403, 404, 409, 413, 418, 422, 429, 498, 500, 503, 529, 599,
];
const TYPES = [
  'application/json',
  'text/event-stream',
  'TEXT/Event-Stream',
  'text/html',
  '',
  'application/octet-stream',
];

export interface OddUpstream {
  readonly url: string;
  /** Requests received so far. */
  readonly calls: () => number;
  close(): void;
}

export async function startOddUpstream(random: () => number): Promise<OddUpstream> {
  let calls = 0;
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    calls += 1;
    const body = await text(request).catch(() => '');
    response.on('error', () => {});
    const wire = request.url!.includes('/messages') ? ANTHROPIC : OPENAI;
    answer(response, { wire, stream: /"stream":\s*true/.test(body) }, random);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls: () => calls,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

interface Wire {
  readonly whole: object;
  readonly events: readonly object[];
  readonly end: string;
  readonly error: object;
}

const OPENAI: Wire = { whole: COMPLETION, events: CHUNKS, end: 'data: [DONE]\n\n', error: ERROR };
const ANTHROPIC: Wire = {
  whole: MESSAGE,
  events: EVENTS,
  end: '',
  error: { type: 'error', error: { type: 'invalid_request_error', message: 'no' } },
};

function answer(
  response: ServerResponse,
  { wire, stream }: { wire: Wire; stream: boolean },
  random: () => number,
): void {
  const isRight = random() < 0.3;
  const status = isRight ? 200 : pickFrom(STATUSES, random);
  const usual = stream && status === 200 ? 'text/event-stream' : 'application/json';
  response.writeHead(status, { 'content-type': random() < 0.9 ? usual : pickFrom(TYPES, random) });
  const change = (value: unknown) => (isRight ? value : mutated(value, random));
  const bytes = Buffer.from(
    status !== 200
      ? JSON.stringify(change(wire.error))
      : stream
        ? wire.events.map((one) => eventOf(random() < 0.4 ? change(one) : one)).join('') + wire.end
        : JSON.stringify(change(wire.whole)),
  );
  const end = isRight || random() < 0.8 ? bytes.length : Math.floor(random() * bytes.length);
  const middle = Math.floor(random() * end);
  response.write(bytes.subarray(0, middle));
  setImmediate(() => {
    response.write(bytes.subarray(middle, end));
    if (random() < 0.05) response.destroy();
    else response.end();
  });
}

/** Named as Anthropic names its events; on OpenAI's wire they have no type. */
function eventOf(value: unknown): string {
  const { type } = (value ?? {}) as { type?: unknown };
  const name = typeof type === 'string' && /^\w+$/.test(type) ? `event: ${type}\n` : '';
  return `${name}data: ${JSON.stringify(value)}\n\n`;
}

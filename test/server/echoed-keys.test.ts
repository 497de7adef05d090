/** Providers that write our key into what they answer: wherever it stands, and however it is cut, no caller reads it. */
import { describe, expect, it } from 'vitest';
import { startBareGateway } from '../helpers/gateway.ts';
import { type RawReply, startRawUpstream } from '../helpers/raw-upstream.ts';
import {
  beginning,
  ending,
  eventStream,
  eventsOfItem,
  messageItem,
  readEvents,
  responseOf,
  responseStream,
} from '../helpers/responses-chain.ts';

const KEY = 'sk-proj-0123456789abcdefghijklmnop';
const ENCODED = Buffer.from(`user:${KEY}`).toString('base64');

async function startWith(reply: RawReply) {
  const upstream = await startRawUpstream(reply);
  return startBareGateway({
    CACHE_TTL: '0',
    RETRIES: '0',
    OPENAI_API_KEY: KEY,
    OPENAI_BASE_URL: `${upstream.url}/v1`,
    ANTHROPIC_API_KEY: KEY,
    ANTHROPIC_BASE_URL: upstream.url,
  });
}

const chunk = (delta: object, finish: string | null = null) => ({
  id: `chat-${KEY}`,
  object: 'chat.completion.chunk',
  created: 1,
  model: `gpt-4o ${KEY}`,
  system_fingerprint: ENCODED,
  choices: [{ index: 0, delta, finish_reason: finish }],
});

function streamed(events: readonly object[], named = false): RawReply {
  const body = events
    .map(
      (event) =>
        `${named ? `event: ${(event as { type: string }).type}\n` : ''}data: ${JSON.stringify(event)}\n\n`,
    )
    .join('');
  return { headers: { 'content-type': 'text/event-stream' }, body: named ? body : `${body}data: [DONE]\n\n` };
}

function askMessages(url: string, fields: object): Promise<Response> {
  return fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ max_tokens: 10, messages: [{ role: 'user', content: 'hi' }], ...fields }),
  });
}

const escapesOf = (text: string) =>
  [...text].map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');

const unescapedText = (text: string) => JSON.parse(`"${text}"`) as string;

/** Pieces of so many characters. */
const cut = (text: string, size: number) => text.match(new RegExp(`.{1,${size}}`, 'gs')) ?? [];

describe('a key of ours is not in', () => {
  it.each([1, 3, 10, 100])('a stream, whose content comes %i characters at a time', async (size) => {
    const text = `It is ${KEY}, or ${ENCODED}. Bye, sk-proj-0123`;
    const deltas = cut(text, size).map((content) => chunk({ content }));
    const gateway = await startWith(streamed([...deltas, chunk({}, 'stop')]));
    const { raw, text: seen, chunks } = await gateway.stream({ model: 'openai/gpt-4o', prompt: 'hello' });
    expect(seen).toMatch(
      /^It is [skpr-]{0,5}\[redacted\], or \w{0,12}\[redacted\]\w{0,3}={0,2}\. Bye, sk-proj-0123$/,
    );
    expect(raw).not.toContain('0123456789');
    expect(raw).not.toContain(ENCODED.slice(12, 30));
    expect(chunks[0]).toMatchObject({ id: 'chat-[redacted]', model: 'gpt-4o [redacted]' });
  });

  it('the thinking and the arguments of a call, cut anywhere', async () => {
    const call = { index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } };
    const deltas = [
      ...cut(KEY, 7).map((reasoning_content) => chunk({ reasoning_content })),
      chunk({ tool_calls: [call] }),
      ...cut(`{"key":"${KEY}"}`, 5).map((text) =>
        chunk({ tool_calls: [{ index: 0, function: { arguments: text } }] }),
      ),
    ];
    const gateway = await startWith(streamed([...deltas, chunk({}, 'tool_calls')]));
    const { raw } = await gateway.stream({ model: 'openai/gpt-4o', prompt: 'hello' });
    expect(raw).toContain('[redacted]');
    expect(raw).not.toContain(KEY.slice(8, 16));
  });

  it.each([
    ['escapes', escapesOf(KEY), 5],
    ['escapes', escapesOf(KEY), 6],
    ['escapes whose backslashes are escaped', escapesOf(KEY).replaceAll('\\', '\\u005c'), 7],
  ])('arguments of a call that spell it in %s, cut anywhere', async (_how, spelt, size) => {
    const call = { index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } };
    const deltas = cut(`{"path":"C:\\\\new","key":"${spelt}"}`, size).map((text) =>
      chunk({ tool_calls: [{ index: 0, function: { arguments: text } }] }),
    );
    const gateway = await startWith(
      streamed([chunk({ tool_calls: [call] }), ...deltas, chunk({}, 'tool_calls')]),
    );
    const { chunks } = await gateway.stream({ model: 'openai/gpt-4o', prompt: 'hello' });
    const told = chunks.map(({ choices }) => choices[0]?.delta.tool_calls?.[0]?.function?.arguments ?? '');
    const { path, key } = JSON.parse(told.join('')) as Record<string, string>;
    expect(path).toBe('C:\\new');
    expect(key).toMatch(/\[redacted\]$/);
    expect(unescapedText(key!)).toMatch(/^[skpr-]{0,5}\[redacted\]$/);
  });

  it('a whole answer', async () => {
    const { choices: _choices, ...head } = chunk({});
    const message = { role: 'assistant', content: `It is ${KEY}.` };
    const body = {
      ...head,
      object: 'chat.completion',
      choices: [{ index: 0, message, finish_reason: 'stop' }],
    };
    const gateway = await startWith({ body: JSON.stringify(body) });
    const reply = await gateway.ask({ model: 'openai/gpt-4o', prompt: 'hello' });
    expect(reply.text).toBe('It is [redacted].');
    expect(JSON.stringify(reply)).not.toContain(KEY.slice(8));
  });

  it('arguments of a call that spell it in escapes, at the door that decodes them', async () => {
    const { choices: _choices, ...head } = chunk({});
    const call = {
      id: 'a',
      type: 'function',
      function: { name: 'f', arguments: `{"key":"${escapesOf(KEY)}"}` },
    };
    const message = { role: 'assistant', content: null, tool_calls: [call] };
    const choices = [{ index: 0, message, finish_reason: 'tool_calls' }];
    const gateway = await startWith({
      body: JSON.stringify({ ...head, object: 'chat.completion', choices }),
    });
    const reply = await askMessages(gateway.url, { model: 'openai/gpt-4o' });
    expect(await reply.json()).toMatchObject({
      content: [{ type: 'tool_use', input: { key: '[redacted]' } }],
    });
  });

  const TOKENS = [...cut(`It is ${KEY}.`, 4)].map((token) => ({
    ...{ token, logprob: -0.1, bytes: [...Buffer.from(token)] },
    top_logprobs: [],
  }));
  it.each([
    ['of its tokens', 'content', 'content', false],
    ['of its tokens', 'content', 'content', true],
    ['of a refusal', 'refusal', 'refusal', false],
    ['of a refusal', 'refusal', 'refusal', true],
    ['of a text that is not there', 'content', undefined, false],
    ['of a text that is not there', 'content', undefined, true],
    ['of a refusal that is not there', 'refusal', undefined, true],
  ] as const)('the probabilities %s (%s, text: %s), stream: %s', async (_how, list, field, stream) => {
    const { choices: _choices, ...head } = chunk({});
    const choice = (tokens: typeof TOKENS) => ({
      index: 0,
      logprobs: { content: null, refusal: null, [list]: tokens },
    });
    const message = { role: 'assistant', content: 'Well.', ...(field && { [field]: `It is ${KEY}.` }) };
    const whole = { ...choice(TOKENS), message, finish_reason: 'stop' };
    const pieces = TOKENS.map((one) => ({
      ...choice([one]),
      delta: field ? { [field]: one.token } : {},
      finish_reason: null,
    }));
    const first = { index: 0, delta: { content: 'Well.' }, finish_reason: null };
    const gateway = await startWith(
      stream
        ? streamed([
            ...[first, ...pieces].map((piece) => ({ ...chunk({}), choices: [piece] })),
            chunk({}, 'stop'),
          ])
        : { body: JSON.stringify({ ...head, object: 'chat.completion', choices: [whole] }) },
    );
    const question = { model: 'openai/gpt-4o', prompt: 'hello', logprobs: true, stream };
    const raw = await (await gateway.post(question)).text();
    expect(raw).toContain(field ? '[redacted]' : 'Well.');
    const told = [...raw.matchAll(/"bytes":\[([\d,]*)\]/g)].flatMap(([, bytes]) =>
      bytes!.split(',').map(Number),
    );
    expect(Buffer.from(told).toString()).not.toContain(KEY.slice(8, 16));
    const tokens = [...raw.matchAll(/"token":"([^"]*)"/g)].map(([, token]) => token);
    expect(tokens.join('')).not.toContain(KEY.slice(8, 16));
  });

  it('an error that has it in hexadecimal', async () => {
    const message = `Bad key ${Buffer.from(KEY).toString('hex')}`;
    const gateway = await startWith({ status: 400, body: JSON.stringify({ error: { message } }) });
    const reply = await askMessages(gateway.url, { model: 'openai/gpt-4o' });
    expect(await reply.text()).toContain('Bad key [redacted]');
  });

  it("Anthropic's events on Anthropic's door", async () => {
    const message = {
      id: `msg_${KEY}`,
      type: 'message',
      role: 'assistant',
      model: 'claude',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 1 },
    };
    const events = [
      { type: 'message_start', message },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      ...cut(`It is ${KEY}.`, 9).map((text) => ({
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'text_delta', text },
      })),
      { type: 'content_block_stop', index: 0 },
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: { output_tokens: 9 },
      },
      { type: 'message_stop' },
    ];
    const gateway = await startWith(streamed(events, true));
    const reply = await askMessages(gateway.url, { model: 'anthropic/claude-sonnet-4-5', stream: true });
    const raw = await reply.text();
    expect(raw).toContain('message_stop');
    expect(raw).toContain('[redacted]');
    expect(raw).not.toContain(KEY.slice(8, 16));
  });
});

describe('by OpenAI’s Responses API', () => {
  const CALL = {
    id: 'ctc_1',
    type: 'custom_tool_call',
    call_id: 'call_1',
    name: 'patch',
    input: `${KEY} ok`,
  };

  async function ask(item: Record<string, unknown>, path: string, body: object): Promise<string> {
    const gateway = await startWith(responseStream([item]));
    const reply = await fetch(`${gateway.url}/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'openai/gpt-5.6-sol', stream: true, ...body }),
    });
    return reply.text();
  }

  it.each([
    ['responses', { input: 'hi', tools: [{ type: 'custom', name: 'patch' }] }],
    [
      'chat/completions',
      {
        messages: [{ role: 'user', content: 'hi' }],
        tools: [{ type: 'custom', custom: { name: 'patch' } }],
      },
    ],
  ])('a key of ours is not in the input of a freeform tool, cut in two: %s', async (path, body) => {
    const raw = await ask(CALL, path, body);
    expect(raw).toContain('[redacted] ok');
    expect(raw).not.toContain(KEY.slice(0, 12));
    expect(raw).not.toContain(KEY.slice(-12, -2));
  });

  it.each([false, true])('nor in the probabilities of its tokens, stream: %s', async (stream) => {
    const told = messageItem('Well said.');
    const [part] = told.content as [object];
    const tokens = cut(`It is ${KEY}.`, 4).map((token) => ({ token, logprob: -0.1, top_logprobs: [] }));
    const item = { ...told, content: [{ ...part, logprobs: tokens }] };
    let half = 0;
    const events = eventsOfItem(item, 0).map((event) => {
      if (!event.type.endsWith('.delta')) return event;
      half += 1;
      return { ...event, logprobs: half === 1 ? tokens.slice(0, 5) : tokens.slice(5) };
    });
    const gateway = await startWith(
      stream ? eventStream([...beginning(), ...events, ending([item])]) : responseOf([item]),
    );
    const reply = await fetch(`${gateway.url}/v1/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'openai/gpt-5.6-sol', input: 'hi', stream }),
    });
    const raw = await reply.text();
    expect(raw).toContain('Well said.');
    const spelt = [...raw.matchAll(/"token":"([^"]*)"/g)].map(([, token]) => token).join('');
    expect(spelt).not.toContain(KEY.slice(8, 16));
    expect(raw).toContain('"logprobs":[]');
  });

  it('what only began like one is told with the item that it ends', async () => {
    const text = 'Their keys begin with sk-proj-';
    const events = readEvents(await ask(messageItem(text), 'responses', { input: 'hi' }));
    const deltas = events.filter(({ type }) => type === 'response.output_text.delta');
    expect(deltas.map(({ delta }) => delta).join('')).toBe(text);
    const [end] = events.slice(-1) as unknown as [{ response: { output: unknown } }];
    expect(end.response.output).toEqual([messageItem(text)]);
  });
});

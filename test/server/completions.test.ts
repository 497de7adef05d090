/** The doors for text completions, as editors and OpenAI's own package use them. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { attemptsOf, postJson, readAnswer, startBareGateway } from '../helpers/gateway.ts';
import { type RawReply, startRawUpstream } from '../helpers/raw-upstream.ts';

const PREFIX = 'def add(a, b):\n    ';
const SUFFIX = '\n\nprint(add(1, 2))\n';
const USAGE = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 };

const json = (body: object, rest: Partial<RawReply> = {}): RawReply => ({
  body: JSON.stringify(body),
  ...rest,
});
const text = (value: string, more: object = {}): RawReply =>
  json({
    id: 'cmpl-1',
    object: 'text_completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, text: value, finish_reason: 'stop', logprobs: null, ...more }],
    usage: USAGE,
  });
const chat = (content: string): RawReply =>
  json({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: USAGE,
  });
const events = (...data: readonly (object | string)[]): RawReply => ({
  headers: { 'content-type': 'text/event-stream' },
  body: data.map((one) => `data: ${typeof one === 'string' ? one : JSON.stringify(one)}\n\n`).join(''),
  pieces: 40,
});
const piece = (value: string, finish: string | null = null) => ({
  id: 'cmpl-1',
  object: 'text_completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, text: value, finish_reason: finish, logprobs: null }],
});
const delta = (content: string, finish: string | null = null) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta: { content }, finish_reason: finish }],
});

/** Every provider is at one raw upstream, each under its own name; a failure goes to nobody else. */
async function gatewayWith(replies: readonly RawReply[], settings: Record<string, string> = {}) {
  const upstream = await startRawUpstream(...replies);
  const names = [
    'OPENAI',
    'TOGETHER',
    'ANTHROPIC',
    'MISTRAL',
    'DEEPSEEK',
    'FIREWORKS',
    'OLLAMA',
    'VLLM',
    'CEREBRAS',
    'GROQ',
  ];
  const environment = Object.fromEntries(
    names.flatMap((name) => [
      [`${name}_API_KEY`, 'key'],
      [`${name}_BASE_URL`, `${upstream.url}/${name.toLowerCase()}/v1`],
    ]),
  );
  const gateway = await startBareGateway({ ...environment, RETRIES: '0', ...settings });
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'any', maxRetries: 0 });
  return { ...gateway, upstream, client };
}

const fim = (url: string, body: object, headers = {}) => postJson(`${url}/v1/fim/completions`, body, headers);

describe('completions.create of the openai package', () => {
  it('is given the text, whole', async () => {
    const { client, upstream } = await gatewayWith([text('return a + b')]);
    const completion = await client.completions.create({ model: 'vllm/base', prompt: 'def add(a, b):' });
    expect(completion).toMatchObject({
      id: 'cmpl-1',
      object: 'text_completion',
      choices: [{ index: 0, text: 'return a + b', finish_reason: 'stop', logprobs: null }],
      usage: USAGE,
    });
    expect(upstream.requests[0]).toMatchObject({
      path: '/vllm/v1/completions',
      // OpenAI's number where the caller says nothing. No guardrail, no message: the prompt is the text.
      body: { model: 'base', prompt: 'def add(a, b):', max_tokens: 16, stream: false },
    });
    expect(upstream.requests[0]!.body).not.toHaveProperty('messages');
  });

  it('is given the text as it arrives, and the usage where it asks for it', async () => {
    const { client } = await gatewayWith([
      events(
        piece('return a'),
        piece(' + b'),
        piece('', 'stop'),
        { ...piece(''), choices: [], usage: USAGE },
        '[DONE]',
      ),
    ]);
    const stream = await client.completions.create({
      model: 'vllm/base',
      prompt: 'def add(a, b):',
      echo: true,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.map(({ choices }) => choices[0]?.text ?? '').join('')).toBe('def add(a, b):return a + b');
    expect(chunks.at(-2)!.choices[0]!.finish_reason).toBe('stop');
    expect(chunks.at(-1)).toMatchObject({ object: 'text_completion', choices: [], usage: USAGE });
  });

  it('several prompts and choices are several calls, each choice at its place', async () => {
    const { client, upstream } = await gatewayWith([text('x')]);
    const completion = await client.completions.create({
      model: 'cerebras/base',
      prompt: ['one', 'two'],
      n: 2,
      echo: true,
    });
    expect(completion.choices.map(({ index, text: given }) => [index, given])).toEqual([
      [0, 'onex'],
      [1, 'onex'],
      [2, 'twox'],
      [3, 'twox'],
    ]);
    expect(upstream.requests.map(({ body }) => body.prompt).sort()).toEqual(['one', 'one', 'two', 'two']);
    expect(completion.usage).toMatchObject({ prompt_tokens: 36, completion_tokens: 16 });
  });

  it('log probabilities have their old form', async () => {
    const old = {
      tokens: ['a', ' b'],
      token_logprobs: [-0.1, -0.2],
      top_logprobs: [{ a: -0.1 }, { ' b': -0.2 }],
      text_offset: [0, 1],
    };
    const { client, upstream } = await gatewayWith([text('a b', { logprobs: old })]);
    const completion = await client.completions.create({ model: 'vllm/base', prompt: 'x', logprobs: 1 });
    expect(completion.choices[0]!.logprobs).toEqual(old);
    expect(upstream.requests[0]!.body.logprobs).toBe(1);
  });

  it.each([
    [{ prompt: [1, 2, 3] }, 'prompt', 'token ids'],
    [{ prompt: [[1, 2], [3]] }, 'prompt', 'token ids'],
    [{}, 'prompt', 'required'],
    [{ prompt: '' }, 'prompt', 'must not be empty'],
    [{ prompt: [] }, 'prompt', 'at least 1'],
    [{ prompt: Array.from({ length: 33 }, () => 'x') }, 'prompt', 'at most 32'],
    [{ prompt: 'x', best_of: 3 }, 'best_of', 'not supported'],
    [{ prompt: 'x', echo: true, logprobs: 2 }, 'echo', 'not supported'],
    [{ prompt: 'x', max_tokens: 0 }, 'max_tokens', 'at least 1'],
    [{ prompt: 'x', max_completion_tokens: 5 }, 'max_completion_tokens', 'send `max_tokens`'],
    [{ prompt: 'x', messages: [{ role: 'user', content: 'x' }] }, 'messages', 'is for chats'],
    [{ prompt: ['x', 'y'], suffix: 'z' }, 'suffix', 'one prompt'],
    [{ prompt: 'x', sufix: 'z' }, 'sufix', 'did you mean `suffix`'],
    [{ prompt: 'x', model: 'no-such' }, 'model', 'no model or chain'],
  ])('%j is refused by the name of its field, and costs nothing', async (body, param, words) => {
    const { url, upstream } = await gatewayWith([text('x')]);
    const response = await postJson(`${url}/v1/completions`, { model: 'vllm/base', ...body });
    const { error } = (await response.json()) as { error: { message: string; param: string } };
    expect(response.status).toBe(param === 'model' ? 404 : 400);
    expect(error).toMatchObject({ param, message: expect.stringContaining(words) });
    expect(upstream.requests).toHaveLength(0);
  });
});

describe('fill in the middle', () => {
  it.each([
    ['mistral/codestral-latest', '/mistral/v1/fim/completions', { prompt: PREFIX, suffix: SUFFIX }],
    ['deepseek/deepseek-chat', '/deepseek/beta/completions', { prompt: PREFIX, suffix: SUFFIX }],
    ['openai/gpt-3.5-turbo-instruct', '/openai/v1/completions', { prompt: PREFIX, suffix: SUFFIX }],
    ['ollama/qwen2.5-coder', '/ollama/v1/completions', { prompt: PREFIX, suffix: SUFFIX }],
    [
      'vllm/bigcode/starcoder2-15b',
      '/vllm/v1/completions',
      { prompt: `<fim_prefix>${PREFIX}<fim_suffix>${SUFFIX}<fim_middle>` },
    ],
    [
      'fireworks/Qwen/Qwen2.5-Coder-7B',
      '/fireworks/v1/completions',
      { prompt: `<|fim_prefix|>${PREFIX}<|fim_suffix|>${SUFFIX}<|fim_middle|>` },
    ],
    [
      'together/codellama/CodeLlama-13b-Instruct-hf',
      '/together/v1/completions',
      { prompt: `<PRE> ${PREFIX} <SUF>${SUFFIX} <MID>`, stop: ['<EOT>'] },
    ],
    [
      'vllm/deepseek-ai/deepseek-coder-6.7b-base',
      '/vllm/v1/completions',
      { prompt: `<｜fim▁begin｜>${PREFIX}<｜fim▁hole｜>${SUFFIX}<｜fim▁end｜>` },
    ],
    [
      'vllm/google/codegemma-7b',
      '/vllm/v1/completions',
      { prompt: `<|fim_prefix|>${PREFIX}<|fim_suffix|>${SUFFIX}<|fim_middle|>` },
    ],
    [
      'vllm/mistralai/Codestral-22B-v0.1',
      '/vllm/v1/completions',
      { prompt: `[SUFFIX]${SUFFIX}[PREFIX]${PREFIX}` },
    ],
  ])('%s is asked in its own way', async (model, path, body) => {
    const { url, client, upstream } = await gatewayWith([text('return a + b')]);
    const ask = { model, prompt: PREFIX, suffix: SUFFIX, max_tokens: 40 };
    const old = await client.completions.create(ask);
    expect(old.choices[0]!.text).toBe('return a + b');
    const answer = (await (await fim(url, ask)).json()) as OpenAI.ChatCompletion;
    expect(answer).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { role: 'assistant', content: 'return a + b' }, finish_reason: 'stop' }],
    });
    expect(upstream.requests).toHaveLength(2);
    for (const request of upstream.requests) {
      expect(request.path).toBe(path);
      expect(request.body).toMatchObject({ ...body, max_tokens: 40 });
    }
  });

  it('a model that only chats is told to, and what it writes around the text is taken off', async () => {
    const { url, upstream } = await gatewayWith([chat(`\`\`\`python\n${PREFIX}return a + b${SUFFIX}\`\`\``)]);
    const response = await fim(url, {
      model: 'groq/some-chat',
      prompt: PREFIX,
      suffix: SUFFIX,
      stop: ['\n\n'],
    });
    const answer = (await response.json()) as OpenAI.ChatCompletion;
    expect(answer.choices[0]!.message.content).toBe('return a + b');
    const [request] = upstream.requests;
    expect(request!.path).toBe('/groq/v1/chat/completions');
    expect(request!.body).toMatchObject({
      messages: [{ role: 'system' }, { role: 'user' }],
      max_tokens: 256,
    });
    expect(JSON.stringify(request!.body)).not.toContain('Only respond to questions about code');
    // A stop sequence may stand in what is taken off, so it is looked for here.
    expect(request!.body).not.toHaveProperty('stop');
  });

  it('the same as a stream, which ends where the text is complete', async () => {
    const pieces = ['```py', 'thon\nreturn ', 'a + b\n', 'print', '(add(1, 2))', '\n```', '\nThis adds'];
    const { url } = await gatewayWith([
      events(...pieces.map((one) => delta(one)), delta('', 'stop'), '[DONE]'),
    ]);
    const response = await fim(url, {
      model: 'groq/some-chat',
      prompt: PREFIX,
      suffix: SUFFIX,
      stream: true,
    });
    const chunks = readEvents(await response.text());
    expect(chunks.map(({ choices }) => choices[0]!.delta.content).join('')).toBe('return a + b');
    // As at Mistral's, the last chunk has the reason and the usage.
    expect(chunks.at(-1)).toMatchObject({ choices: [{ finish_reason: 'stop' }], usage: expect.anything() });
  });

  it('a prompt that an editor has put into control tokens is understood by models that have none', async () => {
    const prompt = `<|fim_prefix|>${PREFIX}<|fim_suffix|>${SUFFIX}<|fim_middle|>`;
    const { client, upstream } = await gatewayWith([chat('return a + b')]);
    await client.completions.create({ model: 'groq/some-chat', prompt, max_tokens: 40 });
    expect(upstream.requests[0]!.body.messages).toMatchObject([
      {},
      { content: `${PREFIX}<<<GAP>>>${SUFFIX}` },
    ]);
  });

  it('a server without the endpoint is asked for it once, and chats from then on', async () => {
    const missing = { status: 404, body: '{"detail":"Not Found"}' };
    const { client, upstream } = await gatewayWith([missing, chat('return a + b'), chat('return b')]);
    const ask = { model: 'vllm/starcoder2', prompt: PREFIX, suffix: SUFFIX };
    expect((await client.completions.create(ask)).choices[0]!.text).toBe('return a + b');
    expect((await client.completions.create({ ...ask, max_tokens: 9 })).choices[0]!.text).toBe('return b');
    expect(upstream.requests.map(({ path }) => path)).toEqual([
      '/vllm/v1/completions',
      '/vllm/v1/chat/completions',
      '/vllm/v1/chat/completions',
    ]);
  });

  it('nothing is an answer: there may be nothing to fill in', async () => {
    const { client } = await gatewayWith([text('')]);
    const completion = await client.completions.create({
      model: 'vllm/starcoder2',
      prompt: 'a',
      suffix: 'b',
    });
    expect(completion.choices[0]).toMatchObject({ text: '', finish_reason: 'stop' });
  });

  it('what a chat cannot be told is named', async () => {
    const { url } = await gatewayWith([chat('b')]);
    const body = { model: 'groq/some-chat', prompt: 'a', logit_bias: { 50256: -100 } };
    const response = await postJson(`${url}/v1/completions`, body);
    expect(response.headers.get('x-dropped-params')).toBe('logit_bias');
    expect((await postJson(`${url}/v1/completions`, { ...body, strict_params: true })).status).toBe(400);
    expect(
      (await postJson(`${url}/v1/completions`, { model: body.model, prompt: 'a', logprobs: 2 })).status,
    ).toBe(400);
  });

  it('a reasoning model is told not to think about it', async () => {
    const { client, upstream } = await gatewayWith([chat('return a + b')]);
    await client.completions.create({ model: 'openai/gpt-5.6-sol', prompt: PREFIX, suffix: SUFFIX });
    expect(upstream.requests[0]!.body).toMatchObject({ reasoning_effort: 'none', max_completion_tokens: 16 });
  });
});

describe('faults', () => {
  const CHAIN = `
models:
  first: { provider: vllm, model: starcoder2 }
  second: { provider: groq, model: some-chat }
chains:
  fim: [first, second]
`;
  const chained = (...replies: RawReply[]) => {
    const file = join(mkdtempSync(join(tmpdir(), 'completions-')), 'models.yaml');
    writeFileSync(file, CHAIN);
    return gatewayWith(replies, { CONFIG_FILE: file, ADMIN_KEY: 'the-administrators-own-key' });
  };
  const ADMIN = { authorization: 'Bearer the-administrators-own-key' };
  const ask = { model: 'fim', prompt: PREFIX, suffix: SUFFIX, max_tokens: 40 };

  it.each([
    [
      '429',
      { status: 429, body: '{"error":{"message":"slow down"}}', headers: { 'retry-after': '60' } },
      'upstream_rate_limited 429',
    ],
    ['500', { status: 500, body: '{}' }, 'upstream_unavailable 500'],
    ['a page', { body: '<html>busy</html>' }, 'upstream_malformed 200'],
    [
      'a cut reply',
      { body: '{"id":', ending: 'cut', headers: { 'content-length': '99' } },
      'upstream_unavailable',
    ],
    [
      'no end',
      json({
        id: 'c',
        object: 'text_completion',
        created: 1,
        model: 'm',
        choices: [{ index: 0, text: 'ret', finish_reason: null }],
      }),
      'upstream_malformed',
    ],
  ] as const)('%s: the next model fills the gap in its own way', async (_what, fault, kind) => {
    const { url, upstream } = await chained(fault, chat('return a + b'));
    const answer = await readAnswer(await fim(url, ask, ADMIN));
    expect([answer.status, answer.text]).toEqual([200, 'return a + b']);
    const [first, second] = attemptsOf(answer);
    expect(first).toContain(kind.split(' ')[0]);
    expect(second).toBe('groq ok 200');
    expect(upstream.requests.map(({ path }) => path)).toEqual([
      '/vllm/v1/completions',
      '/groq/v1/chat/completions',
    ]);
  });

  it('a stream that breaks is continued: the next model is given what there is already', async () => {
    const cut = { ...events(piece('return a'), piece(' + ')), ending: 'cut' as const };
    const rest = events(delta('b'), delta('', 'stop'), '[DONE]');
    const { url, upstream } = await chained(cut, rest);
    const raw = await (await fim(url, { ...ask, stream: true }, ADMIN)).text();
    expect(
      readEvents(raw)
        .map(({ choices }) => choices[0]!.delta.content)
        .join(''),
    ).toBe('return a + b');
    expect(raw).toContain('[DONE]');
    expect(upstream.requests[1]!.body.messages).toMatchObject([
      {},
      { content: `${PREFIX}return a + <<<GAP>>>${SUFFIX}` },
    ]);
  });

  it('a stream that nobody can continue ends in an error, and without [DONE]', async () => {
    const cut = { ...events(piece('return a'), piece(' + ')), ending: 'cut' as const };
    const { client } = await gatewayWith([cut, { status: 500, body: '{}' }]);
    const stream = await client.completions.create({ model: 'vllm/base', prompt: 'x', stream: true });
    const read = async () => {
      for await (const _chunk of stream);
    };
    await expect(read()).rejects.toThrow();
  });

  it('refusals are those of the provider, and cool nothing down', async () => {
    const refusal = json(
      {
        error: {
          message: 'This model does not support logprobs',
          type: 'invalid_request_error',
          param: 'logprobs',
        },
      },
      { status: 400 },
    );
    const { url } = await gatewayWith([refusal, text('fine')]);
    const body = { model: 'vllm/base', prompt: 'x' };
    const refused = await readAnswer(await postJson(`${url}/v1/completions`, { ...body, logprobs: 2 }));
    expect([refused.status, refused.body.error.message]).toEqual([
      400,
      expect.stringContaining('does not support logprobs'),
    ]);
    expect((await postJson(`${url}/v1/completions`, body)).status).toBe(200);
  });
});

describe('the guardrail prompt', () => {
  it('is not at these doors, unless they are named; then every model is asked by a chat', async () => {
    const { client, upstream } = await gatewayWith([chat('return a + b')], {
      GUARDRAIL_DOORS: 'completions',
    });
    const completion = await client.completions.create({
      model: 'vllm/starcoder2',
      prompt: PREFIX,
      suffix: SUFFIX,
    });
    expect(completion.choices[0]!.text).toBe('return a + b');
    expect(upstream.requests[0]).toMatchObject({
      path: '/vllm/v1/chat/completions',
      body: {
        messages: [
          { role: 'system', content: expect.stringContaining('Only respond to questions about code') },
          {},
        ],
      },
    });
  });
});

describe('a newer request of the same place', () => {
  const ask = { model: 'vllm/starcoder2', prompt: PREFIX, suffix: SUFFIX, max_tokens: 40 };
  const hanging = { ...text('return a + b'), ending: 'hang' as const, headers: { 'content-length': '9999' } };

  it('ends the older, upstream too, and says so', async () => {
    const { url, upstream } = await gatewayWith([hanging, text('b')]);
    const older = fim(url, ask);
    await eventually(() => expect(upstream.requests).toHaveLength(1));
    const newer = await fim(url, { ...ask, prompt: `${PREFIX}return a + ` });
    expect(newer.status).toBe(200);
    const ended = await older;
    expect(ended.status).toBe(499);
    expect(await ended.json()).toMatchObject({ error: { code: 'superseded' } });
    await upstream.requests[0]!.closed;
  });

  it('ends the very same, unless both may share one call', async () => {
    const { url, upstream } = await gatewayWith([hanging, text('b')]);
    const older = fim(url, ask, { 'cache-control': 'no-store' });
    await eventually(() => expect(upstream.requests).toHaveLength(1));
    expect((await fim(url, ask, { 'cache-control': 'no-store' })).status).toBe(200);
    expect((await older).status).toBe(499);
  });

  it('has the place that the older gave back', async () => {
    const admin = { authorization: 'Bearer the-administrators-own-key' };
    const { url, upstream } = await gatewayWith([hanging, text('b')], {
      ADMIN_KEY: 'the-administrators-own-key',
    });
    const made = await postJson(`${url}/keys`, { alias: 'editor', max_concurrency: 1 }, admin);
    const key = { authorization: `Bearer ${((await made.json()) as { key: string }).key}` };
    const older = fim(url, ask, key);
    await eventually(() => expect(upstream.requests).toHaveLength(1));
    expect((await fim(url, { ...ask, prompt: `${PREFIX}return` }, key)).status).toBe(200);
    const ended = await older;
    const receipt = await fetch(`${url}/requests/${ended.headers.get('x-request-id')}`, { headers: admin });
    expect(await receipt.json()).toMatchObject({
      door: 'fim',
      client: 'closed',
      error: { kind: 'client_closed' },
      // Its provider had read the question, and may charge for that.
      usage: { input: expect.any(Number), estimated: true },
    });
  });

  it('ends a stream by an error and without [DONE]', async () => {
    const open = { ...events(piece('ret'), piece('urn')), ending: 'hang' as const };
    const { url, upstream } = await gatewayWith([open, text('b')]);
    const older = await fim(url, { ...ask, stream: true });
    await eventually(() => expect(upstream.requests).toHaveLength(1));
    await fim(url, { ...ask, prompt: `${PREFIX}re` });
    const told = await older.text();
    expect(told).toContain('"superseded"');
    expect(told).not.toContain('[DONE]');
    await upstream.requests[0]!.closed;
  });

  it.each([
    [
      'of another place',
      { prompt: `${PREFIX.repeat(3)}\nclass Other:\n    `, suffix: '\n\ndef other():\n    pass' },
      {},
    ],
    ['of another user', { prompt: `${PREFIX}r` }, { 'x-user': 'somebody else' }],
    ['for another model', { prompt: `${PREFIX}r`, model: 'vllm/starcoder' }, {}],
  ])('but not one %s', async (_what, other, headers) => {
    const { url, upstream } = await gatewayWith([hanging, text('b')]);
    const leave = new AbortController();
    const older = postJson(`${url}/v1/fim/completions`, ask, {}, leave.signal).then(
      () => 'ended',
      () => 'left',
    );
    await eventually(() => expect(upstream.requests).toHaveLength(1));
    expect((await fim(url, { ...ask, ...other }, headers)).status).toBe(200);
    expect(await Promise.race([older, sleep(200, 'still open')])).toBe('still open');
    leave.abort();
    await older;
  });
});

function readEvents(raw: string): OpenAI.ChatCompletionChunk[] {
  return raw
    .split('\n\n')
    .filter((event) => event.startsWith('data: {'))
    .map((event) => JSON.parse(event.slice(6)) as OpenAI.ChatCompletionChunk);
}

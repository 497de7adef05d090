/** The Messages door over Anthropic: what nobody here knows goes through, in both directions. */
import Anthropic from '@anthropic-ai/sdk';
import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/environment.ts';
import { postJson, startBareGateway } from '../helpers/gateway.ts';
import { type RawReply, startRawUpstream } from '../helpers/raw-upstream.ts';
import { callDeltas, streamOf } from '../helpers/two-upstreams.ts';

const MODEL = 'anthropic/claude-sonnet-5-5';
const READ = {
  name: 'read_file',
  input_schema: { type: 'object', properties: { path: { type: 'string' } } },
};
const THOUGHT = { type: 'thinking', thinking: 'Let me look.', signature: 'c2lnbmVk+/==' };
const ASK = { model: MODEL, max_tokens: 200, messages: [{ role: 'user', content: 'read a.ts' }] };
const USAGE = { input_tokens: 3, output_tokens: 2 };
const ROUND = [
  { role: 'user', content: 'read a.ts' },
  {
    role: 'assistant',
    content: [THOUGHT, { type: 'tool_use', id: 'toolu_1', name: 'read_file', input: { path: 'a.ts' } }],
  },
  { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'let a' }] },
];

type Event = Record<string, unknown> & { type: string };

function events(...list: readonly Event[]): RawReply {
  const body = list.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
  return { headers: { 'content-type': 'text/event-stream' }, body };
}
const START = {
  type: 'message_start',
  message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude', content: [], usage: USAGE },
};
const STOP = [
  { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: USAGE },
  { type: 'message_stop' },
];
const block = (index: number, start: object, ...deltas: readonly object[]): Event[] => [
  { type: 'content_block_start', index, content_block: start },
  ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
  { type: 'content_block_stop', index },
];
const said = (index: number, text: string) =>
  block(index, { type: 'text', text: '' }, { type: 'text_delta', text });

function message(content: readonly object[], rest: object = {}): RawReply {
  const whole = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude', content };
  return {
    body: JSON.stringify({ ...whole, stop_reason: 'end_turn', stop_sequence: null, usage: USAGE, ...rest }),
  };
}
const FINE = message([{ type: 'text', text: 'ok' }]);

async function start(replies: readonly RawReply[], environment: Environment = {}) {
  const upstream = await startRawUpstream(...replies);
  const gateway = await startBareGateway({
    ANTHROPIC_API_KEY: 'key-of-anthropic',
    ANTHROPIC_BASE_URL: upstream.url,
    RETRIES: '0',
    ...environment,
  });
  const ask = (body: object = {}, headers = {}) =>
    postJson(`${gateway.url}/v1/messages`, { ...ASK, ...body }, headers);
  return { ...gateway, upstream, askMessages: ask };
}

function eventsOf(raw: string): Event[] {
  const found: Event[] = [];
  createParser({ onEvent: ({ data }) => void found.push(JSON.parse(data)) }).feed(raw);
  return found;
}

describe('the request goes as its caller wrote it', () => {
  it('with the model, and no other field, changed', async () => {
    const { askMessages, upstream } = await start([FINE]);
    const body = {
      system: [
        { type: 'text', text: 'x-anthropic-billing-header: cc_version=2;' },
        { type: 'text', text: 'Be brief.' },
      ],
      thinking: { type: 'adaptive', display: 'omitted' },
      context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
      output_config: { effort: 'high' },
      mcp_servers: [{ type: 'url', url: 'https://example.com', name: 'm' }],
      something_new: { a: [1, null] },
      tools: [
        { ...READ, cache_control: { type: 'ephemeral', ttl: '1h' }, defer_loading: true },
        { type: 'web_search_20250305', name: 'web_search', max_uses: 3 },
        { type: 'text_editor_20250728', name: 'str_replace_based_edit_tool' },
        { type: 'bash_20250124', name: 'bash' },
      ],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      metadata: { user_id: '{"session_id":"s"}' },
      messages: [
        ...ROUND.slice(0, 2),
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 'toolu_1',
              content: [{ type: 'tool_reference', tool_name: 'x' }],
            },
            {
              type: 'document',
              source: { type: 'text', media_type: 'text/plain', data: 'd' },
              citations: { enabled: true },
            },
            { type: 'kind_of_2027', of: 'content', cache_control: { type: 'ephemeral' } },
          ],
        },
        { role: 'system', content: 'Later.', output_config: { effort: 'medium' } },
      ],
    };
    const response = await askMessages(body, {
      'anthropic-beta': 'context-management-2025-06-27,new-2027-01-01',
      'anthropic-version': '2023-06-01',
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-dropped-params')).toBeNull();
    const [{ body: sent, headers }] = upstream.requests as [(typeof upstream.requests)[0]];
    expect(sent).toEqual({ ...ASK, ...body, model: 'claude-sonnet-5-5', stream: false });
    expect(headers['anthropic-beta']).toBe('context-management-2025-06-27,new-2027-01-01');
    expect(headers['anthropic-version']).toBe('2023-06-01');
    expect(headers['x-api-key']).toBe('key-of-anthropic');
  });

  it('the guardrail stands first where it is wanted at this door, the caller’s own system prompt behind it', async () => {
    const settings = { GUARDRAIL_DOORS: 'all', GUARDRAIL_PROMPT: 'Only code.' };
    const { askMessages, upstream } = await start([FINE], settings);
    await askMessages({ system: 'Be brief.' });
    await askMessages({
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
    });
    await askMessages();
    expect(upstream.requests.map(({ body }) => body.system)).toEqual([
      [
        { type: 'text', text: 'Only code.' },
        { type: 'text', text: 'Be brief.' },
      ],
      [
        { type: 'text', text: 'Only code.' },
        { type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } },
      ],
      [{ type: 'text', text: 'Only code.' }],
    ]);
  });

  it('a cap above the model’s, and what this model refuses, are put right and named', async () => {
    const { askMessages, upstream } = await start([FINE]);
    const response = await askMessages({ max_tokens: 9_000_000, temperature: 0.2, api_key: 'sk-other' });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-dropped-params')).toMatch(/api_key, temperature, max_tokens>\d+/);
    expect(upstream.requests[0]!.body).not.toHaveProperty('temperature');
    expect(upstream.requests[0]!.text).not.toContain('sk-other');
  });

  it('ids and thinking of other providers in the history are put right', async () => {
    const { askMessages, upstream } = await start([FINE]);
    const foreign = [
      ROUND[0],
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Another model thought.', signature: '' },
          { type: 'tool_use', id: 'functions.read:0', name: 'read_file', input: {} },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'functions.read:0', content: 'x' }] },
    ];
    await askMessages({
      messages: foreign,
      tools: [READ],
      thinking: { type: 'enabled', budget_tokens: 1_024 },
      max_tokens: 4_096,
    });
    const { messages, thinking } = upstream.requests[0]!.body as {
      messages: { content: { id?: string; tool_use_id?: string }[] }[];
      thinking?: unknown;
    };
    expect(messages[1]!.content).toHaveLength(1);
    expect(messages[1]!.content[0]!.id).toMatch(/^[\w-]+$/);
    expect(messages[2]!.content[0]!.tool_use_id).toBe(messages[1]!.content[0]!.id);
    // A round of tools without its thoughts is a 400 with thinking.
    expect(thinking).toBeUndefined();
  });

  it('the same history gives the same bytes, with a guardrail and whatever is in it', {
    timeout: 300_000,
  }, async () => {
    const { askMessages, upstream } = await start([FINE], { GUARDRAIL_DOORS: 'all' });
    const anyBlock = fc.oneof(
      fc.record({ type: fc.constant('text'), text: fc.string({ unit: 'binary' }) }),
      fc.record({
        type: fc.constantFrom('thinking', 'redacted_thinking'),
        thinking: fc.string(),
        signature: fc.constantFrom('', 'YWJj'),
        data: fc.string(),
      }),
      fc.record({
        type: fc.constant('tool_use'),
        id: fc.constantFrom('toolu_1', 'functions.x:0', 'a b'),
        name: fc.constant('read_file'),
        input: fc.object(),
      }),
      fc.record({
        type: fc.constant('kind_of_2027'),
        cache_control: fc.constant({ type: 'ephemeral' }),
        x: fc.jsonValue(),
      }),
    );
    const turns = fc.array(
      fc.record({
        role: fc.constantFrom('user', 'assistant', 'system'),
        content: fc.array(anyBlock, { minLength: 1, maxLength: 4 }),
      }),
      { minLength: 1, maxLength: 6 },
    );
    for (const history of fc.sample(turns, 60)) {
      const before = upstream.requests.length;
      const longer = [...history, { role: 'user', content: 'go on' }];
      for (const messages of [history, history, longer]) await askMessages({ messages, tools: [READ] });
      const [first, second, third] = upstream.requests.slice(before);
      expect(second!.text).toBe(first!.text);
      const prefix = JSON.stringify(first!.body.messages).slice(1, -1);
      expect(JSON.stringify(third!.body.messages).slice(1)).toSatisfy((text: string) =>
        text.startsWith(prefix),
      );
    }
  });
});

it.each(['ASCII', 'Umläute'])(
  'a long request after a byte order mark goes on without it: %s',
  async (word) => {
    const { url, upstream } = await start([FINE]);
    const messages = [{ role: 'user', content: word.repeat(2_000) }];
    const body = `\ufeff${JSON.stringify({ ...ASK, messages })}`;
    const response = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(response.status).toBe(200);
    expect(upstream.requests[0]!.body.messages).toEqual(messages);
  },
);

describe('the answer comes back as it came', () => {
  it('whole: every block, citation and fact', async () => {
    const content = [
      THOUGHT,
      { type: 'redacted_thinking', data: 'cmVk' },
      { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } },
      {
        type: 'web_search_tool_result',
        tool_use_id: 'srvtoolu_1',
        content: [{ type: 'web_search_result', url: 'u' }],
      },
      { type: 'text', text: 'It is.', citations: [{ type: 'web_search_result_location', url: 'u' }] },
      { type: 'kind_of_2027', of: ['block'] },
    ];
    const reply = message(content, { stop_details: { why: 'x' }, context_management: { applied_edits: [] } });
    const { askMessages, upstream } = await start([reply]);
    for (let turn = 0; turn < 2; turn++) expect(await (await askMessages()).text()).toBe(reply.body);
    // A stored answer would have lost the half of it.
    expect(upstream.requests).toHaveLength(2);
  });

  it('streamed: known and unknown events, blocks and deltas, in their order', async () => {
    const list: Event[] = [
      { ...START, message: { ...START.message, container: { id: 'c' } } },
      { type: 'ping' },
      ...block(
        0,
        { type: 'thinking', thinking: '', signature: '' },
        { type: 'thinking_delta', thinking: 'hm', estimated_tokens: 3 },
        { type: 'signature_delta', signature: 'YWJj' },
      ),
      ...block(
        1,
        { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
        { type: 'input_json_delta', partial_json: '{"q":1}' },
      ),
      ...block(2, { type: 'kind_of_2027' }, { type: 'delta_of_2027', x: 1 }),
      { type: 'event_of_2027', index: 2 },
      ...block(
        3,
        { type: 'text', text: '' },
        { type: 'text_delta', text: 'It is.' },
        { type: 'citations_delta', citation: { url: 'u' } },
      ),
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn', stop_sequence: null, stop_details: { a: 1 } },
        usage: { ...USAGE, server_tool_use: { web_search_requests: 1 } },
        context_management: {},
      },
      { type: 'message_stop', more: 1 },
    ];
    const { askMessages } = await start([events(...list)]);
    const raw = await (await askMessages({ stream: true })).text();
    expect(eventsOf(raw)).toEqual(list);
  });

  it('an answer of nothing but what nobody here knows is an answer', async () => {
    const { askMessages } = await start([events(START, ...block(0, { type: 'kind_of_2027' }), ...STOP)], {});
    expect(eventsOf(await (await askMessages({ stream: true })).text()).at(-1)).toEqual({
      type: 'message_stop',
    });
  });

  it('usage that is none is counted here, and blocks are numbered as every client counts them', async () => {
    const list = [
      { type: 'message_start', message: { ...START.message, usage: null } },
      ...said(7, 'Hello.'),
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 'many' } },
      { type: 'message_stop' },
    ];
    const { url } = await start([events(...list)]);
    const client = new Anthropic({ baseURL: url, apiKey: 'any', maxRetries: 0 });
    const final = await client.messages.stream(ASK as Anthropic.MessageStreamParams).finalMessage();
    expect(final.content).toMatchObject([{ type: 'text', text: 'Hello.' }]);
    expect(final.usage.output_tokens).toBeGreaterThan(0);
  });

  it('a late count that is lower than an earlier one is told as the earlier', async () => {
    const usage = { input_tokens: 1_200, cache_read_input_tokens: 300, output_tokens: 1 };
    const late = { input_tokens: 0, cache_read_input_tokens: null, output_tokens: 15, of_2027: 1 };
    const list = [
      { type: 'message_start', message: { ...START.message, usage } },
      ...said(0, 'Hello.'),
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: late },
      { type: 'message_stop' },
    ];
    const { askMessages } = await start([events(...list)]);
    const told = eventsOf(await (await askMessages({ stream: true })).text());
    expect(told.at(-2)).toEqual({
      ...list.at(-2),
      usage: { ...late, input_tokens: 1_200, cache_read_input_tokens: 300 },
    });
  });

  it('our key is not told, wherever the provider puts it', async () => {
    const leak = { type: 'kind_of_2027', of: 'key-of-anthropic' };
    const { askMessages } = await start([message([leak]), events(START, ...block(0, leak), ...STOP)]);
    for (const stream of [false, true]) {
      const raw = await (await askMessages({ stream })).text();
      expect(raw).toContain('[redacted]');
      expect(raw).not.toContain('key-of-anthropic');
    }
  });
});

describe('where another has to take over', () => {
  const OTHER = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
  const overloaded: RawReply = { status: 529, body: JSON.stringify(OTHER) };

  async function startChain(first: RawReply, second: RawReply, models: readonly [string, string]) {
    const upstream = await startRawUpstream(first);
    const backup = await startRawUpstream(second);
    const [one, two] = models.map((model) => {
      const [provider, name] = model.split('/');
      return { provider: provider!, name: name! };
    });
    const { mkdtemp, writeFile } = await import('node:fs/promises');
    const folder = await mkdtemp('/tmp/chain-');
    const file = `${folder}/config.yaml`;
    const entry = ({ provider, name }: { provider: string; name: string }, url: string) =>
      `{provider: ${provider}, model: ${name}, api_key: key-of-${provider}, base_url: "${url}${provider === 'anthropic' ? '' : '/v1'}"}`;
    await writeFile(
      file,
      `models:\n  one: ${entry(one!, upstream.url)}\n  two: ${entry(two!, backup.url)}\nchains:\n  agent: [one, two]\n`,
    );
    const gateway = await startBareGateway({ CONFIG_FILE: file, RETRIES: '0' });
    const ask = (body: object) => postJson(`${gateway.url}/v1/messages`, { ...ASK, model: 'agent', ...body });
    return { upstream, backup, ask };
  }

  it('another model of Anthropic’s gets the conversation without the thinking that is bound to the first', async () => {
    const answer = events(
      START,
      ...block(
        0,
        { type: 'thinking', thinking: '', signature: '' },
        { type: 'thinking_delta', thinking: 'hm' },
        { type: 'signature_delta', signature: 'Ym91bmQ=' },
      ),
      ...said(1, 'ok'),
      ...STOP,
    );
    const { ask, backup } = await startChain(overloaded, answer, [
      'anthropic/claude-opus-5-5',
      'anthropic/claude-sonnet-5-5',
    ]);
    const response = await ask({
      messages: ROUND,
      tools: [READ],
      thinking: { type: 'adaptive' },
      stream: true,
      keep: 'me',
    });
    expect(backup.requests[0]!.body).toMatchObject({ keep: 'me', thinking: { type: 'adaptive' } });
    expect(backup.requests[0]!.text).not.toContain('c2lnbmVk');
    // What it thinks now is bound to a conversation that the caller has not: it comes without a signature.
    const raw = await response.text();
    expect(raw).toContain('"thinking":"hm"');
    expect(raw).not.toContain('Ym91bmQ=');
  });

  it('the same model elsewhere gets the very same conversation', async () => {
    const { ask, upstream, backup } = await startChain(overloaded, FINE, [
      'anthropic/claude-opus-5-5',
      'anthropic/claude-opus-5-5',
    ]);
    await ask({ messages: ROUND, tools: [READ] });
    expect(backup.requests[0]!.text).toBe(upstream.requests[0]!.text);
  });

  it('another wire gets what it can carry, the rest is named, and the billing header stays behind', async () => {
    const { ask, backup } = await startChain(overloaded, streamOf([{ content: 'ok' }], 'stop'), [
      'anthropic/claude-opus-5-5',
      'fireworks/some-model',
    ]);
    const response = await ask({
      messages: ROUND,
      tools: [READ, { type: 'web_search_20250305', name: 'web_search' }],
      system: [
        { type: 'text', text: 'x-anthropic-billing-header: cc=1;' },
        { type: 'text', text: 'Be brief.' },
      ],
      thinking: { type: 'adaptive', display: 'omitted' },
      context_management: { edits: [] },
      output_config: { task_budget: { total: 9 } },
      metadata: { user_id: 'ada', newer: 1 },
      stream: true,
    });
    expect(response.headers.get('x-dropped-params')).toMatch(
      /tools \(web_search_20250305\).*context_management, thinking, output_config.task_budget, metadata.newer/,
    );
    expect(backup.requests[0]!.text).not.toMatch(/billing|c2lnbmVk/);
    expect(await response.text()).toContain('"text":"ok"');
  });

  it('a stream that breaks in its text is gone on with in the same block, a call that breaks is told whole', async () => {
    const broken = (...list: Event[]): RawReply => ({ ...events(START, ...list), ending: 'cut' });
    const inText = broken(...said(0, 'One two three four. ').slice(0, 2));
    const goOn = streamOf([{ content: 'Five six.' }], 'stop');
    const models = ['anthropic/claude-opus-5-5', 'fireworks/some-model'] as const;
    const first = await startChain(inText, goOn, models);
    const list = eventsOf(await (await first.ask({ stream: true })).text());
    expect(list.map(({ type }) => type)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    const call = { type: 'tool_use', id: 'toolu_1', name: 'read_file', input: {} };
    const inCall = broken(
      ...said(0, 'I look. '),
      ...block(1, call, { type: 'input_json_delta', partial_json: '{"pa' }).slice(0, 2),
    );
    const second = await startChain(inCall, streamOf(callDeltas(['{"path":"b"}'])), models);
    const told = eventsOf(await (await second.ask({ stream: true, tools: [READ] })).text());
    expect(told.filter(({ type }) => type === 'content_block_start')).toMatchObject([
      { index: 0, content_block: { type: 'text' } },
      { index: 1, content_block: { type: 'tool_use', name: 'read_file' } },
    ]);
    expect(told.at(-2)).toMatchObject({ delta: { stop_reason: 'tool_use' } });
  });

  it('a call that is held and holds comes as it came, in one piece', async () => {
    const call = {
      type: 'tool_use',
      id: 'toolu_1',
      name: 'read_file',
      input: {},
      caller: { type: 'direct' },
    };
    const pieces = ['{"pa', 'th":"a', '.ts"}'].map((piece) => ({
      type: 'input_json_delta',
      partial_json: piece,
    }));
    const end = [
      { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: USAGE },
      { type: 'message_stop' },
    ];
    const { ask } = await startChain(
      events(START, ...said(0, 'I look. '), ...block(1, call, ...pieces), ...end),
      FINE,
      ['anthropic/claude-opus-5-5', 'fireworks/some-model'],
    );
    const list = eventsOf(await (await ask({ stream: true, tools: [READ] })).text());
    expect(list).toEqual([
      START,
      ...said(0, 'I look. '),
      ...block(1, call, { type: 'input_json_delta', partial_json: '{"path":"a.ts"}' }),
      ...end,
    ]);
  });
});

describe('a key with a budget', () => {
  it.each([
    ['mcp_servers', { mcp_servers: [{ type: 'url' }] }],
    ['speed', { speed: 'fast' }],
    ['context_management.edits.0', { context_management: { edits: [{ type: 'compact_20260112' }] } }],
  ])('may not send %s, whose cost nobody knows', async (field, body) => {
    const { url, askMessages, upstream } = await start([FINE], { ADMIN_KEY: 'admin-key-of-the-test' });
    const created = await postJson(
      `${url}/keys`,
      { alias: 'k', budget_usd: 5 },
      { authorization: 'Bearer admin-key-of-the-test' },
    );
    const { key } = (await created.json()) as { key: string };
    const response = await askMessages(body, { 'x-api-key': key });
    expect(response.status).toBe(400);
    expect(((await response.json()) as { error: { message: string } }).error.message).toContain(field);
    const fine = await askMessages(
      { tools: [READ, { type: 'bash_20250124', name: 'bash' }] },
      { 'x-api-key': key },
    );
    expect(fine.status).toBe(200);
    expect(upstream.requests).toHaveLength(1);
  });
});

/** Histories as agents come to have them: no provider refuses one, at the Messages and at the Responses door. */
import { describe, expect, it } from 'vitest';
import { postJson } from '../helpers/gateway.ts';
import { type Json, listOf } from '../helpers/strict/rules.ts';
import { STRICT_TARGETS, strictGateway } from '../helpers/strict-gateway.ts';

const strict = strictGateway();

const LONG = `mcp__filesystem__${'read_one_of_the_many_files_'.repeat(3)}`;
const schema = { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] };
const said = (role: string, content: unknown) => ({ role, content });
const used = (id: string, name = 'read') => ({ type: 'tool_use', id, name, input: { path: id } });
const result = (id: string, content: unknown = 'found') => ({
  type: 'tool_result',
  tool_use_id: id,
  content,
});
const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } };
const read = { name: 'read', input_schema: schema };

const messages: Readonly<Record<string, Json>> = {
  'a turn of thinking alone': {
    messages: [
      said('user', 'hi'),
      said('assistant', [{ type: 'thinking', thinking: 'hm', signature: 'c2ln' }]),
      said('user', 'go on'),
    ],
  },
  'a tool that said nothing': {
    messages: [said('user', 'hi'), said('assistant', [used('a')]), said('user', [result('a', '')])],
    tools: [read],
  },
  'a tool result without content': {
    messages: [
      said('user', 'hi'),
      said('assistant', [used('a')]),
      said('user', [{ type: 'tool_result', tool_use_id: 'a' }]),
    ],
    tools: [read],
  },
  'pictures and a word between two results': {
    messages: [
      said('user', 'hi'),
      said('assistant', [used('a'), used('b')]),
      said('user', [result('a', [picture]), { type: 'text', text: 'and now?' }, result('b')]),
    ],
    tools: [read],
  },
  'a system turn between a call and its result': {
    messages: [
      said('user', 'hi'),
      said('assistant', [used('a')]),
      said('system', 'be brief'),
      said('user', [result('a')]),
    ],
    tools: [read],
  },
  'tools in the past and none now': {
    messages: [
      said('user', 'hi'),
      said('assistant', [used('a')]),
      said('user', [result('a')]),
      said('assistant', 'ok'),
      said('user', 'sum up'),
    ],
    tools: [],
  },
  'a search of the provider’s in the past': {
    messages: [
      said('user', 'hi'),
      said('assistant', [
        { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'x' } },
        { type: 'web_search_tool_result', tool_use_id: 's', content: [] },
        { type: 'text', text: 'found' },
      ]),
      said('user', 'go on'),
    ],
  },
  'the name of an MCP tool': {
    messages: [said('user', 'hi'), said('assistant', [used('a', LONG)]), said('user', [result('a')])],
    tools: [{ name: LONG, input_schema: schema }],
    tool_choice: { type: 'tool', name: LONG },
  },
};

const call = (id: string) => ({
  type: 'function_call',
  call_id: id,
  name: 'read',
  arguments: '{"path":"a"}',
});
const output = (id: string, content: unknown = 'found') => ({
  type: 'function_call_output',
  call_id: id,
  output: content,
});
const function_ = { type: 'function', name: 'read', parameters: schema };

const responses: Readonly<Record<string, Json>> = {
  'thinking whose answer was cut off': {
    input: [
      said('user', 'hi'),
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'hm' }] },
      said('user', 'go on'),
    ],
  },
  'thinking that is only referred to': {
    input: [said('user', 'hi'), { type: 'item_reference', id: 'rs_1' }, said('user', 'go on')],
  },
  'a picture as the result of the first of two calls': {
    input: [
      said('user', 'hi'),
      call('a'),
      call('b'),
      output('a', [{ type: 'input_image', image_url: 'data:image/png;base64,aGk=' }]),
      output('b'),
    ],
    tools: [function_],
  },
  'the local shell': {
    input: [
      said('user', 'hi'),
      {
        type: 'local_shell_call',
        call_id: 'a',
        status: 'completed',
        action: { type: 'exec', command: ['ls'], env: {} },
      },
      { type: 'local_shell_call_output', call_id: 'a', output: '{"output":"x"}' },
    ],
    tools: [{ type: 'local_shell' }],
  },
  'items of tools that only OpenAI runs': {
    input: [
      said('user', 'hi'),
      { type: 'web_search_call', id: 'ws_1', status: 'completed' },
      said('assistant', [{ type: 'output_text', text: 'yes', annotations: [] }]),
      said('user', 'go on'),
    ],
    tools: [{ type: 'web_search' }, function_],
    tool_choice: { type: 'web_search' },
  },
  'the name of an MCP tool in its namespace': {
    input: [said('user', 'hi'), { ...call('a'), name: LONG, namespace: 'mcp__files' }, output('a')],
    tools: [{ type: 'namespace', name: 'mcp__files', tools: [{ ...function_, name: LONG }] }],
  },
  'a tool without parameters': { input: 'hi', tools: [{ type: 'function', name: 'now', parameters: null }] },
};

describe.each(STRICT_TARGETS)('over %s', (target) => {
  it.each(Object.entries(messages))('%s, at the Messages door', async (_name, body) => {
    const given = { max_tokens: 100, ...body, model: `over-${target}` };
    const response = await postJson(`${strict.gateway.url}/v1/messages`, given);
    const answer = (await response.json()) as Json;
    expect({ status: response.status, wrong: strict.upstream.last?.violations, answer }).toMatchObject({
      status: 200,
      wrong: [],
    });
    const names = listOf(body.tools).map(({ name }) => name);
    for (const { name } of listOf(answer.content).filter(({ type }) => type === 'tool_use'))
      expect(names).toContain(name);
  });

  it.each(Object.entries(responses))('%s, at the Responses door', async (_name, body) => {
    const response = await postJson(`${strict.gateway.url}/v1/responses`, {
      ...body,
      model: `over-${target}`,
    });
    const answer = (await response.json()) as Json;
    expect({ status: response.status, wrong: strict.upstream.last?.violations, answer }).toMatchObject({
      status: 200,
      wrong: [],
    });
  });
});

it('a name that is too long for most comes back as it was, in a stream, too', async () => {
  const body = {
    max_tokens: 100,
    ...messages['the name of an MCP tool'],
    model: 'over-openai',
    stream: true,
  };
  const response = await postJson(`${strict.gateway.url}/v1/messages`, body);
  expect(await response.text()).toContain(`"name":"${LONG}"`);
  const [tool] = listOf(strict.upstream.last!.body.tools);
  expect((tool!.function as Json).name).toHaveLength(64);
});

describe('what was answered', () => {
  const ask = async (body: Json, key = 'one') =>
    postJson(`${strict.gateway.url}/v1/responses`, { model: 'over-openai', ...body }, { 'x-api-key': key });

  it.each([false, true])('may be referred to by its id (streamed: %s)', async (stream) => {
    const response = await ask({ input: 'hi', stream });
    const id = /"id":"(msg_[^"]+)"/.exec(await response.text())![1]!;
    const input = [said('user', 'hi'), { type: 'item_reference', id }, said('user', 'go on')];
    expect((await ask({ input })).status).toBe(200);
    expect(strict.upstream.last!.body.messages).toMatchObject([
      { role: 'user' },
      { role: 'assistant', content: 'Well.' },
      { role: 'user', content: 'go on' },
    ]);
  });

  it('is kept from other callers, and not kept where the caller says so', async () => {
    const refer = (id: unknown, key?: string) =>
      ask({ input: [said('user', 'hi'), { type: 'item_reference', id }] }, key);
    const kept = (await (await ask({ input: 'hi' })).json()) as Json;
    const { id } = listOf(kept.output)[0]!;
    expect((await refer(id, 'two')).status).toBe(400);
    const unkept = (await (await ask({ input: 'hi, store nothing', store: false })).json()) as Json;
    const refused = await refer(`${String(listOf(unkept.output)[0]!.id)}x`);
    expect(await refused.json()).toMatchObject({
      error: { param: 'input.1', message: expect.stringContaining('store: false') },
    });
  });
});

it('Claude Code finds the models its aliases lead to, however they are written', async () => {
  const headers = { 'anthropic-version': '2023-06-01' };
  const list = await (await fetch(`${strict.gateway.url}/v1/models?limit=1000`, { headers })).json();
  const ids = (list as { data: { id: string }[] }).data.map(({ id }) => id);
  // Not one entry more for each Claude of the catalogue: all of them lead to that chain here.
  const begun = ids.filter((id) => /^(?:claude|anthropic)/.test(id));
  expect(begun).toEqual(['claude-2', 'claude-default', 'claude-fast']);
  const found = await fetch(`${strict.gateway.url}/v1/models/claude-default`, { headers });
  expect(await found.json()).toMatchObject({ type: 'model', id: 'claude-default' });
});

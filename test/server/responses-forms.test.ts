/** Forms of /v1/responses that few clients use, and what is asked with them. */
import { expect, it } from 'vitest';
import { postJson } from '../helpers/gateway.ts';
import { strictGateway } from '../helpers/strict-gateway.ts';
import { startTwoUpstreams, streamOf } from '../helpers/two-upstreams.ts';

const strict = strictGateway();
const question = { model: 'first', input: [{ role: 'user', content: 'x' }], stream: true };

async function startAnswering() {
  return startTwoUpstreams({ first: [streamOf([{ content: 'ok' }], 'stop')], second: [] });
}

it('allowed tools are those that are offered', async () => {
  const { url, first } = await startAnswering();
  const tools = ['a', 'b'].map((name) => ({ type: 'function', name, parameters: { type: 'object' } }));
  const choice = { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'b' }] };
  await (await postJson(`${url}/v1/responses`, { ...question, tools, tool_choice: choice })).text();
  expect(first.requests[0]!.body).toMatchObject({
    tools: [{ function: { name: 'b' } }],
    tool_choice: 'required',
  });
});

it('a reference may be without its type: thinking that is not known is left out', async () => {
  const { url, first } = await startAnswering();
  const input = [...question.input, { id: 'rs_gone' }];
  await (await postJson(`${url}/v1/responses`, { ...question, input })).text();
  expect(first.requests[0]!.body).toMatchObject({ messages: [{ role: 'user', content: 'x' }] });
});

it('a prompt that is stored at OpenAI is refused: without it the question would be another', async () => {
  const { url, first } = await startAnswering();
  const reply = await postJson(`${url}/v1/responses`, { ...question, prompt: { id: 'pmpt_1' } });
  expect(reply.status).toBe(400);
  expect(await reply.json()).toMatchObject({ error: { param: 'prompt' } });
  expect(first.requests).toHaveLength(0);
});

it.each([
  ['instructions', { instructions: 7 }],
  ['temperature', { temperature: 'warm' }],
  ['reasoning.effort', { reasoning: { effort: 7 } }],
  ['tools.0.name', { tools: [{ type: 'function' }] }],
  [
    'tools.1.tools.0.name',
    { tools: [{ type: 'web_search' }, { type: 'namespace', name: 'n', tools: [{ type: 'custom' }] }] },
  ],
  ['input.0.call_id', { input: [{ type: 'function_call_output', output: 'x' }] }],
  ['input.0.name', { input: [{ type: 'function_call', call_id: 'c', arguments: '{}' }] }],
])('what nobody could answer without is asked for by its own name: %s', async (param, body) => {
  const { url, first } = await startAnswering();
  const reply = await postJson(`${url}/v1/responses`, { ...question, ...body });
  expect(reply.status).toBe(400);
  expect(await reply.json()).toMatchObject({
    error: { param, message: expect.stringContaining(`\`${param}\``) },
  });
  expect(first.requests).toHaveLength(0);
});

it('a field that a provider of the chat wire refuses has its name of this API', async () => {
  const error = {
    message: 'Too many.',
    type: 'invalid_request_error',
    param: 'messages[0].content',
    code: 'too_many',
  };
  const { url } = await startTwoUpstreams({
    first: [{ status: 400, body: JSON.stringify({ error }) }],
    second: [],
  });
  const reply = await postJson(`${url}/v1/responses`, { ...question, model: 'first' });
  expect(await reply.json()).toMatchObject({ error: { param: 'input', code: 'too_many' } });
});

it.each([
  ['openai', false],
  ['openai', true],
  ['anthropic', false],
  ['anthropic', true],
])(
  'over the chat wire or Anthropic, what it has no place for is named: %s, stream: %s',
  async (target, stream) => {
    const lost = { something_new: { a: 1 }, truncation: 'auto', store: true, max_tool_calls: 3 };
    const within = {
      top_logprobs: 3,
      reasoning: { effort: 'low', summary: 'auto' },
      text: { format: { type: 'grammar' }, newer: 1 },
      include: ['reasoning.encrypted_content', 'message.output_text.logprobs'],
      tool_choice: { type: 'web_search' },
    };
    const idle = { background: false, safety_identifier: null, 'no name of a header': 1 };
    const body = { model: `over-${target}`, input: 'x', stream, ...lost, ...within, ...idle };
    const reply = await postJson(`${strict.gateway.url}/v1/responses`, body);
    const names = reply.headers.get('x-dropped-params')!.split(', ');
    const ofDoor = [
      ...['something_new', 'truncation', 'store', 'max_tool_calls', 'top_logprobs', 'reasoning.summary'],
      ...['text.newer', 'text.format', 'include', 'tool_choice'],
    ];
    expect(names.slice(0, ofDoor.length)).toEqual(ofDoor);
    expect(await reply.text()).toContain('Well.');
    expect(strict.upstream.last?.violations).toEqual([]);
  },
);

it('what is done anyway is not named', async () => {
  const body = {
    model: 'over-openai',
    input: 'x',
    store: false,
    truncation: 'disabled',
    top_logprobs: 0,
    reasoning: { summary: null },
    text: { format: { type: 'text' } },
    include: ['reasoning.encrypted_content'],
    stream_options: { include_obfuscation: false },
    tool_choice: 'auto',
  };
  const reply = await postJson(`${strict.gateway.url}/v1/responses`, body);
  expect(reply.headers.get('x-dropped-params')).toBeNull();
});

it.each([
  ['reasoning.summary', { reasoning: { summary: 'auto' } }],
  ['max_tool_calls', { max_tool_calls: 3 }],
  ['tools (web_search)', { tools: [{ type: 'web_search' }] }],
])('%s is refused where all must count and it would be left out', async (param, field) => {
  const { url, first } = await startAnswering();
  const reply = await postJson(`${url}/v1/responses`, { ...question, ...field, strict_params: true });
  expect(reply.status).toBe(400);
  expect(await reply.json()).toMatchObject({
    error: { param, message: expect.stringContaining(`does not support ${param}`) },
  });
  expect(first.requests).toHaveLength(0);
  const explained = await postJson(`${url}/v1/explain?format=responses`, {
    ...question,
    ...field,
    strict_params: true,
  });
  expect(JSON.stringify(await explained.json())).toContain(`does not support ${param}`);
});

it("what OpenAI's two APIs name alike goes on to its chat wire", async () => {
  const shared = { safety_identifier: 'user-7', prompt_cache_retention: '24h', prompt_cache_key: 'k' };
  const body = { model: 'over-openai', input: 'x', ...shared };
  const reply = await postJson(`${strict.gateway.url}/v1/responses`, body);
  expect(reply.headers.get('x-dropped-params')).toBeNull();
  expect(strict.upstream.last?.body).toMatchObject(shared);
  expect(strict.upstream.last?.violations).toEqual([]);
});

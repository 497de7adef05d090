/** Agents with keys that have a budget: what they send with every request must not be refused for its price. */
import { expect, it } from 'vitest';
import { postJson, startGateway } from '../helpers/gateway.ts';

const ADMIN_KEY = 'the-administrators-own-key';

async function start(limits: object = {}) {
  const gateway = await startGateway({ ADMIN_KEY, RETRIES: '0' });
  const fields = { alias: 'agents', budget_usd: 5, ...limits };
  const made = await postJson(`${gateway.url}/keys`, fields, { authorization: `Bearer ${ADMIN_KEY}` });
  const { key } = (await made.json()) as { key: string };
  const ask = (path: string, body: object) => postJson(gateway.url + path, body, { 'x-api-key': key });
  const receipt = async (reply: Response) => {
    const id = reply.headers.get('x-request-id');
    const response = await fetch(`${gateway.url}/requests/${id}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    return (await response.json()) as { hold_usd: number };
  };
  return { ...gateway, ask, receipt };
}

const parameters = { type: 'object', properties: {} };

it('Codex offers a web search each time: it is left out and named', async () => {
  const { ask, simulator } = await start();
  const tools = [{ type: 'function', name: 'now', parameters }, { type: 'web_search' }];
  const response = await ask('/v1/responses', { model: 'gpt-4', input: 'hello', tools });
  expect(response.status).toBe(200);
  expect(response.headers.get('x-dropped-params')).toBe('tools (web_search)');
  expect(simulator.calls[0]!.body).toMatchObject({ tools: [{ function: { name: 'now' } }] });
});

it('Claude Code’s web search is left out over Anthropic, too, whose searches are charged extra', async () => {
  const { ask, simulator } = await start();
  const search = { type: 'web_search_20250305', name: 'web_search', max_uses: 8 };
  const body = {
    model: 'claude-2',
    max_tokens: 100,
    messages: [{ role: 'user', content: 'hello' }],
    tools: [search],
  };
  const response = await ask('/v1/messages', body);
  expect(response.status).toBe(200);
  expect(response.headers.get('x-dropped-params')).toContain('tools (web_search_20250305)');
  expect(simulator.calls[0]!.body).not.toHaveProperty('tools');
});

it('Copilot caps its answers at the Responses door in the words of that', async () => {
  const { ask, simulator } = await start();
  const response = await ask('/v1/responses', { model: 'gpt-4', input: 'hello', max_output_tokens: 128_000 });
  expect(response.status).toBe(200);
  expect(simulator.calls).toHaveLength(1);
});

it.each([
  ['chat/completions', { thinking_budget: 9_000 }, 'thinking_budget'],
  ['chat/completions', { max_tokens: 100, reasoning: { max_tokens: 101 } }, 'reasoning.max_tokens'],
  ['chat/completions', { agent_id: 'ag:1' }, 'agent_id'],
  ['completions', { use_beam_search: true }, 'use_beam_search'],
  ['messages', { max_tokens: 10, max_output_tokens: 1_000_000 }, 'max_output_tokens'],
])('at %s nothing that costs more than the answer may: %j', async (door, fields, param) => {
  const { ask, simulator } = await start();
  const prompt = door === 'completions' ? { prompt: 'x' } : { messages: [{ role: 'user', content: 'x' }] };
  const response = await ask(`/v1/${door}`, { model: 'claude-2', ...prompt, ...fields });
  expect(response.status).toBe(400);
  expect(await response.text()).toContain(`\`${param}\``);
  expect(simulator.calls).toHaveLength(0);
});

it.each([
  { max_tokens: 2_000, thinking: { type: 'enabled', budget_tokens: 1_024 } },
  { max_completion_tokens: 2_000, thinking_budget: 2_000 },
])('but %j may think within the cap', async (fields) => {
  const { ask } = await start();
  const messages = [{ role: 'user', content: 'x' }];
  const response = await ask('/v1/chat/completions', { model: 'gpt-4', messages, ...fields });
  expect(response.status).toBe(200);
});

const AFTER_A_TOOL = [
  { role: 'user', content: 'read it' },
  { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'read', input: {} }] },
];
const PDF = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' } };

it.each([
  ['elsewhere', { type: 'document', source: { type: 'url', url: 'https://example.com/long.pdf' } }],
  ['in a store of the provider’s', { type: 'document', source: { type: 'file', file_id: 'file_1' } }],
  ['in a few bytes', PDF],
  ['in a tool’s result', { type: 'tool_result', tool_use_id: 'toolu_1', content: [PDF] }],
  ['in another document', { type: 'document', source: { type: 'content', content: [PDF] } }],
])(
  'a document that lies %s may be as long as the window, which is held, as at the chat door',
  async (_where, block) => {
    const { ask, simulator, receipt } = await start();
    const isResult = block.type === 'tool_result';
    const turns = [...(isResult ? AFTER_A_TOOL : []), { role: 'user', content: [block] }];
    const response = await ask('/v1/messages', { model: 'claude-2', max_tokens: 100, messages: turns });
    expect(response.status).toBe(200);
    expect(simulator.calls).toHaveLength(1);
    // 100,000 tokens at 8 dollars a million.
    expect((await receipt(response)).hold_usd).toBeGreaterThan(0.8);
  },
);

it('a document is refused where the window costs more than is left', async () => {
  const { ask, simulator } = await start({ budget_usd: 0.5 });
  const messages = [{ role: 'user', content: [PDF] }];
  const response = await ask('/v1/messages', { model: 'claude-2', max_tokens: 100, messages });
  expect(response.status).toBe(402);
  expect(simulator.calls).toHaveLength(0);
});

it('what is to be kept for an hour is held at its price', async () => {
  const { ask, receipt } = await start();
  const holdWith = async (cache_control?: object) => {
    const system = [{ type: 'text', text: 'a rule '.repeat(2_000), ...(cache_control && { cache_control }) }];
    const messages = [{ role: 'user', content: 'hello' }];
    const response = await ask('/v1/messages', { model: 'claude-sonnet-5', max_tokens: 1, system, messages });
    expect(response.status).toBe(200);
    return (await receipt(response)).hold_usd;
  };
  const minutes = await holdWith({ type: 'ephemeral' });
  const hour = await holdWith({ type: 'ephemeral', ttl: '1h' });
  // Anthropic's pricing page: 1.25 and 2 times the input.
  expect(hour / minutes).toBeGreaterThan(1.55);
});

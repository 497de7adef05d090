/** Agents with keys that have a budget: what they send with every request must not be refused for its price. */
import { expect, it } from 'vitest';
import { postJson, startGateway } from '../helpers/gateway.ts';

const ADMIN_KEY = 'the-administrators-own-key';

async function start() {
  const gateway = await startGateway({ ADMIN_KEY, RETRIES: '0' });
  const limits = { alias: 'agents', budget_usd: 5 };
  const made = await postJson(`${gateway.url}/keys`, limits, { authorization: `Bearer ${ADMIN_KEY}` });
  const { key } = (await made.json()) as { key: string };
  const ask = (path: string, body: object) => postJson(gateway.url + path, body, { 'x-api-key': key });
  return { ...gateway, ask };
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

it('a document that lies elsewhere is still refused: nobody here knows how long it is', async () => {
  const { ask, simulator } = await start();
  const document = { type: 'document', source: { type: 'url', url: 'https://example.com/long.pdf' } };
  const messages = [{ role: 'user', content: [document] }];
  const response = await ask('/v1/messages', { model: 'claude-2', max_tokens: 100, messages });
  expect(response.status).toBe(400);
  expect(simulator.calls).toHaveLength(0);
});

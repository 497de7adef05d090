/** JSON can hold what JavaScript cannot turn into a text: it is the caller's, and no fault of the server's. */
import { expect, it } from 'vitest';
import { postJson, startGateway } from '../helpers/gateway.ts';

const ODD = { toString: 1, valueOf: 1 };
const USER = { role: 'user', content: 'hello' };

it.each([
  ['responses', { input: [{ role: 'user', content: [{ type: ODD, text: 'x' }] }] }],
  ['responses', { input: [{ type: 'function_call', call_id: ODD, name: ODD, arguments: ODD }] }],
  ['responses', { input: [{ type: ODD }], tools: [{ type: ODD }, { type: 'function', name: ODD }] }],
  ['messages', { messages: [{ role: 'user', content: [{ type: ODD }, { type: 'text', text: ODD }] }] }],
  [
    'messages',
    { messages: [USER], tools: [{ type: ODD, name: ODD }], tool_choice: { type: 'tool', name: ODD } },
  ],
  ['chat/completions', { messages: [USER], tools: [{ type: ODD }] }],
])('at %s: %j', async (door, body) => {
  const { url } = await startGateway();
  const response = await postJson(`${url}/v1/${door}`, { model: 'claude-2', max_tokens: 16, ...body });
  const text = await response.text();
  expect([response.status, text]).not.toEqual([500, expect.anything()]);
});

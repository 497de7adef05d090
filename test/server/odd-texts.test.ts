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

it('what is left out is named in a header that can be sent, whatever its name', async () => {
  const { url } = await startGateway();
  const odd = [
    '\udfff end',
    'line\nfeed',
    '\u0000',
    'x'.repeat(5_000),
    ...Array.from({ length: 500 }, (_, at) => `kind_${at}`),
  ];
  const input = [{ role: 'user', content: 'hello' }, ...odd.map((type) => ({ type }))];
  const response = await postJson(`${url}/v1/responses`, { model: 'claude-2', input });
  expect(response.status).toBe(200);
  const names = response.headers.get('x-dropped-params')!;
  expect(names).toContain('? end');
  expect(names.length).toBeLessThan(3_000);
});

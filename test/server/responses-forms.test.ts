/** Forms of /v1/responses that few clients use, and what is asked with them. */
import { expect, it } from 'vitest';
import { postJson } from '../helpers/gateway.ts';
import { startTwoUpstreams, streamOf } from '../helpers/two-upstreams.ts';

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

/** Thinking over the Responses door: out as `encrypted_content`, back as what its provider wrote. */
import { createParser } from 'eventsource-parser';
import { expect, it } from 'vitest';
import { postJson, startBareGateway } from '../helpers/gateway.ts';
import { type RawReply, startRawUpstream } from '../helpers/raw-upstream.ts';

const THOUGHT = { type: 'thinking', thinking: 'Let me look.', signature: 'c2lnbmVk+/==' };
const HIDDEN = { type: 'redacted_thinking', data: 'cmVkYWN0ZWQ=' };
const CALL = { type: 'tool_use', id: 'toolu_1', name: 'read_file', input: { path: 'a.ts' } };
const usage = { input_tokens: 3, output_tokens: 2 };

function whole(content: readonly object[], stop = 'tool_use'): RawReply {
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude', content };
  return { body: JSON.stringify({ ...message, stop_reason: stop, stop_sequence: null, usage }) };
}
function streamed(...list: readonly object[]): RawReply {
  const body = list.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
  return { headers: { 'content-type': 'text/event-stream' }, body };
}
const delta = (index: number, what: object) => ({ type: 'content_block_delta', index, delta: what });
const begin = (index: number, block: object) => ({
  type: 'content_block_start',
  index,
  content_block: block,
});
const end = (index: number) => ({ type: 'content_block_stop', index });
const STREAM = streamed(
  { type: 'message_start', message: { id: 'msg_1', content: [], usage } },
  begin(0, { type: 'thinking', thinking: '', signature: '' }),
  delta(0, { type: 'thinking_delta', thinking: THOUGHT.thinking }),
  delta(0, { type: 'signature_delta', signature: THOUGHT.signature }),
  end(0),
  begin(1, HIDDEN),
  end(1),
  begin(2, { ...CALL, input: {} }),
  delta(2, { type: 'input_json_delta', partial_json: '{"path":"a.ts"}' }),
  end(2),
  { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage },
  { type: 'message_stop' },
);

const ASK = {
  model: 'anthropic/claude-sonnet-5-5',
  store: false,
  include: ['reasoning.encrypted_content'],
  reasoning: { effort: 'high' },
  tools: [{ type: 'function', name: 'read_file', parameters: { type: 'object', properties: {} } }],
};
const QUESTION = { role: 'user', content: 'read a.ts' };

async function start(...replies: readonly RawReply[]) {
  const upstream = await startRawUpstream(...replies);
  const { url } = await startBareGateway({
    ANTHROPIC_API_KEY: 'key',
    ANTHROPIC_BASE_URL: upstream.url,
    RETRIES: '0',
  });
  const ask = (input: readonly object[], rest: object = {}) =>
    postJson(`${url}/v1/responses`, { ...ASK, input, ...rest });
  return { ask, upstream };
}

async function outputOf(response: Response): Promise<object[]> {
  const text = await response.text();
  if (text.startsWith('{')) return (JSON.parse(text) as { output: object[] }).output;
  let output: object[] = [];
  const onEvent = ({ data }: { data: string }) => {
    const event = JSON.parse(data) as { type: string; response: { output: object[] } };
    if (event.type === 'response.completed') output = event.response.output;
  };
  createParser({ onEvent }).feed(text);
  return output;
}

it.each([
  ['whole', whole([THOUGHT, HIDDEN, CALL]), {}],
  ['streamed', STREAM, { stream: true }],
])('%s: signed and hidden thoughts come back to Anthropic as they were', async (_, reply, how) => {
  const { ask, upstream } = await start(reply, whole([{ type: 'text', text: 'ok' }], 'end_turn'));
  const output = await outputOf(await ask([QUESTION], how));
  expect(output.map((item) => (item as { type: string }).type)).toEqual(['reasoning', 'function_call']);
  const result = { type: 'function_call_output', call_id: 'toolu_1', output: 'let a' };
  expect((await ask([QUESTION, ...output, result])).status).toBe(200);
  const { messages, thinking } = upstream.requests[1]!.body as {
    messages: { content: object[] }[];
    thinking?: object;
  };
  expect(messages[1]!.content).toEqual([THOUGHT, HIDDEN, CALL]);
  expect(thinking).toBeDefined();
});

it('who does not ask for it gets none', async () => {
  const { ask } = await start(whole([THOUGHT, CALL]));
  const [reasoning] = await outputOf(await ask([QUESTION], { include: [] }));
  expect(reasoning).not.toHaveProperty('encrypted_content');
});

it('what another provider encrypted is not shown to Anthropic', async () => {
  const { ask, upstream } = await start(whole([{ type: 'text', text: 'ok' }], 'end_turn'));
  const foreign = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAAAABo-of-openai' };
  const answer = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'yes' }] };
  expect((await ask([QUESTION, foreign, answer, QUESTION])).status).toBe(200);
  expect(upstream.requests[0]!.text).not.toContain('gAAAAABo');
});

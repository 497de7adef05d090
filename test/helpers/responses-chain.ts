/** A chain of a model that is asked by OpenAI's Responses API and a second one on the chat wire, and what the first may answer. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createParser } from 'eventsource-parser';
import { onTestFinished } from 'vitest';
import type { Environment } from '../../src/config/environment.ts';
import { startBareGateway } from './gateway.ts';
import { type RawReply, startRawUpstream } from './raw-upstream.ts';

export type ResponseEvent = Record<string, unknown> & { readonly type: string };
export type ResponseItem = Record<string, unknown>;

/** The chain `pair` asks `gpt`, then `other`; both are asked alone by these names. */
export async function startResponsesChain(
  replies: { readonly gpt: readonly RawReply[]; readonly other?: readonly RawReply[] },
  environment: Environment = {},
  fields = '',
) {
  const gpt = await startRawUpstream(...replies.gpt);
  const other = await startRawUpstream(...(replies.other ?? [{ body: '{}' }]));
  const folder = await mkdtemp(join(tmpdir(), 'responses-chain-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'config.yaml');
  const price = 'price: {input: 1, output: 1}';
  await writeFile(
    file,
    `models:
  gpt: {provider: openai, model: gpt-5.6-sol, base_url: ${gpt.url}/v1, api_key: key-of-openai, ${price}${fields && `, ${fields}`}}
  other: {provider: openai-compatible, model: other-model, base_url: ${other.url}/v1, ${price}}
chains:
  pair: [gpt, other]
`,
  );
  const settings = { CONFIG_FILE: file, RETRIES: '0', COOLDOWN: '0s', LONG_COOLDOWN: '0s', ...environment };
  return { ...(await startBareGateway(settings)), gpt, other };
}

const HEAD = { id: 'resp_1', object: 'response', created_at: 1, model: 'gpt-5.6-sol' };
export const RESPONSE_USAGE = {
  input_tokens: 30,
  input_tokens_details: { cached_tokens: 10 },
  output_tokens: 12,
  output_tokens_details: { reasoning_tokens: 5 },
  total_tokens: 42,
};

/** A whole response of these items. */
export function responseOf(output: readonly ResponseItem[], rest: object = {}): RawReply {
  const fields = { ...HEAD, status: 'completed', error: null, incomplete_details: null, output };
  return { body: JSON.stringify({ ...fields, usage: RESPONSE_USAGE, ...rest }) };
}

/** The same as OpenAI streams it; texts and arguments come in two pieces. */
export function responseStream(output: readonly ResponseItem[], rest: object = {}): RawReply {
  return eventStream([...beginning(), ...output.flatMap(eventsOfItem), ending(output, rest)]);
}

export function beginning(): ResponseEvent[] {
  const response = { ...HEAD, status: 'in_progress', output: [], usage: null };
  return [
    { type: 'response.created', response },
    { type: 'response.in_progress', response },
  ];
}

/** @param rest `status: 'incomplete'` and why, where it is */
export function ending(output: readonly ResponseItem[], rest: object = {}): ResponseEvent {
  const response = { ...HEAD, status: 'completed', output, usage: RESPONSE_USAGE, ...rest };
  return { type: `response.${response.status}`, response };
}

/** One item, from its beginning to its end. */
export function eventsOfItem(item: ResponseItem, index: number): ResponseEvent[] {
  const place = { item_id: item.id, output_index: index };
  const added = (begun: object) => ({ type: 'response.output_item.added', output_index: index, item: begun });
  const done = { type: 'response.output_item.done', output_index: index, item };
  const pieces = (type: string, text: string) =>
    halves(text).map((delta) => ({ type, ...place, content_index: 0, delta }));
  switch (item.type) {
    case 'message': {
      const [part] = item.content as [{ text: string }];
      const at = { ...place, content_index: 0 };
      return [
        added({ ...item, status: 'in_progress', content: [] }),
        { type: 'response.content_part.added', ...at, part: { ...part, text: '' } },
        ...pieces('response.output_text.delta', part.text),
        { type: 'response.output_text.done', ...at, text: part.text },
        { type: 'response.content_part.done', ...at, part },
        done,
      ];
    }
    case 'function_call': {
      const text = item.arguments as string;
      return [
        added({ ...item, status: 'in_progress', arguments: '' }),
        ...pieces('response.function_call_arguments.delta', text),
        { type: 'response.function_call_arguments.done', ...place, arguments: text },
        done,
      ];
    }
    case 'custom_tool_call': {
      const text = item.input as string;
      return [
        added({ ...item, status: 'in_progress', input: '' }),
        ...pieces('response.custom_tool_call_input.delta', text),
        { type: 'response.custom_tool_call_input.done', ...place, input: text },
        done,
      ];
    }
    default:
      return [added(item), done];
  }
}

function halves(text: string): string[] {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)].filter(Boolean);
}

export function eventStream(events: readonly ResponseEvent[]): RawReply {
  const body = events.map((event, number) => {
    const data = JSON.stringify({ sequence_number: number, ...event });
    return `event: ${event.type}\ndata: ${data}\n\n`;
  });
  return { headers: { 'content-type': 'text/event-stream' }, body: body.join('') };
}

export function readEvents(raw: string): ResponseEvent[] {
  const found: ResponseEvent[] = [];
  createParser({ onEvent: ({ data }) => void found.push(JSON.parse(data)) }).feed(raw);
  return found;
}

export const messageItem = (text: string, id = 'msg_1'): ResponseItem => ({
  id,
  type: 'message',
  status: 'completed',
  role: 'assistant',
  content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
});
export const callItem = (text: string, name = 'read_file', number = 1): ResponseItem => ({
  id: `fc_${number}`,
  type: 'function_call',
  status: 'completed',
  call_id: `call_${number}`,
  name,
  arguments: text,
});
export const reasoningItem = (content = 'gAAAA-of-openai', summary = ''): ResponseItem => ({
  id: 'rs_1',
  type: 'reasoning',
  summary: summary ? [{ type: 'summary_text', text: summary }] : [],
  encrypted_content: content,
});

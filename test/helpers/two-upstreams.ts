/** A chain of two providers on OpenAI's wire, each answering with the bytes it is told to. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Environment } from '../../src/config/environment.ts';
import { type RunningGateway, startBareGateway } from './gateway.ts';
import { type RawReply, type RawUpstream, startRawUpstream } from './raw-upstream.ts';

export interface TwoUpstreams extends RunningGateway {
  readonly first: RawUpstream;
  readonly second: RawUpstream;
}

/** The chain `pair` asks the model `first`, then `second`; both are asked alone by these names. */
export async function startTwoUpstreams(
  replies: { readonly first: readonly RawReply[]; readonly second: readonly RawReply[] },
  environment: Environment = {},
  chain = '',
): Promise<TwoUpstreams> {
  const first = await startRawUpstream(...replies.first);
  const second = await startRawUpstream(...replies.second);
  const folder = await mkdtemp(join(tmpdir(), 'two-upstreams-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'config.yaml');
  await writeFile(
    file,
    `models:
  first: {provider: openai-compatible, model: first-model, base_url: ${first.url}/v1, price: {input: 1, output: 1}}
  second: {provider: openai-compatible, model: second-model, base_url: ${second.url}/v1, price: {input: 1, output: 1}}
chains:
  pair: {models: [first, second]${chain && `, ${chain}`}}
`,
  );
  const settings = { CONFIG_FILE: file, RETRIES: '0', COOLDOWN: '0s', LONG_COOLDOWN: '0s', ...environment };
  return { ...(await startBareGateway(settings)), first, second };
}

/** Deltas of one choice as OpenAI streams them; without a finish reason the stream just ends. */
export function streamOf(
  deltas: readonly object[],
  finish: string | null = 'tool_calls',
  rest: Partial<RawReply> = {},
): RawReply {
  const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm' };
  const events = deltas.map((delta) => ({ ...head, choices: [{ index: 0, delta, finish_reason: null }] }));
  const last = { ...head, choices: [{ index: 0, delta: {}, finish_reason: finish }] };
  const lines = [...events, ...(finish ? [last] : [])].map((event) => `data: ${JSON.stringify(event)}\n\n`);
  const headers = { 'content-type': 'text/event-stream' };
  return { headers, body: lines.join('') + (finish ? 'data: [DONE]\n\n' : ''), ...rest };
}

/** One tool call, its arguments in these pieces. */
export function callDeltas(pieces: readonly string[], { index = 0, name = 'read_file' } = {}): object[] {
  const first = { index, id: `call_${index}`, type: 'function', function: { name, arguments: '' } };
  return [
    { tool_calls: [first] },
    ...pieces.map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
  ];
}

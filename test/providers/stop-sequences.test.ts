/** Stop sequences where a target takes none, or fewer: the answer is cut at them here. */
import { describe, expect, it } from 'vitest';
import { Collector } from '../../src/core/collect.ts';
import type { ChatCompletion, ChatCompletionChunk } from '../../src/core/openai-types.ts';
import { UpstreamFailure } from '../../src/failures/upstream-failure.ts';
import { perform } from '../../src/providers/perform.ts';
import { type ProviderName, providerRegistry } from '../../src/providers/registry.ts';
import { type RawReply, startRawUpstream } from '../helpers/raw-upstream.ts';
import { made, never, question, targetAt } from './support.ts';

const USAGE = { prompt_tokens: 9, completion_tokens: 700, total_tokens: 709 };
const CALL = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } };

function wholeReply(content: string, message: object = {}): RawReply {
  const choice = { index: 0, message: { role: 'assistant', content, ...message }, finish_reason: 'length' };
  return { body: JSON.stringify({ id: 'c', object: 'chat.completion', choices: [choice], usage: USAGE }) };
}

function streamedReply(...pieces: string[]): RawReply {
  const deltas = pieces.map((content) => ({ choices: [{ index: 0, delta: { content } }] }));
  const ends = [
    { choices: [{ index: 0, delta: {}, finish_reason: 'length' }] },
    { choices: [], usage: USAGE },
  ];
  const body = [...deltas, ...ends].map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('');
  return { headers: { 'content-type': 'text/event-stream' }, body: `${body}data: [DONE]\n\n` };
}

async function ask(name: ProviderName, model: string, reply: RawReply, request: object) {
  const upstream = await startRawUpstream(reply);
  const target = targetAt(upstream.url, name, { model });
  const call = { signal: never() };
  const answer = await perform(made(providerRegistry[name].make), question(request), target, call);
  return { completion: await completionOf(answer), sent: upstream.requests[0]!.body.stop };
}

/** What comes of a stream that is cut at `END`, and what broke it. */
async function chunksOf(reply: RawReply) {
  const upstream = await startRawUpstream(reply);
  const target = targetAt(upstream.url, 'openai', { model: 'o3' });
  const request = question({ stop: 'END', stream: true });
  const answer = await perform(made(providerRegistry.openai.make), request, target, { signal: never() });
  const seen: ChatCompletionChunk[] = [];
  try {
    if (answer.kind === 'stream') for await (const batch of answer.batches) seen.push(...batch);
  } catch (failure) {
    return { seen, failure };
  }
  return { seen };
}

async function completionOf(reply: Awaited<ReturnType<typeof perform>>): Promise<ChatCompletion> {
  if (reply.kind === 'whole') return reply.completion;
  const collector = new Collector();
  for await (const batch of reply.batches) for (const chunk of batch) collector.add(chunk);
  return collector.completion();
}

describe('a model that takes no stop sequence', () => {
  it.each<[ProviderName, string]>([
    ['openai', 'o3'],
    ['azure', 'gpt-5.2'],
    ['xai', 'grok-4'],
  ])('is not sent one, and its answer is cut: %s/%s', async (name, model) => {
    const { completion, sent } = await ask(name, model, wholeReply('one END two'), { stop: 'END' });
    expect(sent).toBeUndefined();
    expect(completion).toMatchObject({
      choices: [{ message: { content: 'one ' }, finish_reason: 'stop' }],
      usage: USAGE,
    });
  });

  it('streams up to the first of them, wherever it is split, and is read on for its usage', async () => {
    const reply = streamedReply('on', 'e E', 'N', 'D two', ' three');
    const { completion, sent } = await ask('openai', 'o3', reply, { stop: ['END', 'two'], stream: true });
    expect(sent).toBeUndefined();
    expect(completion.choices[0]).toMatchObject({ message: { content: 'one ' }, finish_reason: 'stop' });
    expect(completion.usage).toMatchObject(USAGE);
  });

  it('is under way until its provider ends it, which is when its usage comes', async () => {
    const reply = streamedReply('one END two', ' three');
    const chunks = await chunksOf({
      ...reply,
      body: `${reply.body}`.split('data: {"choices":[{"index":0,"delta":{},')[0]!,
      ending: 'cut',
    });
    const [told, ended] = chunks.seen;
    expect(told!.choices[0]).toMatchObject({ delta: { content: 'one ' }, finish_reason: null });
    // The provider broke off, but not before the stop.
    expect(ended!.choices[0]).toMatchObject({ delta: {}, finish_reason: 'stop' });
    expect(chunks.failure).toBeInstanceOf(UpstreamFailure);
  });

  it('keeps what comes beside text that is held back', async () => {
    const body = [{ content: 'E', reasoning_content: 'hm' }, { content: 'N' }].map(
      (delta) => `data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`,
    );
    const { seen } = await chunksOf({
      headers: { 'content-type': 'text/event-stream' },
      body: body.join(''),
    });
    expect(seen.map(({ choices }) => choices[0]!.delta)).toMatchObject([{ reasoning_content: 'hm' }]);
  });

  it('ends as it did where none of them comes, what only began like one included', async () => {
    const reply = streamedReply('one E', 'N');
    const { completion } = await ask('openai', 'o3', reply, { stop: 'END', stream: true });
    expect(completion.choices[0]).toMatchObject({ message: { content: 'one EN' }, finish_reason: 'length' });
  });

  it('calls nothing after a stop', async () => {
    const reply = wholeReply('one END', { tool_calls: [CALL] });
    const { completion } = await ask('openai', 'o3', reply, { stop: 'END' });
    expect(completion.choices[0]!.message).toEqual({ role: 'assistant', content: 'one ' });
  });
});

it.each<[ProviderName, string, number]>([
  ['openai', 'gpt-4o', 4],
  ['groq', 'llama', 4],
  ['gemini', 'gemini-3', 5],
])('%s is sent as many as it takes, and its answer is cut at the others', async (name, model, most) => {
  const stop = ['1', '2', '3', '4', '5', 'END'];
  const { completion, sent } = await ask(name, model, wholeReply('one END two'), { stop });
  expect(sent).toEqual(stop.slice(0, most));
  expect(completion.choices[0]).toMatchObject({ message: { content: 'one ' }, finish_reason: 'stop' });
});

it('a model that takes all of them answers as it does', async () => {
  const { completion, sent } = await ask('vllm', 'qwen', wholeReply('one END two'), { stop: 'END' });
  expect(sent).toBe('END');
  expect(completion.choices[0]).toMatchObject({ message: { content: 'one END two' } });
});

/** Several calls that make one answer, told apart by the choices' index: `n` where a provider gives one choice at a time, and several prompts. */
import { type Batch, type ChunkStream, GeneratedChunkStream } from '../core/chunk-stream.ts';
import { LARGE, turnForLargeWork } from '../core/large-work.ts';
import type { ChatCompletion, ChatCompletionChunk, ChatRequest, Usage } from '../core/openai-types.ts';
import { bodyLength } from '../core/raw-body.ts';
import { UpstreamFailure } from '../failures/upstream-failure.ts';
import type { Call, Provider, Reply, StreamReply, WholeReply } from './provider.ts';

/** Bytes that the bodies of such calls may have. */
const MAX_BYTES_TOGETHER = 128 * 1024 * 1024;

/** @returns the same provider, which now answers `n`; every call is charged by the provider, and so counted */
export function withNChoices(single: Provider): Provider {
  return {
    ...single,
    fit({ n: _n, ...one }, target, call) {
      return single.fit(one, target, call);
    },
    async send(request, target, call) {
      const { n, ...one } = request;
      if (n == null || n === 1) return single.send(one, target, call);
      return fanOut(
        Array.from({ length: n }, () => one),
        (part, partCall) => single.send(part, target, partCall),
        call,
      );
    },
  };
}

/**
 * When one call fails so does the whole, and the others are aborted: half an answer is none.
 * @param each choices that every one of the calls gives
 */
export async function fanOut(
  requests: readonly ChatRequest[],
  send: (request: ChatRequest, call: Call) => Promise<Reply>,
  call: Call,
  each = 1,
): Promise<Reply> {
  const stop = new AbortController();
  const { signal } = stop;
  const leave = () => stop.abort(call.signal.reason);
  if (call.signal.aborted) leave();
  call.signal.addEventListener('abort', leave, { once: true });
  try {
    // Each writes the whole body anew; and all of them are kept until they are sent.
    const bytes = bodyLength(call.source);
    if (requests.length * bytes > MAX_BYTES_TOGETHER) throw tooManyBytes(requests.length);
    const isLarge = requests.length * bytes >= LARGE;
    const sendInTurn = async (request: ChatRequest) => {
      if (isLarge) await turnForLargeWork();
      return send(request, { ...call, signal });
    };
    const replies = await Promise.all(requests.map(sendInTurn));
    if (replies.every((reply) => reply.kind === 'stream')) return mergeStreams(replies, each);
    return whole(
      replies.filter((reply) => reply.kind === 'whole'),
      each,
    );
  } catch (error) {
    stop.abort();
    throw error;
  }
}

function tooManyBytes(calls: number): UpstreamFailure {
  return new UpstreamFailure({
    message: `This model gives one choice a call, and ${calls} calls of this length are too much to send at once: ask for fewer.`,
    unsupported: 'n',
  });
}

function whole(replies: readonly WholeReply[], each: number): WholeReply {
  const first = replies[0]!;
  const choices = replies.flatMap(({ completion }, index) => placed(completion.choices, index, each));
  const usages = replies.map(({ completion }) => completion.usage);
  const completion: ChatCompletion = { ...first.completion, choices };
  if (usages.every((usage) => usage !== undefined)) completion.usage = usages.reduce(add);
  else delete completion.usage;
  return { ...first, completion, json: undefined };
}

function mergeStreams(replies: readonly StreamReply[], each: number): StreamReply {
  const streams = replies.map((reply) => reply.batches);
  return { ...replies[0]!, batches: new GeneratedChunkStream(interleaved(streams, each)) };
}

/** Choices of one call at their places among all; more than were asked for have none. */
function placed<One extends { readonly index: number }>(
  choices: readonly One[],
  call: number,
  each: number,
): One[] {
  return choices
    .filter(({ index }) => index < each)
    .map((choice) => ({ ...choice, index: call * each + choice.index }));
}

/** Whichever stream has something next; one answer's id and head for all, and one usage at the end. */
async function* interleaved(streams: readonly ChunkStream[], each: number): AsyncGenerator<Batch> {
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
  const pull = async (index: number) => ({ index, result: await iterators[index]!.next() });
  const pending = new Map(iterators.map((_, index) => [index, pull(index)]));
  let head: Omit<ChatCompletionChunk, 'choices' | 'usage'> | undefined;
  // Some servers report what was used so far with every chunk: the last report of each stream counts.
  const usages = new Map<number, Usage>();
  try {
    while (pending.size > 0) {
      const { index, result } = await Promise.race(pending.values());
      if (result.done) {
        pending.delete(index);
        continue;
      }
      pending.set(index, pull(index));
      const batch: ChatCompletionChunk[] = [];
      for (const { choices, usage: part, ...rest } of result.value) {
        head ??= rest;
        if (part) usages.set(index, part);
        if (choices.length > 0) batch.push({ ...head, choices: placed(choices, index, each) });
      }
      if (batch.length > 0) yield batch;
    }
    if (head && usages.size > 0) yield [{ ...head, choices: [], usage: [...usages.values()].reduce(add) }];
  } finally {
    for (const promise of pending.values()) promise.catch(() => {});
    for (const stream of streams) stream.cancel();
  }
}

function add(left: Usage, right: Usage): Usage {
  const sum = (pick: (usage: Usage) => number | undefined) => (pick(left) ?? 0) + (pick(right) ?? 0);
  return {
    prompt_tokens: sum((usage) => usage.prompt_tokens),
    completion_tokens: sum((usage) => usage.completion_tokens),
    total_tokens: sum((usage) => usage.total_tokens),
    prompt_tokens_details: {
      cached_tokens: sum((usage) => usage.prompt_tokens_details?.cached_tokens),
      ...cacheWrites(sum),
    },
    completion_tokens_details: {
      reasoning_tokens: sum((usage) => usage.completion_tokens_details?.reasoning_tokens),
    },
  };
}

/** Anthropic's count, which OpenAI's types do not have. */
function cacheWrites(sum: (pick: (usage: Usage) => number | undefined) => number): object {
  const written = sum(
    (usage) => (usage.prompt_tokens_details as { cache_write_tokens?: number })?.cache_write_tokens,
  );
  return written > 0 ? { cache_write_tokens: written } : {};
}

/** What the tests of the providers share: a target at a URL, a call, and an answer read to its end. */
import { onTestFinished } from 'vitest';
import type { ChatCompletionChunk, ChatRequest } from '../../src/core/openai-types.ts';
import { UpstreamFailure } from '../../src/failures/upstream-failure.ts';
import type { Provider, Reply, Target, WholeReply } from '../../src/providers/provider.ts';
import { Transport } from '../../src/providers/transport.ts';
import { makeTarget } from '../helpers/targets.ts';

export type MakeProvider = (transport: Transport) => Provider;

/** Looks like a real one, so that a leak is seen. */
export const KEY = 'sk-test-1234567890';

export function targetAt(baseUrl: string, provider: string, over: Partial<Target> = {}): Target {
  return makeTarget('a-model', {
    id: `${provider}/a-model`,
    provider,
    model: 'a-model',
    apiKey: KEY,
    credential: provider,
    baseUrl,
    timeouts: { connect: 30_000, firstToken: 30_000, idle: 30_000, attempt: 30_000 },
    retries: 0,
    ...over,
  });
}

/** A request of one question; `over` holds whatever else, fields unknown to OpenAI too. */
export function question(over: object = {}): ChatRequest {
  return { messages: [{ role: 'user', content: 'Hello?' }], stream: false, ...over };
}

/** A provider with connections of its own, closed when the test ends. */
export function made(make: MakeProvider): Provider {
  const transport = new Transport();
  onTestFinished(() => transport.close());
  return make(transport);
}

export function never(): AbortSignal {
  return new AbortController().signal;
}

export function whole(reply: Reply): WholeReply {
  if (reply.kind !== 'whole') throw new Error(`Expected a whole reply, not a ${reply.kind}.`);
  return reply;
}

export interface Read {
  readonly chunks: readonly ChatCompletionChunk[];
  readonly batches: readonly (readonly ChatCompletionChunk[])[];
  /** Content of all chunks, put together. */
  readonly text: string;
  readonly finish: string | undefined;
  /** What broke the stream. */
  readonly failure: UpstreamFailure | undefined;
}

/** Reads a stream to its end or to what breaks it. @param onText gets the content so far, as it comes */
export async function read(reply: Reply, onText?: (text: string) => void): Promise<Read> {
  if (reply.kind !== 'stream') throw new Error(`Expected a stream, not a ${reply.kind} reply.`);
  const batches: (readonly ChatCompletionChunk[])[] = [];
  let failure: UpstreamFailure | undefined;
  try {
    for await (const batch of reply.batches) {
      batches.push(batch);
      onText?.(contentOf(batches.flat()));
    }
  } catch (error) {
    failure = asUpstreamFailure(error);
  }
  const chunks = batches.flat();
  const choices = chunks.flatMap((chunk) => chunk.choices);
  return {
    chunks,
    batches,
    failure,
    text: contentOf(chunks),
    finish: choices.find(({ finish_reason: reason }) => reason)?.finish_reason ?? undefined,
  };
}

function contentOf(chunks: readonly ChatCompletionChunk[]): string {
  return chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta.content ?? '')).join('');
}

/** The tool calls of a stream, their pieces put together. */
export function toolCalls(
  chunks: readonly ChatCompletionChunk[],
): { id: string; name: string; text: string }[] {
  const calls: { id: string; name: string; text: string }[] = [];
  for (const piece of chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])) {
    calls[piece.index] ??= { id: '', name: '', text: '' };
    const call = calls[piece.index]!;
    call.id += piece.id ?? '';
    call.name += piece.function?.name ?? '';
    call.text += piece.function?.arguments ?? '';
  }
  return calls;
}

/** The failure a call ends with; a call that succeeds is an error of the test. */
export async function failureOf(promise: Promise<unknown>): Promise<UpstreamFailure> {
  const error = await promise.then(
    () => new Error('The call succeeded.'),
    (thrown: unknown) => thrown,
  );
  return asUpstreamFailure(error);
}

function asUpstreamFailure(error: unknown): UpstreamFailure {
  if (error instanceof UpstreamFailure) return error;
  throw error;
}

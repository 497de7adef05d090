/** A stream that its reader leaves must never pass for one that came to its end: half an answer would be kept as a whole one. */
import { describe, expect, it } from 'vitest';
import { END, GeneratedChunkStream } from '../../src/core/chunk-stream.ts';
import type { ChatCompletionChunk } from '../../src/core/openai-types.ts';
import { clientClosed, type Failure } from '../../src/failures/failure.ts';
import { AttemptStream } from '../../src/routing/attempt-stream.ts';
import { Deadline } from '../../src/routing/deadline.ts';
import { chunksOf, makeTarget } from '../helpers/targets.ts';

const [role, words, more, finish] = chunksOf('hello ', 'world');

/** A provider that sends these batches and then, with `silent`, nothing more and no end. */
function streamOf(batches: readonly ChatCompletionChunk[][], silent = false) {
  const told: string[] = [];
  const closed = Promise.withResolvers<void>();
  async function* wire(): AsyncGenerator<readonly ChatCompletionChunk[]> {
    yield* batches;
    if (silent) await closed.promise;
  }
  const deadline = new Deadline('a', new AbortController().signal);
  const end = {
    begun: () => {},
    finish: () => void told.push('finish'),
    fail: (error: unknown) => {
      told.push(`fail: ${(error as Failure).kind}`);
      closed.resolve();
      return error as Failure;
    },
  };
  const reply = {
    kind: 'stream',
    status: 200,
    headers: {},
    batches: new GeneratedChunkStream(wire()),
  } as const;
  return { stream: new AttemptStream(reply, { deadline, target: makeTarget('a'), end }), told };
}

describe('a stream that is left', () => {
  it('while it is waited for: its reader is woken and refused, and the end is told once', async () => {
    const { stream, told } = streamOf([[role!, words!]], true);
    await stream.begin();
    expect(stream.read()).toEqual([role, words]);
    expect(stream.read()).toBeUndefined();
    const woken = stream.readable();
    stream.cancel();
    await woken;
    expect(() => stream.read()).toThrow(clientClosed().message);
    expect(told).toEqual(['fail: client_closed']);
  });

  it('before its last batch was read: it is not finished', async () => {
    const { stream, told } = streamOf([[role!, words!], [more!], [finish!]]);
    await stream.begin();
    stream.read();
    stream.cancel();
    expect(told).toEqual(['fail: client_closed']);
  });

  it('after its end: nothing more is told', async () => {
    const { stream, told } = streamOf([[role!, words!, more!, finish!]]);
    await stream.begin();
    for await (const _batch of stream);
    stream.cancel();
    expect(stream.read()).toBe(END);
    expect(told).toEqual(['finish']);
  });
});

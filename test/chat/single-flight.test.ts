import { expect, it } from 'vitest';
import { SingleFlight } from '../../src/chat/single-flight.ts';
import { type Batch, ChunkStream, END, type ReadResult } from '../../src/core/chunk-stream.ts';
import { systemClock } from '../../src/core/clock.ts';
import { keepNative } from '../../src/core/native-event.ts';
import type { Failure } from '../../src/failures/failure.ts';
import { AttemptLog } from '../../src/routing/attempts.ts';
import type { RoutedReply } from '../../src/routing/routed.ts';
import { makeTarget } from '../helpers/targets.ts';

/** All of it has arrived: there is nothing left to wait for, and who waits all the same waits for ever. */
class ArrivedStream extends ChunkStream {
  readonly #batches: Batch[];

  constructor(...batches: Batch[]) {
    super();
    this.#batches = batches;
  }

  read(): ReadResult {
    return this.#batches.shift() ?? END;
  }

  readable(): Promise<void> {
    return new Promise(() => {});
  }

  cancel(): void {}
}

const chunk = (content: string): Batch => [
  {
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta: { content }, finish_reason: null }],
  },
];

it('who comes late is told the events of its own wire, as many as are kept', async () => {
  const told = (text: string): Batch => {
    const [first] = chunk('one');
    return [keepNative({ ...first! }, { type: 'content_block_delta', data: text, more: 'content' })];
  };
  const batches = [told('a citation'), told('x'.repeat(1024 * 1024)), chunk('end')];
  const reply: RoutedReply = {
    kind: 'stream',
    batches: new ArrivedStream(...batches),
    target: makeTarget('provider'),
    dropped: [],
    isNative: true,
  };
  const flights = new SingleFlight<string>();
  const call = flights.add('key', {
    reply: Promise.resolve(reply),
    attempts: new AttemptLog(systemClock, 0),
    stop: new AbortController(),
    complete: async () => 'completed',
  });
  const first = call.join();
  await call.response;
  expect(first.read()).toBe(batches[0]);
  const second = flights.find('key')!.join();
  expect(second.read()).toBe(batches[0]);
  expect([first.read(), second.read()]).toEqual([batches[1], batches[1]]);
  // All of it cannot be told any more: who comes now asks anew.
  expect(flights.find('key')).toBeUndefined();
  expect([first.read(), second.read()]).toEqual([batches[2], batches[2]]);
});

it('who has left a shared call is told so, and waits for nothing that the others read', async () => {
  const reply: RoutedReply = {
    kind: 'stream',
    batches: new ArrivedStream(chunk('one'), chunk('two')),
    target: makeTarget('provider'),
    dropped: [],
    isNative: false,
  };
  const call = new SingleFlight<string>().add('key', {
    reply: Promise.resolve(reply),
    attempts: new AttemptLog(systemClock, 0),
    stop: new AbortController(),
    complete: async () => 'completed',
  });
  const [first, second] = [call.join(), call.join()];
  await call.response;
  first.cancel();
  await first.readable();
  expect(() => first.read()).toThrow('closed the connection');
  expect([second.read(), second.read(), second.read()]).toEqual([chunk('one'), chunk('two'), END]);
  expect(await call.completed).toBe('completed');
});

it('a stream that begins when all have left has ended: it is read by nobody, and would hold its budget for ever', async () => {
  const begins = Promise.withResolvers<RoutedReply>();
  const stop = new AbortController();
  const call = new SingleFlight<string>().add('key', {
    reply: begins.promise,
    attempts: new AttemptLog(systemClock, 0),
    stop,
    complete: async ({ failure }) => String((failure as Failure).kind),
  });
  call.join().cancel();
  expect(stop.signal.aborted).toBe(true);
  const batches = new ArrivedStream(chunk('one'));
  begins.resolve({ kind: 'stream', batches, target: makeTarget('provider'), dropped: [], isNative: false });
  expect(await call.completed).toBe('client_closed');
});

/**
 * Runs inside a server that is measured (`--import`), and answers over IPC: profiles of CPU time and of allocations, and
 * the bytes its heap has handed out so far.
 */
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { getHeapStatistics } from 'node:v8';
import { isMainThread } from 'node:worker_threads';

type Kind = 'time' | 'allocations';
export type Order =
  | { begin: Kind }
  | { end: Kind; file: string }
  /** Answered with the number of bytes; all others with 0. */
  | { count: 'allocated bytes' };

const MICROSECONDS_BETWEEN_SAMPLES = 200;
const BYTES_BETWEEN_SAMPLES = 4_096;

if (isMainThread && process.send) {
  const session = new Session();
  session.connect();
  process.on('message', (order: Order) => {
    void obey(session, order).then((answer) => process.send!(answer));
  });
  // The channel alone should not keep a server alive that wants to end.
  process.channel?.unref();
}

async function obey(session: Session, order: Order): Promise<number> {
  // @types/node lags behind: Node has the field.
  if ('count' in order)
    return (getHeapStatistics() as unknown as { total_allocated_bytes: number }).total_allocated_bytes;
  if ('begin' in order) await begin(session, order.begin);
  else writeFileSync(order.file, JSON.stringify(await end(session, order.end)));
  return 0;
}

async function begin(session: Session, kind: Kind): Promise<void> {
  if (kind === 'time') {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: MICROSECONDS_BETWEEN_SAMPLES });
    await session.post('Profiler.start');
    return;
  }
  await session.post('HeapProfiler.startSampling', {
    samplingInterval: BYTES_BETWEEN_SAMPLES,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
}

async function end(session: Session, kind: Kind): Promise<object> {
  if (kind === 'time') return (await session.post('Profiler.stop')).profile;
  return (await session.post('HeapProfiler.stopSampling')).profile;
}

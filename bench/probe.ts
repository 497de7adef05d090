/**
 * Runs inside a server that is measured (`--import`), and answers over IPC: begins and ends a CPU profile, and counts
 * the bytes its heap has handed out so far.
 */
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { getHeapStatistics } from 'node:v8';
import { isMainThread } from 'node:worker_threads';

export type Order = { profile: 'begin' } | { profile: 'end'; file: string } | { count: 'allocated bytes' };

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
  // @types/node lags behind: the field is there since Node 25.
  if ('count' in order)
    return (getHeapStatistics() as unknown as { total_allocated_bytes: number }).total_allocated_bytes;
  if (order.profile === 'begin') {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 200 });
    await session.post('Profiler.start');
  } else {
    const { profile } = await session.post('Profiler.stop');
    writeFileSync(order.file, JSON.stringify(profile));
  }
  return 0;
}

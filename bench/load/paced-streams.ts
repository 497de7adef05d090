/** Many streams at once, each of which gets a frame every few milliseconds; how late the frames come is recorded. */
import { sharedNow } from '../shared-clock.ts';
import { percentile } from '../statistics.ts';
import type { Connection } from './connection.ts';
import type { PacedStreams, Question, Result } from './job.ts';
import { StreamedReply } from './replies.ts';
import { requestTexts } from './request-text.ts';

export async function pacedStreams(job: PacedStreams, connections: readonly Connection[]): Promise<Result> {
  const question: Question = { isNew: true, stream: job.shape };
  const next = requestTexts(job.target, question);
  const lateness: number[] = [];
  const onFrame = (due: number) => lateness.push(sharedNow() - due);
  const startedAt = performance.now();
  await Promise.all(
    connections.map(async (connection, index) => {
      await new Promise((resolve) =>
        setTimeout(resolve, (job.beginWithin * 1_000 * index) / connections.length),
      );
      await new Promise<void>((resolve) =>
        connection.ask(next(), new StreamedReply(question, onFrame), resolve),
      );
    }),
  );
  return {
    requests: connections.length,
    frames: lateness.length,
    seconds: (performance.now() - startedAt) / 1_000,
    latencies: [],
    lateness: {
      p50: percentile(lateness, 0.5),
      p99: percentile(lateness, 0.99),
      max: percentile(lateness, 1),
    },
  };
}

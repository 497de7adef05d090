/** Each connection asks again as soon as it has its answer. */

import type { Connection } from './connection.ts';
import type { ClosedLoop, Result } from './job.ts';
import { StreamedReply, WholeReply } from './replies.ts';
import { requestTexts } from './request-text.ts';

export function closedLoop(job: ClosedLoop, connections: readonly Connection[]): Promise<Result> {
  const next = requestTexts(job.target, job.question);
  const most = job.requests ?? Number.POSITIVE_INFINITY;
  const startedAt = performance.now();
  const until = startedAt + job.seconds * 1_000;
  let sent = 0;
  let requests = 0;
  let frames = 0;
  let busy = connections.length;
  return new Promise((resolve) => {
    const askNext = (connection: Connection) => {
      if (sent >= most || performance.now() >= until) {
        busy -= 1;
        const seconds = (performance.now() - startedAt) / 1_000;
        if (busy === 0) resolve({ requests, frames, seconds, latencies: [] });
        return;
      }
      sent += 1;
      const reply = job.question.stream ? new StreamedReply(job.question) : new WholeReply(job.question);
      connection.ask(next(), reply, () => {
        requests += 1;
        if (reply instanceof StreamedReply) frames += reply.frames;
        askNext(connection);
      });
    };
    for (const connection of connections) askNext(connection);
  });
}

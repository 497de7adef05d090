/** One request at a time, to each target in turn. */
import type { Connection } from './connection.ts';
import type { Question, Result, Turns } from './job.ts';
import { StreamedReply, WholeReply } from './replies.ts';
import { requestTexts } from './request-text.ts';

export async function turns(job: Turns, connections: readonly Connection[]): Promise<Result> {
  const texts = job.targets.map((target) => requestTexts(target, job.question));
  const latencies = job.targets.map((): number[] => []);
  const startedAt = performance.now();
  const elapsed = () => (performance.now() - startedAt) / 1_000;
  let requests = 0;
  while (elapsed() < job.seconds) {
    for (const [index, connection] of connections.entries()) {
      latencies[index]!.push(await timeOf(connection, texts[index]!(), job.question));
      requests += 1;
    }
  }
  return { requests, frames: 0, seconds: elapsed(), latencies };
}

/** @returns milliseconds until the answer was there; of a stream, until its first word was */
function timeOf(connection: Connection, request: string, question: Question): Promise<number> {
  return new Promise((resolve) => {
    const sentAt = performance.now();
    let firstWordAt: number | undefined;
    const onFrame = () => {
      firstWordAt ??= performance.now();
    };
    const reply = question.stream ? new StreamedReply(question, onFrame) : new WholeReply(question);
    connection.ask(request, reply, () => resolve((firstWordAt ?? performance.now()) - sentAt));
  });
}

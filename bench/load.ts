/** The load generator, a process of its own so that its CPU is nobody else's. One job at a time, over IPC. */
import { Pool } from 'undici';
import { ANSWER, FRAMES } from './fixtures.ts';

export interface Job {
  readonly port: number;
  readonly path: string;
  readonly headers: Record<string, string>;
  /** `miss`: every prompt is new; `hit`: all the same; `stream`: every prompt is new, and streamed. */
  readonly kind: 'miss' | 'hit' | 'stream';
  /** `messages` for servers that know no `prompt`. */
  readonly form: 'prompt' | 'messages';
  /** The `x-cache` every reply must have; unchecked when absent. */
  readonly cache?: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface Result {
  readonly requests: number;
  readonly frames: number;
  readonly seconds: number;
  /** Milliseconds, only for jobs with a single connection. */
  readonly latencies: readonly number[];
  /** The first thing that went wrong, if anything did; such a run counts for nothing. */
  readonly error?: string;
}

let serial = 0;

async function run(job: Job): Promise<Result> {
  const pool = new Pool(`http://127.0.0.1:${job.port}`, { connections: job.connections, pipelining: 1 });
  const startedAt = performance.now();
  const until = startedAt + job.seconds * 1000;
  const latencies: number[] = [];
  let requests = 0;
  let frames = 0;
  let error: string | undefined;
  const worker = async () => {
    while (performance.now() < until && error === undefined) {
      const sentAt = performance.now();
      const arrived = await ask(pool, job);
      frames += arrived;
      requests += 1;
      if (job.connections === 1) latencies.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: job.connections }, worker)).catch((reason: Error) => {
    error = reason.message;
  });
  const seconds = (performance.now() - startedAt) / 1000;
  await pool.destroy();
  return { requests, frames, seconds, latencies, error };
}

/** @returns how many content frames came. @throws {Error} for anything but the expected answer */
async function ask(pool: Pool, { path, headers, kind, form, cache }: Job): Promise<number> {
  const prompt =
    kind === 'hit' ? 'write hello world' : `write hello world, variant ${process.pid}-${serial++}`;
  const question =
    form === 'prompt' ? { prompt } : { model: 'gpt-4', messages: [{ role: 'user', content: prompt }] };
  const body = JSON.stringify(kind === 'stream' ? { ...question, stream: true } : question);
  const reply = await pool.request({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  const text = await reply.body.text();
  if (reply.statusCode !== 200) throw new Error(`status ${reply.statusCode}: ${text.slice(0, 200)}`);
  if (cache !== undefined && reply.headers['x-cache'] !== cache)
    throw new Error(`x-cache is ${reply.headers['x-cache']}`);
  if (kind !== 'stream') {
    if (!text.includes(JSON.stringify(ANSWER).slice(1, 60)))
      throw new Error(`another answer: ${text.slice(0, 200)}`);
    return 0;
  }
  const frames = text.split('" word').length - 1;
  if (frames !== FRAMES || !text.includes('[DONE]')) throw new Error(`${frames} frames: ${text.slice(-200)}`);
  return frames;
}

process.on('message', (job: Job) => {
  void run(job).then((result) => process.send?.(result));
});

/**
 * Metrics of all workers as one: a worker that is asked for them asks the primary, which asks every worker. One that does
 * not answer in time, or has ended, counts with what it said last, so that no sum ever falls. Once somebody reads metrics,
 * workers are asked in between, too: a killed one takes a few seconds of its counts with it, not all since the last reading.
 */
import cluster, { type Worker } from 'node:cluster';
import type { Snapshot } from './instruments.ts';

/** Milliseconds that workers have to answer; one that is busier than that is taken at its last word. */
const ANSWER_TIMEOUT = 1_000;
/** Milliseconds that a worker waits for the sum. */
const SUM_TIMEOUT = 3_000;
/** Milliseconds between two questions of the primary's own: each costs a worker some milliseconds. */
const ASK_EVERY = 5_000;

type Message =
  /** A worker to the primary: what is the sum? */
  | { readonly type: 'metrics-wanted'; readonly id: number }
  /** The primary to every worker. */
  | { readonly type: 'metrics-collect'; readonly id: number }
  | { readonly type: 'metrics-collected'; readonly id: number; readonly snapshots: readonly Snapshot[] }
  /** The answer to `metrics-wanted`. */
  | { readonly type: 'metrics-sum'; readonly id: number; readonly text: string };

/** In a worker. @param own what this process has counted @returns the text of all workers together */
export function sumOfWorkers(own: () => Promise<readonly Snapshot[]>): () => Promise<string> {
  const waiting = new Map<number, (text: string) => void>();
  let lastId = 0;
  process.on('message', (message: Message) => {
    if (message?.type === 'metrics-collect') {
      const { id } = message;
      void own().then((snapshots) => send(process, { type: 'metrics-collected', id, snapshots }));
    } else if (message?.type === 'metrics-sum') waiting.get(message.id)?.(message.text);
  });
  return () =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      const end = () => {
        clearTimeout(timer);
        waiting.delete(id);
      };
      const timer = setTimeout(() => {
        end();
        reject(new Error('The metrics of the other workers did not come in time.'));
      }, SUM_TIMEOUT);
      waiting.set(id, (text) => {
        end();
        resolve(text);
      });
      send(process, { type: 'metrics-wanted', id });
    });
}

/** In the primary. */
export function answerWorkers(): void {
  const lastWords = new Map<number, readonly Snapshot[]>();
  const collecting = new Map<number, (workerId: number) => void>();
  let ended: readonly Snapshot[] = [];
  /** Loaded when metrics are first asked for. */
  let exposition: typeof import('./exposition.ts') | undefined;
  let lastId = 0;

  let isAsking = false;

  const collect = async (): Promise<void> => {
    const id = ++lastId;
    const asked = new Set(Object.values(cluster.workers ?? {}).flatMap((worker) => worker?.id ?? []));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ANSWER_TIMEOUT);
      collecting.set(id, (workerId) => {
        asked.delete(workerId);
        if (asked.size > 0) return;
        clearTimeout(timer);
        resolve();
      });
      for (const workerId of asked) send(cluster.workers?.[workerId], { type: 'metrics-collect', id });
    });
    collecting.delete(id);
  };
  const sum = async (): Promise<string> => {
    if (!isAsking) setInterval(() => void collect(), ASK_EVERY).unref();
    isAsking = true;
    exposition ??= await import('./exposition.ts');
    await collect();
    return exposition.toPrometheusText([...lastWords.values(), ended]);
  };
  cluster.on('message', (worker: Worker, message: Message) => {
    if (message?.type === 'metrics-wanted')
      sum().then(
        (text) => send(worker, { type: 'metrics-sum', id: message.id, text }),
        // The worker that asked says that no answer came.
        () => {},
      );
    // What comes after a worker's end is counted with its last words, and must not count once more.
    else if (message?.type === 'metrics-collected' && !worker.isDead()) {
      lastWords.set(worker.id, message.snapshots);
      collecting.get(message.id)?.(worker.id);
    }
  });
  cluster.on('exit', (worker: Worker) => {
    const last = lastWords.get(worker.id);
    lastWords.delete(worker.id);
    for (const tell of collecting.values()) tell(worker.id);
    if (last && exposition) ended = exposition.sumOfEnded([ended, last]);
  });
}

/** To one who may have ended meanwhile. */
function send(to: Worker | NodeJS.Process | undefined, message: Message): void {
  if (to instanceof cluster.Worker) {
    if (to.isConnected()) to.send(message);
  } else if (to?.connected) to.send?.(message, undefined, {});
}

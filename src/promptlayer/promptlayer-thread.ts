import { Worker } from 'node:worker_threads';

/** Milliseconds that a busy machine may take to load the package, besides what a task itself may. */
const LOADING_TIME = 20_000;

/** Whose account it is, and where it is if not at PromptLayer's own address. */
export interface PromptLayerOptions {
  readonly apiKey: string;
  readonly baseUrl: string | undefined;
}

/** What the package is asked to do. */
export type PromptLayerTask =
  /** Answers PromptLayer's number of the request, where it says one. */
  | { readonly type: 'log'; readonly body: Record<string, unknown> }
  | { readonly type: 'score'; readonly body: { request_id: number; score: number; score_name: string } }
  | { readonly type: 'template'; readonly name: string; readonly params: Record<string, unknown> };

/** @param status of PromptLayer's answer; absent where none came */
export class PromptLayerError extends Error {
  readonly status: number | undefined;
  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

interface Answer {
  readonly id: number;
  /** The package is loaded and has the task; what came of it follows. */
  readonly begun?: true;
  readonly result?: unknown;
  readonly error?: string;
  readonly status?: number;
}

type Hear = (answer: Omit<Answer, 'id'>) => void;

/**
 * PromptLayer's official package. It has no timeout, retries for 21 seconds and prints to stdout, and importing it takes
 * 150 ms, so it lives in a thread of its own: what it does there, the server never feels.
 */
export class PromptLayerThread {
  readonly #options: PromptLayerOptions;
  #worker: Worker | undefined;
  #lastId = 0;
  readonly #waiting = new Map<number, Hear>();

  constructor(options: PromptLayerOptions) {
    this.#options = options;
  }

  /** @throws {PromptLayerError} also when there is no answer within so many milliseconds of the package's having the task */
  ask(task: PromptLayerTask, milliseconds: number): Promise<unknown> {
    this.#worker ??= this.#start();
    const asked = this.#worker;
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        // The package goes on with what it has, and keeps it: only the end of its thread frees that.
        void asked.terminate();
        this.#lost(asked, `no answer within ${milliseconds / 1000} s`);
      };
      let timer = setTimeout(giveUp, LOADING_TIME + milliseconds);
      this.#waiting.set(id, ({ begun, result, error, status }) => {
        clearTimeout(timer);
        if (begun) {
          timer = setTimeout(giveUp, milliseconds);
          return;
        }
        this.#waiting.delete(id);
        if (error === undefined) resolve(result);
        else reject(new PromptLayerError(error, status));
      });
      asked.postMessage({ id, task });
    });
  }

  async close(): Promise<void> {
    const last = this.#worker;
    this.#worker = undefined;
    await last?.terminate();
  }

  #start(): Worker {
    const started = new Worker(new URL('./promptlayer-worker.ts', import.meta.url), {
      workerData: this.#options,
      // Its chatter is read and thrown away.
      stdout: true,
      stderr: true,
    });
    started.stdout.resume();
    started.stderr.resume();
    started.unref();
    started.on('message', ({ id, ...answer }: Answer) => this.#waiting.get(id)?.(answer));
    started.on('error', (error) =>
      this.#lost(started, error instanceof Error ? error.message : String(error)),
    );
    started.on('exit', () => this.#lost(started, 'the worker ended'));
    return started;
  }

  #lost(ended: Worker, error: string): void {
    if (this.#worker !== ended) return;
    this.#worker = undefined;
    for (const hear of [...this.#waiting.values()]) hear({ error });
  }
}

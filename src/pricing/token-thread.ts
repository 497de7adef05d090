import { Worker } from 'node:worker_threads';

const MAX_WAITING = 1_000;

/**
 * Counts tokens in a thread that starts with the first question and never keeps the process alive. A process needs one: what
 * the thread holds are the tables of encodings, which take a quarter of a second to make and are the same for everybody.
 */
export class TokenThread {
  readonly #file: URL;
  #worker: Worker | undefined;
  #lastId = 0;
  readonly #waiting = new Map<number, (counts: readonly number[] | undefined) => void>();

  /** @param file that the thread runs */
  constructor(file = new URL('./token-worker.ts', import.meta.url)) {
    this.#file = file;
  }

  /**
   * @param encoding tiktoken's name of it @param timeout milliseconds that the count may take
   * @returns tokens of each text, or nothing where they were not counted in time
   */
  count(encoding: string, texts: readonly string[], timeout: number): Promise<readonly number[] | undefined> {
    if (this.#waiting.size >= MAX_WAITING) return Promise.resolve(undefined);
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      const timer = setTimeout(() => answer(undefined), timeout);
      const answer = (counts: readonly number[] | undefined) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve(counts);
      };
      this.#waiting.set(id, answer);
      this.#start().postMessage({ id, encoding, texts });
    });
  }

  #start(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(this.#file);
    worker.unref();
    worker.on('message', ({ id, counts }) => this.#waiting.get(id)?.(counts));
    // Everyone who waits falls back to the rule of thumb; the next question starts a new worker.
    worker.on('error', () => this.#lost(worker));
    worker.on('exit', () => this.#lost(worker));
    this.#worker = worker;
    return worker;
  }

  /** One that fails ends afterwards: by then another may be at work. */
  #lost(worker: Worker): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const answer of [...this.#waiting.values()]) answer(undefined);
  }
}

/** The load generator as seen from outside: jobs go to its process, results come back. */
import type { FromLoad, Job, Result } from './load/job.ts';
import { LOAD_CORE, start } from './processes.ts';

export class LoadGenerator {
  readonly #process = start('load/main.ts', [], { core: LOAD_CORE, ipc: true });
  readonly pid = this.#process.pid;

  /** @param onReady called when the connections are open and before the first request. @throws {Error} for a wrong reply */
  async run(job: Job, onReady: () => void = () => {}): Promise<Result> {
    const message = await this.#ask({ job });
    if (!('ready' in message)) throw new Error('problem' in message ? message.problem : 'not ready');
    onReady();
    const end = await this.#ask({ go: true });
    if (!('result' in end)) throw new Error('problem' in end ? end.problem : 'no result');
    return end.result;
  }

  #ask(message: { job: Job } | { go: true }): Promise<FromLoad> {
    return new Promise((resolve) => {
      this.#process.child.once('message', (reply) => resolve(reply as FromLoad));
      this.#process.child.send(message);
    });
  }
}

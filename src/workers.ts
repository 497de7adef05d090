/** Several processes behind one port (`WORKERS`): started together, replaced when one dies, stopped together. */
import cluster, { type Worker } from 'node:cluster';
import type { Logger } from 'pino';

/** Milliseconds; a worker that dies right after its start is started again ever more slowly. */
const FIRST_PAUSE = 100;
const MAX_PAUSE = 10_000;
const HEALTHY_AFTER = 10_000;

/** Starts the workers and keeps their number until SIGTERM or SIGINT, which each of them drains on its own. */
export function runWorkers(count: number, log: Logger): void {
  let isStopping = false;
  let pause = FIRST_PAUSE;
  const start = () => {
    const startedAt = Date.now();
    const worker = cluster.fork();
    worker.on('exit', (code, signal) => {
      if (isStopping) return endWithTheLast(log);
      // A worker that cannot start at all says why itself; there is nothing to wait for.
      if (code === START_FAILED) process.exit(1);
      pause = Date.now() - startedAt > HEALTHY_AFTER ? FIRST_PAUSE : Math.min(pause * 2, MAX_PAUSE);
      log.error(
        { ended: worker.id, pid: worker.process.pid, code, signal, pause_ms: pause },
        'a worker ended; another starts',
      );
      setTimeout(() => !isStopping && start(), pause);
    });
  };
  process.on('SIGHUP', () => {
    for (const worker of workers()) worker.process.kill('SIGHUP');
  });
  for (let started = 0; started < count; started++) start();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      // A second signal means now.
      for (const worker of workers()) worker.process.kill(isStopping ? 'SIGKILL' : 'SIGTERM');
      if (!isStopping) log.info({ signal }, 'draining workers');
      isStopping = true;
      endWithTheLast(log);
    });
  }
}

/** The exit code of a process whose configuration is wrong or whose port is taken. */
export const START_FAILED = 78;

function workers(): Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
}

function endWithTheLast(log: Logger): void {
  if (workers().length > 0) return;
  log.info('stopped');
  process.exit(0);
}

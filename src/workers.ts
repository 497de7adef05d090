/** Several processes behind one port (`WORKERS`): started together, replaced when one dies, stopped together. */
import cluster, { type Worker } from 'node:cluster';
import type { Logger } from 'pino';
import { onStopSignals } from './stop-signals.ts';

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
  process.on('SIGHUP', () => tellAll('SIGHUP'));
  for (let started = 0; started < count; started++) start();
  onStopSignals(
    (signal) => {
      log.info({ signal }, 'draining workers');
      isStopping = true;
      tellAll('SIGTERM');
      endWithTheLast(log);
    },
    () => tellAll('SIGKILL'),
  );
}

function tellAll(signal: 'SIGTERM' | 'SIGKILL' | 'SIGHUP'): void {
  for (const worker of workers()) worker.process.kill(signal);
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

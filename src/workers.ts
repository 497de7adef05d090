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
    closeWhatItNeverTook(worker);
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

/**
 * The primary keeps its end of a connection until the worker says that it has it. A worker that is killed before that never
 * does, and Node's round robin then keeps the end open for good: the caller would wait for an answer without end. Each port
 * hands a worker the next connection only when it has taken the last, so the last is the only one that can be left (to close
 * one that was taken does nothing). Node passes connections on by `send`, and has no other place where they can be seen.
 */
function closeWhatItNeverTook({ process: child }: Worker): void {
  const lastOfPort = new Map<string, { close?(): void }>();
  const send = child.send.bind(child) as (message: HandedOver, handle?: object, ...rest: []) => boolean;
  child.send = (message: HandedOver, handle?: object, ...rest: []) => {
    if (handle && message?.act === 'newconn') lastOfPort.set(String(message.key), handle);
    return send(message, handle, ...rest);
  };
  child.once('exit', () => {
    for (const handle of lastOfPort.values()) handle.close?.();
  });
}

interface HandedOver {
  readonly act?: unknown;
  readonly key?: unknown;
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

/** A thread that asks the smallest thing there is, again and again: how long another caller waits behind a hostile one. */
import { request } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

const PAUSE = 20;
let longest = 0;
parentPort!.on('message', () => parentPort!.postMessage(longest));

function ask(): Promise<void> {
  const askedAt = performance.now();
  return new Promise((resolve) => {
    const asking = request({ host: '127.0.0.1', port: workerData.port, path: '/health/live' }, (reply) => {
      reply.resume().on('end', () => {
        longest = Math.max(longest, performance.now() - askedAt);
        resolve();
      });
    });
    asking.on('error', () => resolve());
    asking.end();
  });
}

for (;;) {
  await ask();
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
}

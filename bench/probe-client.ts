/** The other end of probe.ts: an order to a server that was started with it, and its answer. */
import type { Order } from './probe.ts';
import type { Started } from './processes.ts';

export function askProbe({ child }: Started, order: Order): Promise<number> {
  return new Promise((resolve) => {
    child.once('message', (answer) => resolve(answer as number));
    child.send(order);
  });
}

/** Waits for what a test expects to come about, however slow the machine is: time passes, and proves nothing. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds after which a thing has not come late, but will not come. As long as `expect.poll` waits. */
const MAX_WAIT = 100_000;

/**
 * What `look` returns once it throws no more.
 * @throws what it threw last, when it never stopped
 */
export async function eventually<Value>(look: () => Value | Promise<Value>): Promise<Value> {
  const end = performance.now() + MAX_WAIT;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await sleep(20);
  }
}

/** Waits for what a test expects to come about, however slow the machine is: time passes, and proves nothing. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds after which a thing has not come late, but will not come. As long as `expect.poll` waits. */
const MAX_WAIT = 100_000;
/** Milliseconds for one look: a call to a worker that was killed just then may never be answered, and another one is made. */
const MAX_LOOK = 20_000;

/**
 * What `look` returns once it throws no more.
 * @throws what it threw last, when it never stopped
 */
export async function eventually<Value>(look: () => Value | Promise<Value>): Promise<Value> {
  const end = performance.now() + MAX_WAIT;
  for (;;) {
    try {
      return await within(MAX_LOOK, look());
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await sleep(20);
  }
}

/** @throws when the outcome is not there in time */
async function within<Value>(milliseconds: number, outcome: Value | Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('nothing came of a look')), milliseconds);
  });
  try {
    return await Promise.race([outcome, late]);
  } finally {
    clearTimeout(timer);
  }
}

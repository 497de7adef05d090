/** Waits until something that moves has stopped. */
import { setTimeout as sleep } from 'node:timers/promises';

/** So many looks in a row without a change are rest: the event loop has turned at least as often. */
const LOOKS = 30;

/** The value once it no longer changes. A machine that pauses can only make it look at rest too early. */
export async function atRest<Value>(read: () => Value): Promise<Value> {
  let value = read();
  for (let looks = 0; looks < LOOKS; ) {
    await sleep(10);
    const now = read();
    looks = now === value ? looks + 1 : 0;
    value = now;
  }
  return value;
}

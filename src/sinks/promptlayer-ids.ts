/** Which number PromptLayer has given to which of our calls, for what comes later: a score. Bounded in number and time. */
import { LRUCache } from 'lru-cache';

const MAX_CALLS = 20_000;
/** Milliseconds. */
const KEPT_FOR = 24 * 60 * 60 * 1_000;

/** `undefined`: PromptLayer does not have the call, and will not. */
type PromptLayerId = number | undefined;

export class PromptLayerIds {
  readonly #ids = new LRUCache<string, { readonly id: PromptLayerId }>({ max: MAX_CALLS, ttl: KEPT_FOR });
  /** Those who wait, by call. */
  readonly #waiting = new Map<string, Set<(id: PromptLayerId) => void>>();

  set(callId: string, id: PromptLayerId): void {
    this.#ids.set(callId, { id });
    for (const tell of [...(this.#waiting.get(callId) ?? [])]) tell(id);
  }

  /** The call may still be on its way: waits for it, so many milliseconds at most. */
  find(callId: string, milliseconds: number): Promise<PromptLayerId> {
    const known = this.#ids.get(callId);
    if (known) return Promise.resolve(known.id);
    return new Promise((resolve) => {
      const others = this.#waiting.get(callId) ?? new Set();
      this.#waiting.set(callId, others);
      const done = (id: PromptLayerId) => {
        clearTimeout(timer);
        others.delete(done);
        if (others.size === 0) this.#waiting.delete(callId);
        resolve(id);
      };
      const timer = setTimeout(done, milliseconds, undefined);
      timer.unref();
      others.add(done);
    });
  }
}

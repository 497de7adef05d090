import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { DAY } from '../core/durations.ts';
import { atMost } from '../core/entry-bound.ts';

/** Of the calls of this process, here and in Redis. */
const MAX_CALLS = 20_000;
/** Milliseconds. */
const KEPT_FOR = DAY;
/** Milliseconds between two looks into Redis for a number that is on its way. */
const FIRST_PAUSE = 100;
const MAX_PAUSE = 2_000;

const PREFIX = 'cl:promptlayer:';
/** In Redis, for a call that PromptLayer will not have. */
const NONE = 'none';

/** `undefined`: PromptLayer does not have the call, and will not. */
type PromptLayerId = number | undefined;

/** What is needed of Redis. All may reject; whoever makes it bounds their time. */
export interface SharedIds {
  get(key: string): Promise<string | null>;
  /** @param ttl milliseconds */
  set(key: string, value: string, ttl: number): Promise<unknown>;
  delete(key: string): Promise<unknown>;
}

/**
 * Which number PromptLayer has given to which of our calls, for what comes later: a score. Bounded in number and time, and
 * where there is a Redis known to all processes, as the score may come to another.
 */
export class PromptLayerIds {
  readonly #shared: SharedIds | undefined;
  readonly #ids: LRUCache<string, { readonly id: PromptLayerId }>;
  /** Those who wait, by call. */
  readonly #waiting = new Map<string, Set<(id: PromptLayerId) => void>>();

  constructor(shared?: SharedIds, max = MAX_CALLS) {
    this.#shared = shared;
    this.#ids = new LRUCache({
      ...atMost(max),
      ttl: KEPT_FOR,
      // What is too old leaves Redis by itself; what is too much would stay there.
      dispose: (_id, callId, reason) => {
        if (reason === 'evict') shared?.delete(PREFIX + callId).catch(() => {});
      },
    });
  }

  set(callId: string, id: PromptLayerId): void {
    this.#ids.set(callId, { id });
    this.#shared?.set(PREFIX + callId, `${id ?? NONE}`, KEPT_FOR).catch(() => {});
    for (const tell of [...(this.#waiting.get(callId) ?? [])]) tell(id);
  }

  /** The call may still be on its way, here or from another process: waits for it, so many milliseconds at most. */
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
      if (this.#shared) void this.#look(this.#shared, callId, done, () => others.has(done));
    });
  }

  /** Until the number is in Redis, or nobody waits for it any more. */
  async #look(
    shared: SharedIds,
    callId: string,
    found: (id: PromptLayerId) => void,
    isWanted: () => boolean,
  ): Promise<void> {
    for (let pause = FIRST_PAUSE; isWanted(); pause = Math.min(2 * pause, MAX_PAUSE)) {
      const text = await shared.get(PREFIX + callId).catch(() => null);
      if (text !== null && isWanted()) return found(readId(text));
      await sleep(pause, undefined, { ref: false });
    }
  }
}

/** Anybody may write to a shared Redis. */
function readId(text: string): PromptLayerId {
  const id = Number(text);
  return /^\d+$/.test(text) && Number.isSafeInteger(id) ? id : undefined;
}

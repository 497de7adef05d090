import { LRUCache } from 'lru-cache';
import type { Clock } from '../core/clock.ts';
import { MINUTE } from '../core/durations.ts';
import { atMost } from '../core/entry-bound.ts';
import type { NativeRequest } from '../core/native-request.ts';
import { bodyLength } from '../core/raw-body.ts';
import { classify, isMissingRoute } from '../failures/classify.ts';
import type { Provider, Target } from '../providers/provider.ts';
import type { Cooldowns } from './cooldowns.ts';

/** Milliseconds: our own count is there at once. */
const TIMEOUT = 3_000;
/** Milliseconds for which a target is not asked again that gave no count: it may have no such route. */
const PAUSE = MINUTE;
const MAX_PAUSED = 1_000;
/** Clients ask for dozens of counts in a burst; beyond this, and this many bytes of bodies, ours have to do. */
const MAX_AT_ONCE = 32;
const MAX_BYTES_AT_ONCE = 32 * 1024 * 1024;

/** What token counts are asked of. */
export interface ProviderCountsDependencies {
  readonly providers: { get(name: string): Provider };
  readonly cooldowns: Pick<Cooldowns, 'recoversIn'>;
  readonly clock: Clock;
}

/**
 * Counts of tokens by those who know: a provider of the caller's own wire that counts free of charge. No count is worth an
 * error: where none comes in time there is none, and it says nothing of how the target answers.
 */
export class ProviderCounts {
  readonly #dependencies: ProviderCountsDependencies;
  readonly #paused: LRUCache<string, true>;
  #running = 0;
  #bytes = 0;

  constructor(dependencies: ProviderCountsDependencies) {
    const { clock } = dependencies;
    this.#dependencies = dependencies;
    this.#paused = new LRUCache({
      ...atMost(MAX_PAUSED),
      ttl: PAUSE,
      perf: { now: () => clock.elapsed() },
      ttlResolution: 0,
    });
  }

  /** @param signal of the caller @returns tokens of the conversation, or nothing where the target does not count it now */
  async count(native: NativeRequest, target: Target, signal: AbortSignal): Promise<number | undefined> {
    const { providers, cooldowns, clock } = this.#dependencies;
    const provider = providers.get(target.provider);
    const place = `${target.id} ${target.credential}`;
    const bytes = bodyLength(native.body);
    if (!provider.countTokens || !this.#hasRoomFor(bytes)) return undefined;
    if (this.#paused.has(place) || cooldowns.recoversIn(target) > 0) return undefined;
    this.#running += 1;
    this.#bytes += bytes;
    try {
      const ended = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]);
      return await provider.countTokens(native, target, { signal: ended });
    } catch (error) {
      if (signal.aborted) return undefined;
      const isOfRequest = classify(error, clock.now(), target).rule.showsTargetIsUp === true;
      // What the provider says of one request's content must not take the count from the next.
      if (!isOfRequest || isMissingRoute(error, target)) this.#paused.set(place, true);
      return undefined;
    } finally {
      this.#running -= 1;
      this.#bytes -= bytes;
    }
  }

  #hasRoomFor(bytes: number): boolean {
    return this.#running < MAX_AT_ONCE && this.#bytes + bytes <= MAX_BYTES_AT_ONCE;
  }
}

import { LRUCache } from 'lru-cache';
import type { Clock } from '../core/clock.ts';
import { MINUTE } from '../core/durations.ts';
import { atMost } from '../core/entry-bound.ts';
import type { Target } from '../providers/provider.ts';

/** Sessions that are remembered; one that is forgotten begins with the chain's first target again. */
const MAX_SESSIONS = 10_000;
/** Milliseconds without a request after which a prompt cache is cold (Anthropic's and OpenAI's usual ones: five to ten minutes). */
const COLD_AFTER = 10 * MINUTE;

/**
 * Keeps a session on the target that answered it last, whose prompt cache is warm. Only an order: a target that is cooling
 * down or fails is passed over as in any chain, and the session is then at home where it was answered.
 */
export class Affinity {
  readonly #warm: LRUCache<string, string>;

  constructor(clock: Clock) {
    this.#warm = new LRUCache({
      ...atMost(MAX_SESSIONS),
      ttl: COLD_AFTER,
      perf: { now: () => clock.elapsed() },
      ttlResolution: 0,
    });
  }

  /** @returns the same targets, the warm one first */
  inOrder(targets: readonly Target[], session: string): readonly Target[] {
    const place = this.#warm.get(session);
    const warm = place === undefined ? undefined : targets.find((target) => placeOf(target) === place);
    return warm && warm !== targets[0] ? [warm, ...targets.filter((target) => target !== warm)] : targets;
  }

  answered(session: string, target: Target): void {
    this.#warm.set(session, placeOf(target));
  }
}

/** Another key is another account, and another cache. */
function placeOf({ id, credential }: Target): string {
  return `${id} ${credential}`;
}

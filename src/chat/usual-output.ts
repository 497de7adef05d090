import { LRUCache } from 'lru-cache';
import { atMost } from '../core/entry-bound.ts';
import type { Event, ImmediateSubscriber } from '../events/event.ts';

/** More targets than an installation has; callers may name models of their own. */
const MAX_TARGETS = 1_000;
/** The share that a new answer has in the mean. */
const WEIGHT = 0.1;

/** How many tokens the answers of a target have had of late: for what a call can be expected to cost. */
export class UsualOutput implements ImmediateSubscriber {
  readonly name = 'usual output';
  readonly listensTo = ['call_settled'] as const;
  /** By `provider/upstream-model`. */
  readonly #means = new LRUCache<string, number>(atMost(MAX_TARGETS));

  /** Counts whole answers of models alone: those of the cache cost nothing, and a broken one says little. */
  onEach(event: Event): void {
    if (event.type !== 'call_settled') return;
    const { provider, model, cache, usage, error, client } = event.record.receipt;
    if (model === null || error || client === 'closed' || cache.startsWith('hit') || cache === 'coalesced')
      return;
    const id = `${provider}/${model}`;
    const output = usage.output + usage.reasoning;
    const mean = this.#means.get(id);
    this.#means.set(id, mean === undefined ? output : mean + (output - mean) * WEIGHT);
  }

  /** @param id `provider/upstream-model` @returns nothing before its first answer */
  of(id: string): number | undefined {
    return this.#means.peek(id);
  }
}

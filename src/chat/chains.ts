/** What a request may be answered by: a named chain of targets, tried in order. */
import { nearest } from '../core/nearest.ts';
import type { Target } from '../providers/provider.ts';
import { Failure, invalidRequest } from '../routing/failures.ts';

export interface Chain {
  readonly name: string;
  readonly targets: readonly Target[];
  /** The ids of the targets in order: part of the cache key. */
  readonly identity: readonly string[];
  /** Milliseconds without a first token after which the next target is asked beside the first. */
  readonly hedgeAfter: number | undefined;
}

export function makeChain(name: string, targets: readonly Target[], hedgeAfter?: number): Chain {
  const identity = targets.flatMap(({ id, successor }) => (successor ? [id, successor.id] : [id]));
  return { name, targets, identity, hedgeAfter };
}

/**
 * @param name what the caller put in `model`; `undefined` asks for the default chain
 * @throws {Failure} `invalid_request` for an unknown name, `no_target_available` when none of its models has a key
 */
export function chooseChain(chains: ReadonlyMap<string, Chain>, name = 'default'): Chain {
  const chain = chains.get(name);
  if (!chain) {
    const meant = nearest(name, chains.keys());
    const hint = meant ? `Did you mean \`${meant}\`?` : 'GET /v1/models lists what there is.';
    throw invalidRequest(`There is no model or chain named \`${name.slice(0, 100)}\`. ${hint}`, 'model');
  }
  if (chain.targets.length === 0) {
    const message = `No model of \`${name}\` can be used: set the key of at least one of its providers.`;
    throw new Failure('no_target_available', message, { retryAfterMs: 60_000 });
  }
  return chain;
}

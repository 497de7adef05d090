/** What a request may be answered by: a named chain of targets, tried in order. */
import { nearest } from '../core/nearest.ts';
import { type Failure, invalidRequest } from '../failures/failure.ts';
import type { Target } from '../providers/provider.ts';

export interface Chain {
  readonly name: string;
  readonly targets: readonly Target[];
  /** JSON of the targets' ids in order: part of the cache key. */
  readonly identity: string;
  /** Milliseconds without a first token after which the next target is asked beside the first. */
  readonly hedgeAfter: number | undefined;
}

export function makeChain(name: string, targets: readonly Target[], hedgeAfter?: number): Chain {
  const identity = targets.flatMap(({ id, successor }) => (successor ? [id, successor.id] : [id]));
  return { name, targets, identity: JSON.stringify(identity), hedgeAfter };
}

/** Where names of models are looked up that are no configured chain. */
export interface OtherModels {
  /** @returns the target, the environment names that would give its provider a key, or nothing */
  find(name: string): Target | { readonly keys: readonly string[] } | undefined;
  /** Names to compare a misspelling with. */
  readonly names: readonly string[];
}

/**
 * @param name what the caller put in `model`; `undefined` asks for the default chain
 * @throws {Failure} `invalid_request` for an unknown name, also when none of its models has a key
 */
export function chooseChain(
  chains: ReadonlyMap<string, Chain>,
  others: OtherModels,
  name = 'default',
): Chain {
  const chain = chains.get(name);
  if (chain && chain.targets.length > 0) return chain;
  const model = others.find(name);
  if (chain && !(model && 'keys' in model))
    throw withoutKey(name, 'set the key of at least one of its providers');
  if (!model) throw unknown(name, [...chains.keys(), ...others.names]);
  if ('keys' in model) throw withoutKey(name, `set ${model.keys.join(' or ')}`);
  return makeChain(name, [model]);
}

/** Waiting does not help, so that clients must not be told to. */
function withoutKey(name: string, fix: string): Failure {
  return invalidRequest(`No model of \`${name}\` can be used: ${fix}.`, 'model');
}

function unknown(name: string, known: readonly string[]): Failure {
  const meant = nearest(name, known);
  const hint = meant
    ? `Did you mean \`${meant}\`?`
    : 'GET /v1/models lists what there is; any other model is named as `provider/model-id`.';
  return invalidRequest(`There is no model or chain named \`${name.slice(0, 100)}\`. ${hint}`, 'model');
}

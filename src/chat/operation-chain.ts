import type { Operation } from '../core/openai-types.ts';
import type { Target } from '../providers/provider.ts';
import { type Chain, makeChain } from './chains.ts';

type Chains = WeakMap<Chain, Chain>;
const known: Readonly<Record<Operation, Chains>> = {
  text_completion: new WeakMap(),
  embeddings: new WeakMap(),
};
const targets: Readonly<Record<Operation, WeakMap<Target, Target>>> = {
  text_completion: new WeakMap(),
  embeddings: new WeakMap(),
};

/**
 * The part of a chain that may answer a request which is no chat; the same one for the same chain, so that its cooldowns
 * and caches are found again.
 */
export function chainFor(operation: Operation, chain: Chain): Chain {
  let part = known[operation].get(chain);
  if (!part) {
    const able = operation === 'embeddings' ? ofOneModel(chain.targets) : chain.targets;
    part = makeChain(
      chain.name,
      able.map((target) => targetFor(operation, target)),
      chain,
    );
    known[operation].set(chain, part);
  }
  return part;
}

/**
 * What fails here says nothing of the model's chats, so that each operation has its own cooldowns: whoever asks a chat model
 * for vectors must not put it out of use for others.
 */
function targetFor(operation: Operation, target: Target): Target {
  let own = targets[operation].get(target);
  if (!own) {
    const { successor } = target;
    own = {
      ...target,
      name: `${target.name} (${operation})`,
      // A successor is another model, and vectors of two models cannot be compared.
      successor: successor && operation !== 'embeddings' ? targetFor(operation, successor) : undefined,
    };
    targets[operation].set(target, own);
  }
  return own;
}

/** The first target, and those that serve the same model elsewhere. */
function ofOneModel(all: readonly Target[]): readonly Target[] {
  const [first] = all;
  return first ? all.filter((target) => isSameModel(target, first)) : all;
}

function isSameModel(one: Target, other: Target): boolean {
  const isOneGroup = one.balance !== undefined && one.balance.group === other.balance?.group;
  return isOneGroup || baseName(one.model) === baseName(other.model);
}

/** Hosts put the maker in front of a model's name, in any case. */
function baseName(model: string): string {
  return model.slice(model.lastIndexOf('/') + 1).toLowerCase();
}

/** What a request may be answered by: a named chain of targets, tried in order. */
import type { GuardrailRule } from '../core/guardrail-rule.ts';
import { nearest } from '../core/nearest.ts';
import { Failure } from '../failures/failure.ts';
import type { Target } from '../providers/provider.ts';
import type { ToolCalls } from '../routing/routed.ts';

/** Targets in the order in which they are tried, and what is configured for all of them. */
export interface Chain {
  readonly name: string;
  readonly targets: readonly Target[];
  /** JSON of the targets' ids in order: part of the cache key. */
  readonly identity: string;
  /** Milliseconds without a first token after which the next target is asked beside the first. */
  readonly hedgeAfter?: number | undefined;
  /** Overrides the setting. */
  readonly toolCalls?: ToolCalls | undefined;
  /** A session stays where it was answered last. */
  readonly affinity?: 'session' | undefined;
  /** What it says of the guardrail prompt; a key's own word counts more. */
  readonly guardrail?: GuardrailRule | undefined;
}

/** What a chain is told beside its name and targets. */
export type ChainOptions = Omit<Chain, 'name' | 'targets' | 'identity'>;

/** Successors are part of its identity: their answers are others. */
export function makeChain(name: string, targets: readonly Target[], options: ChainOptions = {}): Chain {
  const identity = targets.flatMap(({ id, successor }) => (successor ? [id, successor.id] : [id]));
  return { ...options, name, targets, identity: JSON.stringify(identity) };
}

/** Where names of models are looked up. */
export interface KnownModels {
  /** Those of the configuration, by name. */
  readonly chains: ReadonlyMap<string, Chain>;
  /** @returns the target, the environment names that would give its provider a key, or nothing */
  find(name: string): Target | { readonly keys: readonly string[] } | undefined;
  /** @returns the environment names that would give a configured model's provider its key */
  missingKeys?(name: string): readonly string[] | undefined;
  /** @returns what another name stands for, or nothing */
  alias?(name: string): string | undefined;
  /** Names to compare a misspelling with. */
  readonly names: readonly string[];
}

/** Whose chain it is to be. */
export interface ModelRights {
  /** Names of chains and models, and `provider/model` ids; absent where every model may be used. */
  readonly models: readonly string[] | undefined;
  /** As it is told: "key web". */
  readonly label: string;
}

/** The part of a chain that a caller may use: a chain is allowed by its name, or as far as its models are. @throws {Failure} `unauthorized` */
export function allowedPart(chain: Chain, { models, label }: ModelRights): Chain {
  const { name, targets } = chain;
  if (!models || models.includes(name)) return chain;
  const allowed = targets.filter((target) => models.includes(target.name) || models.includes(target.id));
  if (allowed.length === targets.length) return chain;
  if (allowed.length > 0) return makeChain(name, allowed, chain);
  const message = `The ${label} may not use \`${name}\`. It may use: ${models.join(', ')}.`;
  throw new Failure('unauthorized', message, { status: 403, param: 'model' });
}

/**
 * @param asked what the caller put in `model`; `undefined` asks for the default chain
 * @throws {Failure} `invalid_request` (404, `model_not_found`) for an unknown name, or when none of its models has a key
 */
export function chooseChain(known: KnownModels, asked = 'default'): Chain {
  const { chains } = known;
  // Names come from settings of programs, often with a space at their end.
  const name = asked.trim();
  const meant = chains.has(name) ? name : (known.alias?.(name) ?? name);
  const chain = chains.get(meant);
  if (chain) {
    if (chain.targets.length > 0) return chain;
    const keys = known.missingKeys?.(meant)?.join(' or ');
    throw withoutKey(name, `set ${keys ?? 'the key of at least one of its providers'}`);
  }
  const model = known.find(meant);
  if (!model) throw unknown(name, [...chains.keys(), ...known.names]);
  if ('keys' in model) throw withoutKey(name, `set ${model.keys.join(' or ')}`);
  return makeChain(meant, [model]);
}

/** Whether a request could name a model or chain, even if its provider has no key now; else what may have been meant. */
export function checkName(
  known: KnownModels,
  name: string,
): { isKnown: boolean; meant?: string | undefined } {
  const { chains } = known;
  const meant = chains.has(name) ? name : (known.alias?.(name) ?? name);
  if (chains.has(meant) || known.find(meant)) return { isKnown: true };
  // What answers may be named by a target's id, too.
  const targets = [...chains.values()].flatMap((chain) => chain.targets);
  if (targets.some(({ id }) => id === name)) return { isKnown: true };
  return { isKnown: false, meant: nearest(name, [...chains.keys(), ...known.names]) };
}

/** Waiting does not help, so that clients must not be told to. */
function withoutKey(name: string, fix: string): Failure {
  return notFound(`No model of \`${name}\` can be used: ${fix}.`);
}

function unknown(name: string, known: readonly string[]): Failure {
  const meant = nearest(name, known);
  const hint = meant
    ? `Did you mean \`${meant}\`?`
    : 'GET /v1/models lists what there is; any other model is named as `provider/model-id`.';
  return notFound(`There is no model or chain named \`${name.slice(0, 100)}\`. ${hint}`);
}

/** As OpenAI answers for a model it does not have. */
function notFound(message: string): Failure {
  return new Failure('invalid_request', message, { param: 'model', status: 404, code: 'model_not_found' });
}

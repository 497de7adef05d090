/** The steps before anybody is asked: who may answer, with which system prompt, and what an answer is stored for. */
import type { Question } from '../cache/answer-store.ts';
import { cacheKey, promptHash } from '../cache/cache-key.ts';
import type { ChatRequest } from '../core/openai-types.ts';
import { guardrailAt, withGuardrail } from '../guard/guardrail.ts';
import { type Chain, makeChain } from './chains.ts';
import type { ChatDependencies, Incoming } from './incoming.ts';
import { chainFor } from './operation-chain.ts';
import type { ParsedRequest } from './parsed-request.ts';

export interface Prepared {
  /** As far as the caller may use it. */
  readonly chain: Chain;
  /** As it goes to providers, guardrail and all. */
  readonly request: ChatRequest;
  readonly hasGuardrail: boolean;
  /** The hash of its messages. */
  readonly prompt: string;
  /** What the answer is stored for; absent when it is not to be shared. */
  readonly question: Question | undefined;
  /** What is looked up: the question, unless the caller wants a fresh answer. */
  readonly asked: Question | undefined;
  /** A key made for one user is that user's; what a trusted edge says of the user counts more than the body. */
  readonly user: string | undefined;
}

/** @throws {Failure} for a model there is not, or that is not the caller's */
export function prepare(incoming: Incoming, dependencies: ChatDependencies): Prepared {
  const { caller, cacheControl, parsed } = incoming;
  const allowed = allowedPart(dependencies.chain(parsed.model), incoming);
  const chain = chainFor(parsed.request.operation, allowed);
  const guardrail = guardrailAt(parsed.wire, dependencies.guardrail);
  const request = withGuardrail(parsed.request, guardrail);
  const isShared =
    dependencies.cache !== undefined && parsed.cache && !cacheControl.noStore && !incoming.upstreamHeaders;
  const prompt = promptHash(request.messages);
  const question = isShared ? questionOf(incoming, request, prompt, routeIdentity(chain, parsed)) : undefined;
  return {
    chain,
    request,
    hasGuardrail: guardrail !== undefined,
    prompt,
    question,
    // `no-cache` asks for a fresh answer, which may still be stored for others.
    asked: cacheControl.noCache ? undefined : question,
    user: caller.user ?? incoming.user ?? parsed.user,
  };
}

function questionOf({ caller, id }: Incoming, request: ChatRequest, prompt: string, route: string): Question {
  const { scope } = caller;
  return { scope, route, request, exactKey: cacheKey(scope, route, prompt, request), requestId: id };
}

/** @throws {Failure} `unauthorized` when the caller may use none of the chain's models */
function allowedPart(chain: Chain, { caller }: Incoming): Chain {
  const targets = caller.allowed(chain);
  return targets === chain.targets ? chain : makeChain(chain.name, targets, chain);
}

/** With strict_params an answer made with dropped parameters must not be reused, so it gets its own cache key. */
function routeIdentity({ identity }: Chain, { strictParams, request, wire }: ParsedRequest): string {
  // Editors ask at one door for text completions and programs at another: each keeps its own answers.
  const route = request.operation === 'text_completion' ? `${wire} ${identity}` : identity;
  return strictParams ? `strict ${route}` : route;
}

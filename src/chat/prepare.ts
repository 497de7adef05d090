/** The steps before anybody is asked: who may answer, with which system prompt, and what an answer is stored for. */
import type { Question } from '../cache/answer-store.ts';
import { cacheKey, promptHash } from '../cache/cache-key.ts';
import type { ChatRequest } from '../core/openai-types.ts';
import { withGuardrail } from '../guard/guardrail.ts';
import { allowedPart, type Chain, chooseChain } from './chains.ts';
import type { ChatDependencies, Incoming } from './incoming.ts';
import { chainFor } from './operation-chain.ts';

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
  const allowed = allowedPart(chooseChain(dependencies.models, parsed.model), caller);
  const chain = chainFor(parsed.request.operation, allowed);
  const guarded = withGuardrail(parsed.request, parsed.wire, dependencies.guardrail);
  const prompt = promptHash(guarded.messages);
  let question: Question | undefined;
  if (dependencies.cache && parsed.cache && !cacheControl.noStore && !incoming.upstreamHeaders) {
    const { scope } = caller;
    // Editors ask at one door for text completions and programs at another: each keeps its own answers.
    const { identity } = chain;
    const ofDoor = guarded.operation === 'text_completion' ? `${parsed.wire} ${identity}` : identity;
    // With strict_params an answer made with dropped parameters must not be reused, so it gets its own cache key.
    const route = parsed.strictParams ? `strict ${ofDoor}` : ofDoor;
    const exactKey = cacheKey(scope, route, prompt, guarded);
    question = { scope, route, request: guarded, exactKey, requestId: incoming.id };
  }
  return {
    chain,
    request: guarded,
    hasGuardrail: guarded !== parsed.request,
    prompt,
    question,
    // `no-cache` asks for a fresh answer, which may still be stored for others.
    asked: cacheControl.noCache ? undefined : question,
    user: caller.user ?? incoming.user ?? parsed.user,
  };
}

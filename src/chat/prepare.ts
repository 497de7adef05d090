/** The steps before anybody is asked: who may answer, with which system prompt, and what an answer is stored for. */
import type { Question } from '../cache/answer-store.ts';
import { cacheKey, conversationHash, keyPart, promptHash } from '../cache/cache-key.ts';
import type { NativeRequest } from '../core/native-request.ts';
import type { ChatRequest } from '../core/openai-types.ts';
import { withGuardrail } from '../guard/guardrail.ts';
import { allowedPart, type Chain, chooseChain } from './chains.ts';
import { type ChatDependencies, countedUser, type Incoming } from './incoming.ts';
import { chainFor } from './operation-chain.ts';
import type { ParsedRequest } from './parsed-request.ts';

/** A request that is ready to be looked up, admitted and sent. */
export interface Prepared {
  /** As far as the caller may use it. */
  readonly chain: Chain;
  /** As it goes to providers, guardrail and all. */
  readonly request: ChatRequest;
  /** The system prompt that was put in front. */
  readonly guardrail: string | undefined;
  /** The hash of its messages. */
  readonly prompt: string;
  /** What the answer is stored for; absent when it is not to be shared. */
  readonly question: Question | undefined;
  /** What is looked up: the question, unless the caller wants a fresh answer. */
  readonly asked: Question | undefined;
  /** Whose use is counted beside the key's. */
  readonly user: string | undefined;
}

/** @throws {Failure} for a model there is not, or that is not the caller's */
export function prepare(incoming: Incoming, dependencies: ChatDependencies): Prepared {
  const { caller, cacheControl, parsed } = incoming;
  const mayBeShared = parsed.cache && isCarried(parsed) && !cacheControl.noStore && !incoming.upstreamHeaders;
  const allowed = allowedPart(chooseChain(dependencies.models, parsed.model), caller);
  const { operation } = parsed.request;
  const chain = operation ? chainFor(operation, allowed) : allowed;
  const place = { door: parsed.door, ofKey: caller.guardrail, ofChain: chain.guardrail };
  const guarded = withGuardrail(parsed.request, place, dependencies.guardrail);
  let question: Question | undefined;
  const isShared = dependencies.cache !== undefined && mayBeShared;
  // An agent's conversation is long, and nobody looks for its answer: its hash only tells it from others.
  const prompt = (isShared ? undefined : conversationHash(parsed.source)) ?? promptHash(guarded.messages);
  if (isShared) {
    const { scope } = caller;
    // Editors ask at one door for text completions and programs at another: each keeps its own answers.
    const { identity } = chain;
    const ofDoor = guarded.operation === 'text_completion' ? `${parsed.door} ${identity}` : identity;
    const asWritten = parsed.native ? `${shapeOf(parsed.native)} ${ofDoor}` : ofDoor;
    // With strict_params an answer made with dropped parameters must not be reused, so it gets its own cache key.
    const route = parsed.strictParams ? `strict ${asWritten}` : asWritten;
    const exactKey = cacheKey(scope, route, prompt, guarded);
    question = { scope, route, request: guarded, exactKey, requestId: incoming.id };
  }
  return {
    chain,
    request: guarded,
    guardrail: guarded === parsed.request ? undefined : dependencies.guardrail?.prompt,
    prompt,
    question,
    // `no-cache` asks for a fresh answer, which may still be stored for others.
    asked: cacheControl.noCache ? undefined : question,
    user: countedUser(incoming),
  };
}

/** What the translation of a conversation has left out would be left out of its key as well. */
function isCarried({ native, dropped = [] }: ParsedRequest): boolean {
  return !native || dropped.every((name) => name.split('.', 1)[0]! in native.body);
}

/** The conversation is a part of the key itself, and these shape no answer. */
const NOT_SHAPING = new Set([
  ...['model', 'messages', 'system', 'input', 'instructions', 'stream', 'stream_options', 'metadata', 'user'],
  ...['store', 'prompt_cache_key', 'client_metadata', 'safety_identifier'],
]);

/** Of a request that may be sent as its caller wrote it: the fields that only its own wire has are in the key. */
function shapeOf({ wire, body, headers }: NativeRequest): string {
  const shaping = Object.entries(body).filter(([name]) => !NOT_SHAPING.has(name));
  return `${wire} ${keyPart({ ...Object.fromEntries(shaping), headers })}`;
}

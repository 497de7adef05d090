/**
 * The request pipeline, read from top to bottom: guard, look in the caches, admit, call, cost, keep, settle, record.
 * Streamed and whole answers, hits and misses, first callers and those who join them all go this way.
 */

import { type Found, MAX_ANSWER_LENGTH, type Question } from '../cache/answer-store.ts';
import { LARGE, turnForLargeWork } from '../core/large-work.ts';
import type { ChatRequest } from '../core/openai-types.ts';
import { asFailure, type Failure } from '../failures/failure.ts';
import { AttemptLog } from '../routing/attempts.ts';
import { route } from '../routing/router.ts';
import type { Admitted } from './admission.ts';
import { type ChatAnswer, toCallerFormat } from './answer.ts';
import { type CallCost, cachedCost, followerCost, measure } from './call-cost.ts';
import type { Chain } from './chains.ts';
import type { ChatDependencies, Incoming } from './incoming.ts';
import { prepare } from './prepare.ts';
import { Settlement } from './settlement.ts';
import type { CallResult, SharedCall } from './single-flight.ts';

/** A request that has been admitted: from here on every way ends in its settlement. */
interface AdmittedRequest {
  readonly incoming: Incoming;
  readonly request: ChatRequest;
  /** The system prompt that was put in front. */
  readonly guardrail: string | undefined;
  readonly chain: Chain;
  readonly admitted: Admitted;
  readonly settlement: Settlement;
  /** What the answer is stored for; absent when it is not to be shared. */
  readonly question: Question | undefined;
}

/**
 * Past admission every failure is settled like an answer, and given back like one.
 * @throws {Failure} for a request that cannot be tried at all, or is not admitted: it has cost nothing
 */
export async function chat(incoming: Incoming, dependencies: ChatDependencies): Promise<ChatAnswer> {
  const { caller, cacheControl, parsed } = incoming;
  const { cache, clock, routing } = dependencies;
  const { chain, request, guardrail, prompt, question, asked, user } = prepare(incoming, dependencies);

  const lookedAt = clock.elapsed();
  const looked = asked && cache?.find(asked, cacheControl);
  const found = looked instanceof Promise ? await looked : looked;
  const lookupMs = asked && clock.elapsed() - lookedAt;

  const targets = routing.cooldowns.withSuccessors(chain.targets);
  const isFree = found !== undefined;
  const { native, source } = parsed;
  const admitting = caller.admit({ id: incoming.ownId, user, request, native, source, targets, isFree });
  const admitted = admitting instanceof Promise ? await admitting : admitting;
  const { session } = incoming.attribution;
  const isFollowed = !found && session !== null && source !== undefined;
  const brokeAt = isFollowed ? dependencies.prefixes.follow(sessionKey(incoming), source) : null;
  const facts = { incoming, request, user, prompt, chain: chain.name, admitted, lookupMs, brokeAt };
  const settlement = new Settlement(facts, dependencies);

  const admittedRequest = { incoming, request, guardrail, chain, admitted, settlement, question };
  return found
    ? fromCache(admittedRequest, found, dependencies)
    : fromUpstream(admittedRequest, asked?.exactKey, dependencies);
}

async function fromCache(
  admittedRequest: AdmittedRequest,
  { answer, match, details }: Found,
  { clock }: ChatDependencies,
): Promise<ChatAnswer> {
  const { incoming, settlement, admitted } = admittedRequest;
  const age = clock.now() - answer.storedAt;
  settlement.cacheChecked(match === 'semantic' ? 'hit-semantic' : 'hit', age, details);
  const callCost = cachedCost(answer);
  try {
    return await toCallerFormat(incoming, settlement, {
      model: answer.model,
      age,
      similar: details,
      whole: callCost.answer,
      rates: admitted.rates,
      callCost,
    });
  } catch (error) {
    const failure = asFailure(error);
    await settlement.settle(callCost, { failure });
    return failed(failure, '', admittedRequest);
  }
}

async function fromUpstream(
  admittedRequest: AdmittedRequest,
  readKey: string | undefined,
  dependencies: ChatDependencies,
): Promise<ChatAnswer> {
  const { incoming, request, settlement, admitted } = admittedRequest;
  const { signal } = incoming;
  const { singleFlight, clock } = dependencies;
  // An answer cut short by one caller's limits is not for others.
  const sharedKey = admitted.isClamped ? undefined : readKey;
  const running = singleFlight.find(sharedKey);
  settlement.cacheChecked(!readKey ? 'bypass' : running ? 'coalesced' : 'miss');
  const call = running ?? startCall(sharedKey, admittedRequest, dependencies);
  const subscriber = call.join();
  const leave = () => {
    admitted.leave();
    subscriber.cancel();
  };
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  // The first caller pays for the shared call, even if others stay subscribed longer.
  const callCost = running ? call.completed.then(followerCost) : call.completed;
  try {
    const reply = await call.response;
    return await toCallerFormat(incoming, settlement, {
      model: reply.target.id,
      attempts: call.attempts,
      dropped: reply.dropped,
      isNative: reply.isNative,
      batches: reply.kind === 'stream' ? subscriber : undefined,
      whole: reply.kind === 'whole' ? reply.answer : undefined,
      rates: admitted.rates,
      callCost,
    });
  } catch (error) {
    const failure = asFailure(error);
    // This request had joined another caller's stream, which broke. Nothing was sent yet, so start a call of its own.
    if (running && !request.stream && failure.rule.isRecoverable && !signal.aborted) {
      const fresh = { ...incoming, arrivedAt: clock.elapsed() };
      return fromUpstream({ ...admittedRequest, incoming: fresh }, undefined, dependencies);
    }
    await settlement.settle(await callCost, { attempts: call.attempts, failure });
    return failed(failure, call.attempts.toString(), admittedRequest);
  }
}

/** Calls upstream for this request and for all that join it until it has completed. */
function startCall(
  sharedKey: string | undefined,
  { incoming, request, guardrail, chain, admitted, settlement, question }: AdmittedRequest,
  dependencies: ChatDependencies,
): SharedCall<CallCost> {
  const { singleFlight, cache, clock, events, routing } = dependencies;
  const stop = new AbortController();
  const attempts = new AttemptLog(clock, incoming.arrivedAt, { ids: settlement.ids, events });
  const { native, source } = incoming.parsed;
  const { session } = incoming.attribution;
  const routed = {
    request,
    source,
    native: native && !admitted.mustTranslate ? { ...native, guardrail } : undefined,
    chain: chain.targets,
    hedgeAfter: chain.hedgeAfter,
    toolCalls: chain.toolCalls,
    tellsArgumentsAsJson: incoming.parsed.tellsArgumentsAsJson,
    session: chain.affinity && session !== null ? `${chain.name} ${sessionKey(incoming)}` : undefined,
    signal: stop.signal,
    headers: incoming.upstreamHeaders,
    traceHeaders: dependencies.traceHeaders?.(admitted.id, incoming.trace),
    strictParams: incoming.parsed.strictParams,
    droppedByDoor: incoming.parsed.dropped,
    arrivedAt: incoming.arrivedAt,
    attempts,
    callLimits: admitted,
  };
  const complete = async (result: CallResult) => {
    const callCost = await measure(result, request, attempts, dependencies);
    const { answer, finishReason, cost } = callCost;
    const mayBeKept = question && answer && answer.leastLength <= MAX_ANSWER_LENGTH;
    if (mayBeKept && isForOthers(result, callCost, attempts, admitted)) {
      const model = attempts.answeredBy!.id;
      if (answer.leastLength >= LARGE) await turnForLargeWork();
      const stored = { json: answer.json, finishReason, model, storedAt: clock.now() };
      cache?.keep(question, cost === null ? stored : { ...stored, cost });
    }
    return callCost;
  };
  return singleFlight.add(sharedKey, { reply: route(routed, routing), attempts, stop, complete });
}

function failed(failure: Failure, attempts: string, { settlement, admitted }: AdmittedRequest): ChatAnswer {
  return { kind: 'failed', failure, attempts, cache: settlement.verdict, rates: admitted.rates };
}

/** Sessions of one caller: what one says of itself is nothing to another. */
function sessionKey({ caller, attribution }: Incoming): string {
  return `${caller.scope} ${attribution.session}`;
}

/**
 * An answer that broke off, was put together, has more than can be stored, or that this caller's limits cut short is good
 * enough for this caller alone.
 */
function isForOthers(
  { failure }: CallResult,
  { answer, isCut }: CallCost,
  { stitched }: AttemptLog,
  { isCapped, isClamped }: Admitted,
): boolean {
  return !failure && !stitched && !answer?.native?.hasMore && !(isCut && (isCapped || isClamped));
}

/**
 * The request pipeline, read from top to bottom: guard, look in the caches, admit, call, answer, settle, record.
 * Streamed and whole answers, hits and misses, first callers and those who join them all go this way.
 */

import type { Found, Question } from '../cache/answer-store.ts';
import type { ChatRequest } from '../core/openai-types.ts';
import { asFailure, type Failure } from '../failures/failure.ts';
import type { Admitted } from './admission.ts';
import { type ChatAnswer, toCallerFormat } from './answer.ts';
import { type CallCost, cachedCost, followerCost, measure } from './call-cost.ts';
import type { Chain } from './chains.ts';
import type { ChatDependencies, Incoming } from './incoming.ts';
import type { ParsedRequest } from './parsed-request.ts';
import { prepare } from './prepare.ts';
import { Settlement } from './settlement.ts';
import type { CallResult } from './single-flight.ts';
import type { Source } from './source.ts';

/** A request that has been admitted: from here on every way ends in its settlement. */
interface AdmittedRequest {
  readonly incoming: Incoming;
  readonly parsed: ParsedRequest;
  readonly request: ChatRequest;
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
  const { chain, request, prompt, question, asked, user } = prepare(incoming, dependencies);
  const lookedAt = dependencies.clock.elapsed();
  const looked = asked && dependencies.cache?.find(asked, cacheControl);
  const found = looked instanceof Promise ? await looked : looked;
  const lookupMs = asked && dependencies.clock.elapsed() - lookedAt;

  const ask = {
    id: incoming.ownId,
    user,
    request,
    targets: dependencies.withSuccessors(chain.targets),
    isFree: found !== undefined,
  };
  const admitted = await caller.admit(ask);
  const settlement = new Settlement({ incoming, request, prompt, chain: chain.name, admitted }, dependencies);
  settlement.admitted(lookupMs);
  const admittedRequest: AdmittedRequest = {
    incoming,
    parsed,
    request,
    chain,
    admitted,
    settlement,
    question,
  };
  return found
    ? fromCache(admittedRequest, found, dependencies)
    : fromUpstream(admittedRequest, asked?.exactKey, dependencies);
}

async function fromCache(
  admittedRequest: AdmittedRequest,
  { answer, match, details }: Found,
  dependencies: ChatDependencies,
): Promise<ChatAnswer> {
  const { incoming, parsed, settlement, admitted } = admittedRequest;
  const age = dependencies.clock.now() - answer.storedAt;
  settlement.cacheSaid(match === 'semantic' ? 'hit-semantic' : 'hit', age);
  const callCost = cachedCost(answer);
  try {
    return await toCallerFormat(parsed, settlement, {
      model: answer.model,
      age,
      similar: details,
      whole: callCost.answer,
      rates: admitted.rates,
      callCost: async () => callCost,
      isGone: () => incoming.signal.aborted,
    });
  } catch (error) {
    const failure = asFailure(error);
    await settlement.settle(callCost, undefined, undefined, failure);
    return failed(failure, '', admittedRequest);
  }
}

async function fromUpstream(
  admittedRequest: AdmittedRequest,
  readKey: string | undefined,
  dependencies: ChatDependencies,
): Promise<ChatAnswer> {
  const { incoming, parsed, request, settlement, admitted } = admittedRequest;
  const { signal } = incoming;
  // An answer cut short by one caller's limits is not for others.
  const sharedKey = admitted.isClamped ? undefined : readKey;
  const isFirst = !dependencies.singleFlight.isRunning(sharedKey);
  settlement.cacheSaid(!readKey ? 'bypass' : isFirst ? 'miss' : 'coalesced');
  const subscriber = dependencies.singleFlight.join(sharedKey, {
    told: { ids: settlement.ids, events: dependencies.events },
    start: (callSignal, attempts) =>
      dependencies.route({
        request,
        chain: admittedRequest.chain.targets,
        hedgeAfter: admittedRequest.chain.hedgeAfter,
        toolCalls: admittedRequest.chain.toolCalls,
        signal: callSignal,
        headers: incoming.upstreamHeaders,
        strictParams: parsed.strictParams,
        arrivedAt: incoming.arrivedAt,
        attempts,
        callLimits: admitted,
      }),
    measure: async (result, attempts) => {
      const callCost = await measure(result, request, attempts, dependencies);
      const { answer, finishReason } = callCost;
      const { question } = admittedRequest;
      if (question && answer && !attempts.stitched && isForOthers(result, admitted)) {
        const storedAt = dependencies.clock.now();
        const model = attempts.answeredBy!.id;
        dependencies.cache?.keep(question, { json: answer.json, finishReason, model, storedAt });
      }
      return callCost;
    },
  });
  const { sharedCall } = subscriber;
  // The first caller pays for the shared call, even if others stay subscribed longer.
  const callCost = async (): Promise<CallCost> =>
    isFirst ? sharedCall.completed : followerCost(await sharedCall.completed);
  const leave = () => subscriber.cancel();
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  try {
    const reply = await sharedCall.response;
    const source: Source = {
      model: reply.target.id,
      attempts: sharedCall.attempts,
      dropped: reply.dropped,
      batches: reply.kind === 'stream' ? subscriber : undefined,
      whole: reply.kind === 'whole' ? reply.answer : undefined,
      rates: admitted.rates,
      callCost,
      isGone: () => signal.aborted,
    };
    return await toCallerFormat(parsed, settlement, source);
  } catch (error) {
    const failure = asFailure(error);
    // This request had joined another caller's stream, which broke. Nothing was sent yet, so start a call of its own.
    if (!isFirst && !request.stream && failure.rule.isRecoverable && !signal.aborted) {
      const fresh = { ...incoming, arrivedAt: dependencies.clock.elapsed() };
      return fromUpstream({ ...admittedRequest, incoming: fresh }, undefined, dependencies);
    }
    await settlement.settle(await callCost(), sharedCall.attempts, undefined, failure);
    return failed(failure, sharedCall.attempts.toString(), admittedRequest);
  }
}

function failed(failure: Failure, attempts: string, { settlement, admitted }: AdmittedRequest): ChatAnswer {
  return { kind: 'failed', failure, attempts, cache: settlement.verdict, rates: admitted.rates };
}

/** An answer that broke off, or that this caller's limits cut short, is good enough for this caller alone. */
function isForOthers({ answer, failure }: CallResult, admitted: Admitted): boolean {
  if (!answer || failure) return false;
  const isCut = answer.completion.choices.some(({ finish_reason: reason }) => reason === 'length');
  return !(isCut && (admitted.isCapped || admitted.isClamped));
}

/**
 * The whole story of a request, read from top to bottom: parse, guardrail, cache, admit, route, answer, settle, record.
 * Streamed and whole answers, hits and misses, first callers and those who join them all go this way.
 */
import type { ChatRequest } from '../core/openai-types.ts';
import { asFailure, type Failure } from '../failures/failure.ts';
import type { Admitted } from './admission.ts';
import { type ChatAnswer, inTheFormAskedFor } from './answer.ts';
import { type Bill, free, sharedBill, weigh } from './bill.ts';
import type { CachedAnswer } from './cache.ts';
import { cacheKey, promptHash } from './cache-key.ts';
import { type Chain, makeChain } from './chains.ts';
import type { Landing } from './flight.ts';
import { withGuardrail } from './guardrail.ts';
import type { ChatParts, Incoming } from './incoming.ts';
import { type ParsedRequest, parseRequest } from './request.ts';
import { Settlement } from './settlement.ts';
import type { Source } from './source.ts';
import { WholeAnswer } from './whole-answer.ts';

/** A request that has been admitted: from here on every way ends in its settlement. */
interface Story {
  readonly incoming: Incoming;
  readonly parsed: ParsedRequest;
  readonly request: ChatRequest;
  readonly chain: Chain;
  readonly admitted: Admitted;
  readonly settlement: Settlement;
  /** Where the answer is stored; absent when it is not to be shared. */
  readonly key: string | undefined;
}

/**
 * Past admission every failure is settled like an answer, and given back like one.
 * @throws {Failure} for a request that cannot be tried at all, or is not admitted: it has cost nothing
 */
export async function chat(incoming: Incoming, parts: ChatParts): Promise<ChatAnswer> {
  const { caller, cacheControl } = incoming;
  const parsed = parseRequest(incoming.body);
  const chain = allowedPart(parts.chain(parsed.model), incoming);
  const request = withGuardrail(parsed.request, parts.guardrail);

  const isShared = parts.cache.isOn && parsed.cache && !cacheControl.noStore && !incoming.upstreamHeaders;
  const prompt = promptHash(request.messages);
  const key = isShared ? cacheKey(caller.scope, routeIdentity(chain, parsed), prompt, request) : undefined;
  // `no-cache` asks for a fresh answer, which may still be stored for others.
  const readKey = cacheControl.noCache ? undefined : key;
  const stored = readKey === undefined ? undefined : await parts.cache.get(readKey);

  const user = incoming.user ?? caller.user ?? undefined;
  const ask = {
    id: incoming.ownId,
    user,
    request,
    targets: parts.inTheirPlace(chain.targets),
    isFree: stored !== undefined,
  };
  const admitted = await caller.admit(ask);
  const settlement = new Settlement({ incoming, request, prompt, chain: chain.name, admitted }, parts);
  const story: Story = { incoming, parsed, request, chain, admitted, settlement, key };
  return stored ? fromCache(story, stored, parts) : fromUpstream(story, readKey, parts);
}

async function fromCache(story: Story, stored: CachedAnswer, parts: ChatParts): Promise<ChatAnswer> {
  const { incoming, parsed, settlement, admitted } = story;
  settlement.verdict = 'hit';
  const bill = free(stored);
  try {
    return await inTheFormAskedFor(parsed, settlement, {
      model: stored.model,
      age: parts.clock.now() - stored.storedAt,
      whole: bill.answer,
      rates: admitted.rates,
      bill: async () => bill,
      isGone: () => incoming.signal.aborted,
    });
  } catch (error) {
    const failure = asFailure(error);
    await settlement.settle(bill, undefined, undefined, failure);
    return failed(failure, '', story);
  }
}

async function fromUpstream(
  story: Story,
  readKey: string | undefined,
  parts: ChatParts,
): Promise<ChatAnswer> {
  const { incoming, parsed, request, settlement, admitted } = story;
  const { signal } = incoming;
  // An answer cut short by one caller's limits is not for others.
  const flightKey = admitted.isClamped ? undefined : readKey;
  const { passenger, isFirst } = parts.flights.board(flightKey, {
    start: (flightSignal, attempts) =>
      parts.route({
        request,
        chain: story.chain.targets,
        hedgeAfter: story.chain.hedgeAfter,
        signal: flightSignal,
        headers: incoming.upstreamHeaders,
        strictParams: parsed.strictParams,
        arrivedAt: incoming.arrivedAt,
        attempts,
        terms: admitted,
      }),
    weigh: async (landing, attempts) => {
      const bill = await weigh(landing, request, attempts, parts);
      const { answer, finishReason } = bill;
      if (story.key && answer && !attempts.stitched && isForOthers(landing, admitted))
        parts.cache.set(story.key, { json: answer.json, finishReason, model: attempts.answeredBy!.id });
      return bill;
    },
  });
  settlement.verdict = !readKey ? 'bypass' : isFirst ? 'miss' : 'coalesced';
  const { flight } = passenger;
  // The first caller pays for the flight, also when others stay on it longer.
  const bill = async (): Promise<Bill> => (isFirst ? flight.landed : sharedBill(await flight.landed));
  const leave = () => passenger.leave();
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  try {
    const reply = await flight.opened;
    const source: Source = {
      model: reply.target.id,
      attempts: flight.attempts,
      dropped: reply.dropped,
      batches: reply.kind === 'stream' ? passenger : undefined,
      whole: reply.kind === 'whole' ? WholeAnswer.of(reply.completion) : undefined,
      rates: admitted.rates,
      bill,
      isGone: () => signal.aborted,
    };
    return await inTheFormAskedFor(parsed, settlement, source);
  } catch (error) {
    const failure = asFailure(error);
    // Somebody else's stream broke under a caller who wants the answer whole and has seen nothing of it: a clean start.
    if (!isFirst && !request.stream && failure.rule.isRecoverable && !signal.aborted) {
      const fresh = { ...incoming, arrivedAt: parts.clock.elapsed() };
      return fromUpstream({ ...story, incoming: fresh }, undefined, parts);
    }
    await settlement.settle(await bill(), flight.attempts, undefined, failure);
    return failed(failure, flight.attempts.toString(), story);
  }
}

function failed(failure: Failure, attempts: string, { settlement, admitted }: Story): ChatAnswer {
  return { kind: 'failed', failure, attempts, cache: settlement.verdict, rates: admitted.rates };
}

/** An answer that broke off, or that this caller's limits cut short, is good enough for this caller alone. */
function isForOthers({ completion, failure }: Landing, admitted: Admitted): boolean {
  if (!completion || failure) return false;
  const isCut = completion.choices.some(({ finish_reason: reason }) => reason === 'length');
  return !(isCut && (admitted.isCapped || admitted.isClamped));
}

/** @throws {Failure} `unauthorized` when the caller may use none of the chain's models */
function allowedPart(chain: Chain, { caller }: Incoming): Chain {
  const targets = caller.allowed(chain);
  return targets === chain.targets ? chain : makeChain(chain.name, targets, chain.hedgeAfter);
}

/** An answer for which parameters were left out is none for a caller who wants them all honoured. */
function routeIdentity({ identity }: Chain, { strictParams }: ParsedRequest): string {
  return strictParams ? `strict ${identity}` : identity;
}

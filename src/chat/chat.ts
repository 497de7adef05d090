/**
 * The whole story of a request, read from top to bottom: parse, guardrail, cache, route, answer, settle, record.
 * Streamed and whole answers, hits and misses, first callers and those who join them all go this way.
 */
import { asFailure } from '../routing/failures.ts';
import { type ChatAnswer, inTheFormAskedFor, type Source } from './answer.ts';
import { free, sharedBill, weigh } from './bill.ts';
import { cacheKey } from './cache-key.ts';
import type { Chain } from './chains.ts';
import { withGuardrail } from './guardrail.ts';
import type { ChatParts, Incoming } from './incoming.ts';
import { type ParsedRequest, parseRequest } from './request.ts';
import { Settlement } from './settlement.ts';

/**
 * Past the checks of the request itself every failure is settled like an answer, and given back like one.
 * @throws {Failure} for a request that cannot be tried at all
 */
export async function chat(incoming: Incoming, parts: ChatParts): Promise<ChatAnswer> {
  const { signal, cacheControl, upstreamHeaders: headers, arrivedAt } = incoming;
  const parsed = parseRequest(incoming.body);
  const chain = parts.chain(parsed.model);
  const request = withGuardrail(parsed.request, parts.guardrail);
  const settlement = new Settlement(incoming, request, chain.name, parts);

  const isShared = parts.cache.isOn && parsed.cache && !cacheControl.noStore && !headers;
  const key = isShared ? cacheKey(incoming.caller.scope, routeIdentity(chain, parsed), request) : undefined;
  // `no-cache` asks for a fresh answer, which may still be stored for others.
  const readKey = cacheControl.noCache ? undefined : key;

  const stored = readKey && parts.cache.get(readKey);
  if (stored) {
    settlement.verdict = 'hit';
    const bill = free(stored.completion);
    return inTheFormAskedFor(parsed, settlement, {
      model: stored.model,
      age: parts.clock.now() - stored.storedAt,
      whole: stored.completion,
      bill: async () => bill,
      isGone: () => signal.aborted,
    });
  }

  const { passenger, isFirst } = parts.flights.board(readKey, {
    start: (flightSignal, attempts) =>
      parts.route({
        request,
        chain: chain.targets,
        hedgeAfter: chain.hedgeAfter,
        signal: flightSignal,
        headers,
        strictParams: parsed.strictParams,
        arrivedAt,
        attempts,
      }),
    weigh: async (landing, attempts) => {
      const bill = await weigh(landing, request, attempts, parts);
      // An answer of several hands is good enough for the one who waited for it, not for others.
      if (key && landing.completion && !landing.failure && !attempts.stitched) {
        parts.cache.set(key, landing.completion, attempts.answeredBy!.id);
      }
      return bill;
    },
  });
  settlement.verdict = !readKey ? 'bypass' : isFirst ? 'miss' : 'coalesced';
  const { flight } = passenger;
  // The first caller pays for the flight, also when others stay on it longer.
  const bill = async () => (isFirst ? flight.landed : sharedBill(await flight.landed));
  const leave = () => passenger.leave();
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  try {
    const reply = await flight.opened;
    const source: Source = {
      model: reply.target.id,
      attempts: flight.attempts,
      dropped: reply.dropped,
      batches: reply.kind === 'stream' ? passenger.batches() : undefined,
      whole: reply.kind === 'whole' ? reply.completion : undefined,
      bill,
      isGone: () => signal.aborted,
    };
    return await inTheFormAskedFor(parsed, settlement, source);
  } catch (error) {
    const failure = asFailure(error);
    // Somebody else's stream broke under a caller who wants the answer whole and has seen nothing of it: a clean start.
    if (!isFirst && !request.stream && failure.rule.next !== 'stop' && !signal.aborted) {
      const fresh = { ...cacheControl, noCache: true };
      return chat({ ...incoming, cacheControl: fresh, arrivedAt: parts.clock.elapsed() }, parts);
    }
    settlement.settle(await bill(), flight.attempts, undefined, failure);
    return { kind: 'failed', failure, attempts: flight.attempts.toString(), cache: settlement.verdict };
  }
}

/** An answer for which parameters were left out is none for a caller who wants them all honoured. */
function routeIdentity({ identity }: Chain, { strictParams }: ParsedRequest): readonly string[] {
  return strictParams ? [...identity, 'strict_params'] : identity;
}

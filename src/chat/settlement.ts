/** The one place where a request is settled: what was used, what it cost, and one record, whatever happened. */
import { type NanoDollars, toDollars } from '../core/money.ts';
import type { ChatCompletion, ChatRequest, Usage } from '../core/openai-types.ts';
import type { Target } from '../providers/provider.ts';
import type { AttemptLog } from '../routing/attempts.ts';
import { Failure } from '../routing/failures.ts';
import type { ChatParts, Incoming } from './chat.ts';
import type { Landing } from './flight.ts';
import { costOf } from './price.ts';
import type { CacheVerdict } from './receipt.ts';
import { answerText } from './tokens.ts';
import { addTokens, asUsage, NO_TOKENS, reportedUsage, type TokenCounts, tokenCounts } from './usage.ts';

/** An upstream call, weighed once for everyone who shared it. */
export interface Bill extends Landing {
  readonly usage: Usage | undefined;
  readonly tokens: TokenCounts;
  readonly cost: NanoDollars | null;
}

/** Counts and prices what came, also when it broke off: what was generated will be charged to us too. */
export async function weigh(
  landing: Landing,
  request: ChatRequest,
  attempts: AttemptLog,
  parts: ChatParts,
): Promise<Bill> {
  const { completion } = landing;
  const target = attempts.answeredBy;
  if (!completion || !target) return { ...landing, usage: undefined, tokens: NO_TOKENS, cost: 0 };
  const at = new Date(parts.clock.now());
  const usage = await usageOf(completion, target, request, attempts, parts);
  let tokens = tokenCounts(usage);
  let cost = await costOf(tokens, target, at);
  for (const work of attempts.wasted) {
    const part = tokenCounts(
      await parts.tokens.estimate(goingOn(request, work.before), work.written, work.target.model),
    );
    const price = await costOf(part, work.target, at);
    tokens = addTokens(tokens, part);
    cost = cost === null || price === null ? null : cost + price;
  }
  completion.usage = attempts.stitched ? asUsage(tokens) : usage;
  return { ...landing, usage: completion.usage, tokens, cost };
}

/** What the provider reported; our own count where it reported nothing, or only its part of a stitched answer. */
async function usageOf(
  completion: ChatCompletion,
  target: Target,
  request: ChatRequest,
  { stitched, wasted }: AttemptLog,
  { tokens }: ChatParts,
): Promise<Usage & { estimated?: boolean }> {
  const reported = stitched ? undefined : reportedUsage(completion.usage);
  if (reported) return reported;
  const before = wasted.map(({ written }) => written).join('');
  return tokens.estimate(goingOn(request, before), answerText(completion).slice(before.length), target.model);
}

/** The question as one who goes on with an answer reads it. */
function goingOn(request: ChatRequest, before: string): ChatRequest {
  return before
    ? { ...request, messages: [...request.messages, { role: 'assistant', content: before }] }
    : request;
}

/** What a caller pays who joined somebody else's upstream call: nothing. */
export function sharedBill(bill: Bill): Bill {
  return { ...bill, tokens: NO_TOKENS, cost: 0 };
}

/** An answer from the cache. */
export function free(completion: ChatCompletion): Bill {
  return {
    reply: undefined,
    completion,
    failure: undefined,
    usage: completion.usage,
    tokens: NO_TOKENS,
    cost: 0,
  };
}

/** Writes one request's record, once. */
export class Settlement {
  readonly #incoming: Incoming;
  readonly #request: ChatRequest;
  readonly #chain: string;
  readonly #parts: ChatParts;
  #settled = false;
  #firstTokenAt: number | undefined;
  verdict: CacheVerdict = 'bypass';

  constructor(incoming: Incoming, request: ChatRequest, chain: string, parts: ChatParts) {
    this.#incoming = incoming;
    this.#request = request;
    this.#chain = chain;
    this.#parts = parts;
  }

  firstToken(): void {
    this.#firstTokenAt ??= this.#parts.clock.elapsed();
  }

  /**
   * @param answeredBy `provider/model`, also for an answer from the cache
   * @param failure what the caller was told instead of a (whole) answer
   */
  settle(
    bill: Bill,
    attempts: AttemptLog | undefined,
    answeredBy: string | undefined,
    failure: unknown,
  ): void {
    if (this.#settled) return;
    this.#settled = true;
    const { id, caller, user, arrivedAt, arrivedOn, signal } = this.#incoming;
    const endedAt = this.#parts.clock.elapsed();
    const slash = answeredBy?.indexOf('/') ?? -1;
    this.#parts.record({
      request: this.#request,
      completion: bill.completion,
      fault: failure instanceof Failure && failure.kind === 'internal' ? failure.cause : undefined,
      receipt: {
        id,
        created_at: new Date(arrivedOn).toISOString(),
        key_id: caller.keyId,
        project: null,
        user: user ?? null,
        chain: this.#chain,
        model: answeredBy?.slice(slash + 1) ?? null,
        provider: answeredBy?.slice(0, slash) ?? null,
        stream: this.#request.stream,
        cache: this.verdict,
        attempts: attempts?.list ?? [],
        usage: bill.tokens,
        cost_usd: bill.cost === null ? null : toDollars(bill.cost),
        ttft_ms: this.#firstTokenAt === undefined ? null : round(this.#firstTokenAt - arrivedAt),
        duration_ms: round(endedAt - arrivedAt),
        finish_reason: bill.completion?.choices[0]?.finish_reason ?? null,
        stitched: attempts?.stitched ?? false,
        client: signal.aborted ? 'closed' : 'completed',
        error: failure === undefined ? null : describe(failure),
      },
    });
  }
}

function describe(failure: unknown) {
  return failure instanceof Failure
    ? { kind: failure.kind, message: withoutQuotation(failure) }
    : { kind: 'internal' as const, message: 'internal error' };
}

/** A provider may quote the request in its errors: its own words are for the caller, not for the log. */
function withoutQuotation({ message, facts }: Failure): string {
  const reason = facts?.reason;
  return reason ? message.replace(`: ${reason.slice(0, 500)}`, '') : message;
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

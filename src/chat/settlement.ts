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
import { NO_TOKENS, reportedUsage, type TokenCounts, tokenCounts } from './usage.ts';

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
  if (attempts.broken.length > 0)
    return { ...landing, ...(await weighParts(completion, target, request, attempts, at, parts)) };
  const usage =
    reportedUsage(completion.usage) ?? (await parts.tokens.estimate(request, completion, target.model));
  completion.usage = usage;
  const tokens = tokenCounts(usage);
  return { ...landing, usage, tokens, cost: await costOf(tokens, target, at) };
}

/** An answer of several hands: each read the question and what there was of the answer, and wrote its part. */
async function weighParts(
  completion: ChatCompletion,
  last: Target,
  request: ChatRequest,
  attempts: AttemptLog,
  at: Date,
  parts: ChatParts,
): Promise<Pick<Bill, 'usage' | 'tokens' | 'cost'>> {
  const whole = completion.choices[0]?.message.content ?? '';
  let [before, tokens, cost]: [string, TokenCounts, NanoDollars | null] = ['', NO_TOKENS, 0];
  for (const { target, text } of [...attempts.broken, { target: last, text: whole }]) {
    const asked: ChatRequest = {
      ...request,
      messages: [...request.messages, { role: 'assistant', content: before }],
    };
    const estimate = await parts.tokens.estimateText(asked, text.slice(before.length), target.model);
    const part = tokenCounts(estimate);
    const price = await costOf(part, target, at);
    tokens = { ...part, input: tokens.input + part.input, output: tokens.output + part.output };
    cost = cost === null || price === null ? null : cost + price;
    before = text;
  }
  const usage = {
    prompt_tokens: tokens.input,
    completion_tokens: tokens.output,
    total_tokens: tokens.input + tokens.output,
    estimated: true,
  };
  completion.usage = usage;
  return { usage, tokens, cost };
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
    ? { kind: failure.kind, message: failure.message }
    : { kind: 'internal' as const, message: 'internal error' };
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

/** The one place where a request is settled: one record, whatever happened. */
import { toDollars } from '../core/money.ts';
import type { ChatRequest } from '../core/openai-types.ts';
import type { AttemptLog } from '../routing/attempts.ts';
import { Failure } from '../routing/failures.ts';
import type { Bill } from './bill.ts';
import type { ChatParts, Incoming } from './incoming.ts';
import type { CacheVerdict } from './receipt.ts';

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

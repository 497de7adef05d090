/** The one place where a request is settled: one record, one charge, whatever happened. */
import { flatText } from '../core/flat-text.ts';
import { isoTime } from '../core/iso-time.ts';
import { toDollars } from '../core/money.ts';
import type { ChatRequest } from '../core/openai-types.ts';
import type { AttemptLog } from '../routing/attempts.ts';
import { Failure } from '../routing/failures.ts';
import type { Admitted } from './admission.ts';
import type { Bill } from './bill.ts';
import type { ChatParts, Incoming } from './incoming.ts';
import type { CacheVerdict, CallRecord, Receipt } from './receipt.ts';

/** What is known of a request when it has been admitted. */
interface Facts {
  readonly incoming: Incoming;
  readonly request: ChatRequest;
  /** The hash of its messages. */
  readonly prompt: string;
  readonly chain: string;
  readonly admitted: Admitted;
}

/** Settles one request, once. */
export class Settlement {
  readonly #facts: Facts;
  readonly #parts: ChatParts;
  #settled: Promise<void> | undefined;
  #firstTokenAt: number | undefined;
  verdict: CacheVerdict = 'bypass';

  constructor(facts: Facts, parts: ChatParts) {
    this.#facts = facts;
    this.#parts = parts;
  }

  firstToken(): void {
    this.#firstTokenAt ??= this.#parts.clock.elapsed();
  }

  /**
   * Resolves when the ledger has the row for good, and the hold is replaced by the charge or the charge is on its way: before
   * the caller gets the last byte. The row comes first, so that a crash between the two forgets no spending.
   * @param answeredBy `provider/model`, also for an answer from the cache
   * @param failure what the caller was told instead of a (whole) answer
   */
  settle(
    bill: Bill,
    attempts: AttemptLog | undefined,
    answeredBy: string | undefined,
    failure: unknown,
  ): Promise<void> {
    this.#settled ??= this.#settle(this.#recordOf(bill, attempts, answeredBy, failure), bill);
    return this.#settled;
  }

  async #settle(record: CallRecord, { tokens, cost }: Bill): Promise<void> {
    await this.#parts.recordRequest(record);
    const used = tokens.input + tokens.cached_input + tokens.cache_write + tokens.output + tokens.reasoning;
    await this.#facts.admitted.settle(used, cost);
    this.#parts.record(record);
  }

  #recordOf(
    bill: Bill,
    attempts: AttemptLog | undefined,
    answeredBy: string | undefined,
    failure: unknown,
  ): CallRecord {
    const { incoming, request, prompt, chain, admitted } = this.#facts;
    const { id, caller, user, arrivedAt, arrivedOn, signal } = incoming;
    const endedAt = this.#parts.clock.elapsed();
    const slash = answeredBy?.indexOf('/') ?? -1;
    const { hold } = admitted;
    const receipt: Receipt = {
      id,
      created_at: isoTime(arrivedOn),
      key_id: caller.keyId,
      project: caller.projectId,
      user: caller.user ?? user ?? null,
      chain,
      model: answeredBy === undefined ? null : flatText(answeredBy.slice(slash + 1)),
      provider: answeredBy === undefined ? null : flatText(answeredBy.slice(0, slash)),
      stream: request.stream,
      cache: this.verdict,
      attempts: attempts?.list ?? [],
      usage: bill.tokens,
      cost_usd: bill.cost === null ? null : toDollars(bill.cost),
      hold_usd: toDollars(hold),
      ttft_ms: this.#firstTokenAt === undefined ? null : round(this.#firstTokenAt - arrivedAt),
      duration_ms: round(endedAt - arrivedAt),
      finish_reason: bill.finishReason,
      stitched: attempts?.stitched ?? false,
      client: signal.aborted ? 'closed' : 'completed',
      error: failure === undefined ? null : describe(failure),
    };
    return {
      id: admitted.id,
      request,
      promptHash: prompt,
      answer: bill.answer,
      fault: failure instanceof Failure && failure.kind === 'internal' ? failure.cause : undefined,
      at: arrivedOn,
      cost: bill.cost,
      hold,
      receipt,
    };
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

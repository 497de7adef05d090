/** The one place where a request is settled: one record, one charge, whatever happened. */

import type { SemanticDetails } from '../cache/answer-store.ts';
import { type NanoDollars, toDollars } from '../core/money.ts';
import type { ChatRequest } from '../core/openai-types.ts';
import type { CallIds } from '../events/event.ts';
import type { CacheVerdict, CallRecord, PromptCache, Receipt } from '../events/receipt.ts';
import { Failure } from '../failures/failure.ts';
import type { TokenCounts } from '../pricing/token-counts.ts';
import type { AttemptLog } from '../routing/attempts.ts';
import type { Admitted } from './admission.ts';
import type { CallCost } from './call-cost.ts';
import type { ChatDependencies, Incoming } from './incoming.ts';
import { callerFailure } from './newest-requests.ts';

/** What is known of a request when it has been admitted. */
interface Facts {
  readonly incoming: Incoming;
  readonly request: ChatRequest;
  /** Whose use is counted beside the key's. */
  readonly user: string | undefined;
  /** The hash of its messages. */
  readonly prompt: string;
  readonly chain: string;
  readonly admitted: Admitted;
  /** What looking in the caches took, in milliseconds. */
  readonly lookupMs: number | undefined;
  /** Where the conversation differs from its session's last request. */
  readonly brokeAt: string | null;
}

/** How it ended, besides what it cost. */
interface Ending {
  readonly attempts?: AttemptLog | undefined;
  /** `provider/model` that answered or began to, also for an answer from the cache. */
  readonly model?: string | undefined;
  /** What the caller was told instead of a (whole) answer. */
  readonly failure?: unknown;
}

/** Settles one request, once. */
export class Settlement {
  readonly #facts: Facts;
  readonly ids: CallIds;
  readonly #dependencies: ChatDependencies;
  #settled: Promise<void> | undefined;
  #firstTokenAt: number | undefined;
  #similar: SemanticDetails | undefined;
  /** When it is settled: what the caller is charged, of what the call cost. */
  charged: NanoDollars | null = null;
  verdict: CacheVerdict = 'bypass';

  constructor(facts: Facts, dependencies: ChatDependencies) {
    this.#facts = facts;
    this.#dependencies = dependencies;
    this.ids = { requestId: facts.incoming.id, callId: facts.admitted.id };
    if (dependencies.events.isHeard.request_admitted) this.#tellAdmission();
  }

  #tellAdmission(): void {
    const { incoming, request, user = null, chain, admitted } = this.#facts;
    const { caller, parsed, arrivedOn, trace } = incoming;
    this.#dependencies.events.publish({
      type: 'request_admitted',
      ...this.ids,
      door: parsed.door,
      chain,
      stream: request.stream,
      keyId: caller.keyId,
      projectId: caller.projectId,
      user,
      hold: admitted.hold,
      arrivedOn,
      trace,
    });
  }

  /**
   * @param age of an answer that was stored, in milliseconds
   * @param similar of an answer to other words for the question
   */
  cacheChecked(verdict: CacheVerdict, age?: number, similar?: SemanticDetails): void {
    this.verdict = verdict;
    this.#similar = similar;
    const { events } = this.#dependencies;
    if (!events.isHeard.cache_checked) return;
    const lookup_ms = this.#facts.lookupMs;
    events.publish({ type: 'cache_checked', ...this.ids, verdict, age_ms: age, lookup_ms });
  }

  firstToken(): void {
    this.#firstTokenAt ??= this.#dependencies.clock.elapsed();
  }

  /**
   * Resolves when the ledger has the row for good, and the hold is replaced by the charge or the charge is on its way: before
   * the caller gets the last byte. The row comes first, so that a crash between the two forgets no spending.
   */
  settle(callCost: CallCost, ending: Ending): Promise<void> {
    this.#settled ??= this.#settle(callCost, ending);
    return this.#settled;
  }

  async #settle(callCost: CallCost, ending: Ending): Promise<void> {
    const { admitted } = this.#facts;
    const { input, cached_input, cache_write, output, reasoning } = callCost.tokens;
    const read = input + cached_input + cache_write;
    const charged = callCost.cost === null ? null : admitted.chargeFor(callCost.cost, read);
    this.charged = charged instanceof Promise ? await charged : charged;
    const record = this.#recordOf(callCost, ending);
    await this.#dependencies.recorder.record(record);
    const settling = admitted.settle(read + output + reasoning, record.cost);
    if (settling) await settling;
    this.#dependencies.events.publish({ type: 'call_settled', record });
  }

  #recordOf(callCost: CallCost, { attempts, model, failure }: Ending): CallRecord {
    const { incoming, request, user = null, prompt, chain, admitted, brokeAt } = this.#facts;
    const { id, caller, parsed, attribution, arrivedAt, arrivedOn, signal } = incoming;
    const endedAt = this.#dependencies.clock.elapsed();
    // After a rescue the last hand counts.
    const answeredBy = model === undefined ? undefined : (attempts?.answeredBy?.id ?? model);
    const slash = answeredBy?.indexOf('/') ?? -1;
    const { hold } = admitted;
    const cost = this.charged;
    const fault = faultOf(failure);
    const firstToken = this.#firstTokenAt === undefined ? null : round(this.#firstTokenAt - arrivedAt);
    const duration = round(endedAt - arrivedAt);
    const receipt: Receipt = {
      id,
      created_at: new Date(arrivedOn).toISOString(),
      key_id: caller.keyId,
      project: caller.projectId,
      user,
      door: parsed.door,
      agent: attribution.agent,
      session: attribution.session,
      chain,
      model: answeredBy === undefined ? null : answeredBy.slice(slash + 1),
      provider: answeredBy === undefined ? null : answeredBy.slice(0, slash),
      stream: request.stream,
      cache: this.verdict,
      ...(this.#similar && { semantic: semanticOf(this.#similar) }),
      attempts: attempts?.list ?? [],
      usage: callCost.tokens,
      prompt_cache: promptCache(callCost.tokens, brokeAt),
      cost_usd: cost === null ? null : toDollars(cost),
      hold_usd: toDollars(hold),
      ttft_ms: firstToken,
      duration_ms: duration,
      finish_reason: callCost.finishReason,
      stitched: attempts?.stitched ?? false,
      client: signal.aborted ? 'closed' : 'completed',
      error: failure === undefined ? null : describe(callerFailure(incoming, failure)),
    };
    return {
      id: admitted.id,
      trace: incoming.trace,
      request,
      template: incoming.template,
      promptHash: prompt,
      answer: callCost.answer,
      fault,
      at: arrivedOn,
      cost,
      excess: (callCost.cost ?? 0) - (cost ?? 0),
      hold,
      saved: callCost.saved,
      receipt,
    };
  }
}

function semanticOf({ request, cost, differences }: SemanticDetails): NonNullable<Receipt['semantic']> {
  return { of: request ?? null, score: cost, differences };
}

/** What of the prompt the provider had from its cache. */
function promptCache({ cached_input, cache_write, input }: TokenCounts, brokeAt: string | null): PromptCache {
  return { read: cached_input, written: cache_write, fresh: input, broke_at: brokeAt };
}

/** What only the log is told of a fault of ours. */
function faultOf(failure: unknown): unknown {
  if (!(failure instanceof Failure)) return failure;
  return failure.rule.isOurFault ? failure.cause : undefined;
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

import { type AdmissionAsk, type AdmissionForecast, type Admitted, unlimited } from '../../chat/admission.ts';
import type { Clock } from '../../core/clock.ts';
import { orderedId } from '../../core/ids.ts';
import type { NanoDollars } from '../../core/money.ts';
import { Failure, type RateStates } from '../../failures/failure.ts';
import { MIN_OUTPUT } from '../../pricing/bounds.ts';
import { promptBoundOf } from '../../pricing/native-bounds.ts';
import type { Key } from '../keys/key.ts';
import { payersOf } from '../keys/subjects.ts';
import type { Counters, Decision, Subject } from '../limits/limits.ts';
import { Candidates, NOBODY, type PricedCandidates } from './candidates.ts';
import { rejectCostlyFields } from './costly-fields.ts';
import { hasCostlyTools, rejectCostlyNative } from './costly-native-fields.ts';
import { type Bounded, GrantedCall } from './granted-call.ts';
import { LimitReached, refused } from './refusals.ts';

interface LedgerSafety {
  /** More spending waits in memory than a killed process may forget. */
  readonly isUnsafe: boolean;
}

/** Admission of a call: who pays, what it can cost at most, and one atomic step that grants it or says why not. */
export class Admission {
  readonly #counters: Counters;
  readonly #candidates: Candidates;
  readonly #ledger: LedgerSafety;

  constructor(counters: Counters, clock: Clock, ledger: LedgerSafety) {
    this.#counters = counters;
    this.#ledger = ledger;
    this.#candidates = new Candidates(clock);
  }

  /**
   * @returns a promise only where a price has to be looked up, or the counts are kept elsewhere
   * @throws {Failure} `rate_limited`, `budget_exceeded`, or `unauthorized` when no model may be paid from a budget
   */
  admit(key: Key, ask: AdmissionAsk): Admitted | Promise<Admitted> {
    return this.#decide(key, ask, 'admit');
  }

  /** What `admit` would say now; nothing is counted or held. */
  async forecast(key: Key, ask: AdmissionAsk): Promise<AdmissionForecast> {
    const budget = await this.#budgetLeft(payersOf(key, ask.user).subjects);
    try {
      const { terms, mustTranslate, rates } = await this.#decide(key, ask, 'check');
      return {
        refusal: undefined,
        limit: undefined,
        remaining: { ...leftOf(rates), budget },
        terms,
        mustTranslate,
      };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const limit = error instanceof LimitReached ? error.limit : undefined;
      const remaining = { ...leftOf(error.rates), budget };
      return { refusal: error, limit, remaining, terms: undefined };
    }
  }

  /** @param step of the counters: `check` counts and holds nothing */
  #decide(key: Key, ask: AdmissionAsk, step: 'admit' | 'check'): Admitted | Promise<Admitted> {
    const payers = payersOf(key, ask.user);
    let mustTranslate = false;
    if (!ask.isFree && (key.models || payers.hasBudget)) {
      rejectCostlyFields(ask.request);
      if (ask.native) {
        rejectCostlyNative(ask.native);
        mustTranslate = hasCostlyTools(ask.native);
      }
    }
    if (!payers.isLimited) return { ...unlimited(ask.id), mustTranslate };
    const isPaid = !ask.isFree && payers.hasBudget;
    if (isPaid && this.#ledger.isUnsafe) throw ledgerFull();
    // Where only requests and calls are counted, tokens need no bound and the caller's cap stays as it is.
    const isBounded = isPaid || (!ask.isFree && payers.hasTokenLimit);
    const choices = ask.request.n ?? 1;
    const prompt = isBounded ? promptBoundOf(ask) : 0;
    const id = ask.id ?? orderedId();
    const call = { id, isPaid, choices, prompt, mustTranslate };
    const all = isBounded ? this.#candidates.of(ask, choices, prompt, isPaid) : NOBODY;
    return all instanceof Promise
      ? all.then((priced) => this.#among(call, priced, payers.subjects, ask, step))
      : this.#among(call, all, payers.subjects, ask, step);
  }

  /** The one atomic step. */
  #among(
    call: Omit<Bounded, 'candidates'>,
    { candidates, bounds }: PricedCandidates,
    subjects: readonly Subject[],
    ask: AdmissionAsk,
    step: 'admit' | 'check',
  ): Admitted | Promise<Admitted> {
    const { choices, prompt } = call;
    const { output, maxCost, fairCost, minCost } = bounds;
    const bounded: Bounded = { ...call, candidates };
    const answer = this.#counters[step]({
      id: call.id,
      subjects,
      requests: ask.isFree ? 1 : choices,
      tokens: choices * (prompt + output),
      minTokens: choices * (prompt + Math.min(output, MIN_OUTPUT)),
      hold: maxCost,
      fairHold: fairCost,
      minHold: minCost,
    });
    return answer instanceof Promise
      ? answer.then((decision) => this.#granted(bounded, decision))
      : this.#granted(bounded, answer);
  }

  /** Of the budget nearest to its end. */
  async #budgetLeft(subjects: readonly Subject[]): Promise<NanoDollars | undefined> {
    let least: NanoDollars | undefined;
    for (const subject of subjects) {
      const { budget } = subject.limits;
      if (!budget) continue;
      const { spent, held } = await this.#counters.state(subject);
      least = Math.min(least ?? Infinity, Math.max(0, budget.amount - spent - held));
    }
    return least;
  }

  #granted(call: Bounded, decision: Decision): Admitted {
    if (!decision.admitted) throw refused(decision.refusal);
    return new GrantedCall(call, decision, this.#counters);
  }
}

function leftOf(rates: RateStates | undefined): AdmissionForecast['remaining'] {
  return { requests: rates?.requests?.remaining, tokens: rates?.tokens?.remaining };
}

function ledgerFull(): Failure {
  const message = 'Spending cannot be written down at the moment, so keys with a budget have to wait.';
  return new Failure('overloaded', message, { retryAfterMs: 10_000 });
}

/** Admission of a call: who pays, what it can cost at most, and one atomic step that grants it or says why not. */
import { type AdmissionAsk, type AdmissionForecast, type Admitted, unlimited } from '../../chat/admission.ts';
import type { Clock } from '../../core/clock.ts';
import { orderedId } from '../../core/ids.ts';
import type { NanoDollars } from '../../core/money.ts';
import { Failure, type Rates } from '../../failures/failure.ts';
import { MIN_OUTPUT, promptBound } from '../../pricing/bounds.ts';
import type { Target } from '../../providers/provider.ts';
import type { Key } from '../keys/key.ts';
import { subjectsOf } from '../keys/subjects.ts';
import { LIMIT_KINDS } from '../limits/limit-table.ts';
import type { Counters, Decision, Limits, ReservationRequest, Subject } from '../limits/limits.ts';
import { type Candidate, Candidates, largest } from './candidates.ts';
import { rejectCostlyFields } from './costly-fields.ts';
import { type Bounded, GrantedCall } from './granted-call.ts';
import { LimitReached, refused } from './refusals.ts';

interface LedgerSafety {
  /** More spending waits in memory than a killed process may forget. */
  readonly isUnsafe: boolean;
}

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
    return this.#decide(key, ask, (reservation) => this.#counters.admit(reservation));
  }

  /** What `admit` would say now; nothing is counted or held. */
  async forecast(key: Key, ask: AdmissionAsk): Promise<AdmissionForecast> {
    const budget = await this.#budgetLeft(subjectsOf(key, ask.user));
    try {
      const { terms, rates } = await this.#decide(key, ask, (reservation) =>
        this.#counters.check(reservation),
      );
      return { refusal: undefined, limit: undefined, remaining: { ...leftOf(rates), budget }, terms };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const limit = error instanceof LimitReached ? error.limit : undefined;
      const remaining = { ...leftOf(error.rates), budget };
      return { refusal: error, limit, remaining, terms: undefined };
    }
  }

  #decide(key: Key, ask: AdmissionAsk, decide: Decide): Admitted | Promise<Admitted> {
    const subjects = subjectsOf(key, ask.user);
    if (!ask.isFree && (key.models || subjects.some(({ limits }) => limits.budget)))
      rejectCostlyFields(ask.request);
    const isPaid = !ask.isFree && subjects.some(({ limits }) => limits.budget);
    if (!subjects.some(({ limits }) => hasLimits(limits))) return unlimited(ask.id);
    if (isPaid && this.#ledger.isUnsafe) throw ledgerFull();
    // Where only requests and calls are counted, tokens need no bound and the caller's cap stays as it is.
    const isBounded = isPaid || (!ask.isFree && subjects.some(({ limits }) => limits.tpm !== undefined));
    const choices = ask.request.n ?? 1;
    const prompt = isBounded ? promptBound(ask.request) : 0;
    const id = ask.id ?? orderedId();
    const among = (candidates: readonly Candidate[]) =>
      this.#among({ id, isPaid, choices, prompt, candidates }, subjects, ask, decide);
    const all = isBounded ? this.#candidates.of(ask, choices, prompt, isPaid) : NOBODY;
    return all instanceof Promise ? all.then(among) : among(all);
  }

  /** The one atomic step. */
  #among(
    call: Bounded,
    subjects: readonly Subject[],
    ask: AdmissionAsk,
    decide: Decide,
  ): Admitted | Promise<Admitted> {
    const { choices, prompt, candidates } = call;
    const longest = largest(candidates, ({ output }) => output);
    const answer = decide({
      id: call.id,
      subjects,
      requests: ask.isFree ? 1 : choices,
      tokens: choices * (prompt + longest),
      minTokens: choices * (prompt + Math.min(longest, MIN_OUTPUT)),
      hold: largest(candidates, ({ maxCost }) => maxCost),
      fairHold: largest(candidates, ({ fairCost }) => fairCost),
      minHold: cheapest(candidates, ask.targets),
    });
    return answer instanceof Promise
      ? answer.then((decision) => this.#granted(call, decision))
      : this.#granted(call, answer);
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

type Decide = (reservation: ReservationRequest) => Decision | Promise<Decision>;

function leftOf(rates: Rates | undefined): AdmissionForecast['remaining'] {
  return { requests: rates?.requests?.remaining, tokens: rates?.tokens?.remaining };
}

function ledgerFull(): Failure {
  const message = 'Spending cannot be written down at the moment, so keys with a budget have to wait.';
  return new Failure('overloaded', message, { retryAfterMs: 10_000 });
}

const NOBODY: readonly Candidate[] = [];

function hasLimits(limits: Limits): boolean {
  return LIMIT_KINDS.some(({ name }) => limits[name] !== undefined);
}

/** The least a call can cost, of those that would be asked first: a successor only stands in for one of them. */
function cheapest(candidates: readonly Candidate[], asked: readonly Target[]): number {
  let minCost = Infinity;
  for (const candidate of candidates)
    if (asked.includes(candidate.target)) minCost = Math.min(minCost, candidate.minCost);
  return minCost === Infinity ? 0 : minCost;
}

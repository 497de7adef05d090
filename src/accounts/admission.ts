/** Admission of a call: who pays, what it can cost at most, and one atomic step that grants it or says why not. */
import { type AdmissionAsk, type Admitted, unlimited } from '../chat/admission.ts';
import type { Clock } from '../core/clock.ts';
import { orderedId } from '../core/ids.ts';
import type { Target } from '../providers/provider.ts';
import { type Candidate, Candidates, costBound, outputFor } from './candidates.ts';
import type { Key } from './keys/key.ts';
import { LEAST_OUTPUT, promptBound } from './limits/bounds.ts';
import type { Counters, Limits, Subject, Verdict } from './limits/limits.ts';
import { refused } from './refusals.ts';
import { subjectsOf } from './subjects.ts';

/** A call and its bounds. */
interface Bounded {
  readonly id: string;
  /** A budget pays for it. */
  readonly isPaid: boolean;
  readonly choices: number;
  /** Tokens of the prompt at most. */
  readonly prompt: number;
  readonly candidates: readonly Candidate[];
}

export class Admission {
  readonly #counters: Counters;
  readonly #candidates: Candidates;

  constructor(counters: Counters, clock: Clock) {
    this.#counters = counters;
    this.#candidates = new Candidates(clock);
  }

  /**
   * @returns a promise only where a price has to be looked up, or the counts are kept elsewhere
   * @throws {Failure} `rate_limited`, `budget_exceeded`, or `unauthorized` when no model may be paid from a budget
   */
  admit(key: Key, ask: AdmissionAsk): Admitted | Promise<Admitted> {
    const subjects = subjectsOf(key, ask.user);
    if (!subjects.some(({ limits }) => hasLimits(limits))) return unlimited(ask.id);
    const isPaid = !ask.isFree && subjects.some(({ limits }) => limits.budget);
    // Where only requests and calls are counted, tokens need no bound and the caller's cap stays as it is.
    const isBounded = isPaid || (!ask.isFree && subjects.some(({ limits }) => limits.tpm !== undefined));
    const choices = ask.request.n ?? 1;
    const prompt = isBounded ? promptBound(ask.request) : 0;
    const id = ask.id ?? orderedId();
    const among = (candidates: readonly Candidate[]) =>
      this.#among({ id, isPaid, choices, prompt, candidates }, subjects, ask);
    const all = isBounded ? this.#candidates.of(ask, choices, prompt, isPaid) : NOBODY;
    return all instanceof Promise ? all.then(among) : among(all);
  }

  /** The one atomic step. */
  #among(call: Bounded, subjects: readonly Subject[], ask: AdmissionAsk): Admitted | Promise<Admitted> {
    const { choices, prompt, candidates } = call;
    const longest = largest(candidates, ({ output }) => output);
    const answer = this.#counters.admit({
      id: call.id,
      subjects,
      tokens: choices * (prompt + longest),
      leastTokens: choices * (prompt + Math.min(longest, LEAST_OUTPUT)),
      hold: largest(candidates, ({ most }) => most),
      leastHold: cheapest(candidates, ask.targets),
    });
    return answer instanceof Promise
      ? answer.then((verdict) => this.#terms(call, verdict))
      : this.#terms(call, answer);
  }

  /** What the call may do with what was granted. */
  #terms(call: Bounded, verdict: Verdict): Admitted {
    if (!verdict.admitted) throw refused(verdict.refusal);
    const { hold, tokens, requestRate, tokenRate } = verdict;
    const { id, isPaid, choices, prompt, candidates } = call;
    const affordable: Affordable[] = [];
    let isClamped = false;
    let isCapped = false;
    for (const { target, rate, least, output, isOurCap } of candidates) {
      if (least > hold) continue;
      const byTokens = Math.floor(tokens / choices) - prompt;
      const byMoney = outputFor(hold, rate, choices, prompt);
      const most = Math.min(output, byTokens, byMoney);
      if (most < output) isClamped = true;
      const cap = most < output || isOurCap ? most : undefined;
      if (cap !== undefined) isCapped = true;
      affordable.push({ target, rate, cap });
    }
    const termsFor = (target: Target) => affordable.find((one) => one.target === target);
    const extend = (before: number, output: number) =>
      !isPaid ||
      this.#counters.extend(
        id,
        largest(affordable, ({ rate }) => costBound(rate, prompt + before, output)),
      );
    return {
      id,
      hold,
      isClamped,
      isCapped,
      rates: { requests: requestRate, tokens: tokenRate },
      mayAsk: (target) => candidates.length === 0 || termsFor(target) !== undefined,
      capFor: (target) => termsFor(target)?.cap,
      mayGoOn: (before) => {
        const bytes = Buffer.byteLength(before);
        return extend(bytes, bytes);
      },
      mayHedge: () => extend(0, 0),
      settle: (used, cost) => this.#counters.settle(id, { tokens: used, cost: cost ?? hold }),
    };
  }
}

/** A candidate that fits into what is held, and the output cap to send where it is not the caller's own. */
interface Affordable extends Pick<Candidate, 'target' | 'rate'> {
  readonly cap: number | undefined;
}

const NOBODY: readonly Candidate[] = [];

function hasLimits({ rpm, tpm, maxConcurrency, budget }: Limits): boolean {
  return rpm !== undefined || tpm !== undefined || maxConcurrency !== undefined || budget !== undefined;
}

function largest<One>(candidates: readonly One[], measure: (candidate: One) => number): number {
  let most = 0;
  for (const candidate of candidates) most = Math.max(most, measure(candidate));
  return most;
}

/** The least a call can cost, of those that would be asked first: a successor only stands in for one of them. */
function cheapest(candidates: readonly Candidate[], asked: readonly Target[]): number {
  let least = Infinity;
  for (const candidate of candidates)
    if (asked.includes(candidate.target)) least = Math.min(least, candidate.least);
  return least === Infinity ? 0 : least;
}

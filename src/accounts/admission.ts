/** Admission of a call: who pays, what it can cost at most, and one atomic step that grants it or says why not. */
import { type AdmissionAsk, type Admitted, unlimited } from '../chat/admission.ts';
import type { Clock } from '../core/clock.ts';
import { orderedId } from '../core/ids.ts';
import { dollarsText } from '../core/money.ts';
import type { Target } from '../providers/provider.ts';
import { Failure } from '../routing/failures.ts';
import type { Key } from './keys/key.ts';
import { LEAST_OUTPUT, outputBound, promptBound } from './limits/bounds.ts';
import type { Counters, Limits, Refusal, Subject } from './limits/limits.ts';
import { type Rate, Rates } from './limits/rates.ts';
import { subjectsOf } from './subjects.ts';

/** A target with what is known of its costs for this call. */
interface Candidate {
  readonly target: Target;
  /** Absent when no budget is at stake. */
  readonly rate: Rate | undefined;
  readonly output: number;
  readonly isOurCap: boolean;
}

export class Admission {
  readonly #counters: Counters;
  readonly #clock: Clock;
  readonly #rates = new Rates();

  constructor(counters: Counters, clock: Clock) {
    this.#counters = counters;
    this.#clock = clock;
  }

  /** @throws {Failure} `rate_limited`, `budget_exceeded`, or `unauthorized` when no model may be paid from a budget */
  async admit(key: Key, ask: AdmissionAsk): Promise<Admitted> {
    const subjects = subjectsOf(key, ask.user);
    if (!subjects.some(({ limits }) => hasLimits(limits))) return unlimited();
    const id = orderedId();
    const choices = ask.request.n ?? 1;
    const isPaid = !ask.isFree && subjects.some(({ limits }) => limits.budget);
    // Where only requests and calls are counted, tokens need no bound and the caller's cap stays as it is.
    const isBounded = isPaid || (!ask.isFree && subjects.some(({ limits }) => limits.tpm !== undefined));
    const prompt = isBounded ? promptBound(ask.request) : 0;
    const candidates = isBounded ? await this.#candidates(ask, prompt, isPaid) : [];
    const worst = (output: (candidate: Candidate) => number) => (candidate: Candidate) =>
      costBound(candidate.rate, choices * prompt, choices * output(candidate));
    const whole = worst(({ output }) => output);
    const least = worst(({ output }) => Math.min(output, LEAST_OUTPUT));
    const longest = Math.max(0, ...candidates.map(({ output }) => output));
    const verdict = await this.#ask({
      id,
      subjects,
      tokens: choices * (prompt + longest),
      leastTokens: choices * (prompt + Math.min(longest, LEAST_OUTPUT)),
      hold: Math.max(0, ...candidates.map(whole)),
      leastHold: cheapest(candidates.filter(({ target }) => ask.targets.includes(target)).map(least)),
    });
    const { hold, tokens } = verdict;
    const affordable = candidates.filter((candidate) => least(candidate) <= hold);
    const caps = new Map<Target, number>();
    let isClamped = false;
    for (const candidate of affordable) {
      const byTokens = Math.floor(tokens / choices) - prompt;
      const byMoney = outputFor(hold, candidate.rate, choices, prompt);
      const cap = Math.min(candidate.output, byTokens, byMoney);
      if (cap < candidate.output) isClamped = true;
      if (cap < candidate.output || candidate.isOurCap) caps.set(candidate.target, cap);
    }
    const more = (bytesBefore: number, withOutput: boolean) =>
      Math.max(
        0,
        ...affordable.map(({ rate }) => costBound(rate, prompt + bytesBefore, withOutput ? bytesBefore : 0)),
      );
    const mayAsk = new Set(affordable.map(({ target }) => target));
    return {
      id,
      mayAsk: (target) => !isBounded || mayAsk.has(target),
      hold,
      isClamped,
      isCapped: caps.size > 0,
      capFor: (target) => caps.get(target),
      rates: { requests: verdict.requestRate, tokens: verdict.tokenRate },
      mayGoOn: async (before) => !isPaid || this.#counters.extend(id, more(Buffer.byteLength(before), true)),
      mayHedge: async () => !isPaid || this.#counters.extend(id, more(0, false)),
      settle: (used, cost) => this.#counters.settle(id, { tokens: used, cost: cost ?? hold }),
    };
  }

  /** @throws {Failure} when a budget pays and no model of the chain has a known price */
  async #candidates(ask: AdmissionAsk, prompt: number, isPaid: boolean): Promise<Candidate[]> {
    const candidates: Candidate[] = [];
    const now = this.#clock.now();
    for (const target of ask.targets.flatMap((one) => (one.successor ? [one, one.successor] : [one]))) {
      const rate = isPaid ? await this.#rates.of(target, prompt, now) : undefined;
      if (isPaid && !rate) continue;
      const { tokens, isOurs } = outputBound(ask.request, target);
      candidates.push({ target, rate, output: tokens, isOurCap: isOurs });
    }
    if (candidates.length > 0) return candidates;
    const names = ask.targets.map(({ id }) => id).join(', ');
    throw new Failure(
      'unauthorized',
      `The price of ${names} is unknown, so a key with a budget may not use it. Set its \`price\` in the configuration file.`,
      { status: 403, param: 'model' },
    );
  }

  async #ask(ask: Parameters<Counters['admit']>[0]) {
    const verdict = await this.#counters.admit(ask);
    if (!verdict.admitted) throw refused(verdict.refusal);
    return verdict;
  }
}

/** Of those that would be asked first; a successor only stands in for one of them. */
function cheapest(costs: readonly number[]): number {
  return costs.length === 0 ? 0 : Math.min(...costs);
}

function hasLimits({ rpm, tpm, maxConcurrency, budget }: Limits): boolean {
  return rpm !== undefined || tpm !== undefined || maxConcurrency !== undefined || budget !== undefined;
}

function costBound(rate: Rate | undefined, input: number, output: number): number {
  return rate ? Math.ceil(input * rate.input + output * rate.output) : 0;
}

/** Output tokens of each choice that `hold` pays for besides the prompt. */
function outputFor(hold: number, rate: Rate | undefined, choices: number, prompt: number): number {
  if (!rate || rate.output === 0) return Infinity;
  return Math.floor((hold - choices * prompt * rate.input) / (choices * rate.output));
}

/** Says which limit, how much is left and when it is worth asking again. */
function refused({ subject, limit, allowed, left, needed, retryAfterMs }: Refusal): Failure {
  const again = retryAfterMs === undefined ? '' : ` Try again in ${Math.ceil(retryAfterMs / 1000)} s.`;
  const rate = { limit: allowed, remaining: left, resetMs: retryAfterMs ?? 0 };
  const who = subject.label;
  switch (limit) {
    case 'rpm':
      return new Failure(
        'rate_limited',
        `The ${who} may make ${allowed} requests a minute; none is left.${again}`,
        { retryAfterMs, rates: { requests: rate } },
      );
    case 'tpm': {
      const mend = retryAfterMs === undefined ? ' Send a shorter prompt or a smaller max_tokens.' : again;
      const message = `The ${who} may use ${allowed} tokens a minute; ${left} are left and this request needs ${needed}.${mend}`;
      return new Failure('rate_limited', message, { retryAfterMs, rates: { tokens: rate } });
    }
    case 'max_concurrency':
      return new Failure(
        'rate_limited',
        `The ${who} may have ${allowed} requests in flight, and has.${again}`,
        { retryAfterMs },
      );
    case 'budget':
      return budgetSpent(subject, allowed, left, needed, retryAfterMs);
  }
}

function budgetSpent(
  subject: Subject,
  allowed: number,
  left: number,
  needed: number,
  retryAfterMs: number | undefined,
): Failure {
  const { period } = subject.limits.budget!;
  const span = period === 'total' ? '' : ` a ${period}`;
  const when = retryAfterMs === undefined ? '' : ` Try again in ${Math.ceil(retryAfterMs / 1000)} s.`;
  const message =
    `The budget of the ${subject.label} is $${dollarsText(allowed)}${span}; $${dollarsText(left)} is left, and this request ` +
    `can cost $${dollarsText(needed)} at least.${when}`;
  return new Failure('budget_exceeded', message, { retryAfterMs });
}

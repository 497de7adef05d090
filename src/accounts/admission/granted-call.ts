/** A call that was admitted, on what was granted of its limits: what it may still do, and its settlement. */
import type { Admitted } from '../../chat/admission.ts';
import type { NanoDollars } from '../../core/money.ts';
import type { RateStates } from '../../failures/failure.ts';
import type { TargetTerms } from '../../routing/routed.ts';
import type { Counters, Grant } from '../limits/limits.ts';
import { type Candidate, costBound } from './candidates.ts';

/** A call and its bounds. */
export interface Bounded {
  readonly id: string;
  /** A budget pays for it. */
  readonly isPaid: boolean;
  readonly choices: number;
  /** Tokens of the prompt at most. */
  readonly prompt: number;
  /** It has tools that are charged extra, and that a translation leaves out. */
  readonly mustTranslate: boolean;
  /** Empty where nothing bounds what may be asked. */
  readonly candidates: readonly Candidate[];
}

/** A candidate that fits into what is held. */
interface Affordable extends TargetTerms, Pick<Candidate, 'rate' | 'prompt'> {}

/** Tokens that a provider may add to a prompt: instructions for tools and formats, a template. */
const MAX_ADDED_TOKENS = 2_048;

/** Lives as long as its call, and a stream's is long: so it keeps what it must and no more. */
export class GrantedCall implements Admitted {
  readonly id: string;
  hold: NanoDollars;
  readonly isClamped: boolean;
  readonly mustTranslate: boolean;
  readonly isCapped: boolean;
  readonly rates: RateStates;
  readonly terms: readonly Affordable[] | undefined;
  readonly #counters: Counters;
  readonly #isPaid: boolean;
  readonly #choices: number;

  constructor(call: Bounded, { hold, tokens, requestRate, tokenRate }: Grant, counters: Counters) {
    const { choices, prompt, candidates } = call;
    this.id = call.id;
    this.hold = hold;
    this.rates = { requests: requestRate, tokens: tokenRate };
    this.#counters = counters;
    this.#isPaid = call.isPaid;
    this.#choices = choices;
    const fitting = candidates.filter(({ minCost }) => minCost <= hold);
    let isClamped = false;
    const affordable = fitting.map(({ target, rate, prompt: read, output, isOurCap }) => {
      const byTokens = Math.floor(tokens / choices) - prompt;
      const most = Math.min(output, byTokens, outputFor(hold, rate, choices, read));
      if (most < output) isClamped = true;
      const maxTokens = most < output || isOurCap ? most : undefined;
      return { target, rate, prompt: read, paidTokens: most, maxTokens };
    });
    this.isClamped = isClamped;
    this.mustTranslate = call.mustTranslate;
    this.isCapped = affordable.some(({ maxTokens }) => maxTokens !== undefined);
    this.terms = candidates.length === 0 ? undefined : affordable;
  }

  /** Several may have worked, or one have written beyond its cap: what is not held is not the caller's to pay. */
  chargeFor(cost: NanoDollars, read: number): NanoDollars | Promise<NanoDollars> {
    if (!this.#isPaid || cost <= this.hold) return cost;
    let added = 0;
    for (const { rate, prompt } of this.terms ?? []) {
      const tokens = Math.min(this.#choices * MAX_ADDED_TOKENS, read - this.#choices * prompt);
      added = Math.max(added, costBound(rate, tokens, 0));
    }
    const more = Math.min(cost - this.hold, added);
    if (more <= 0) return this.hold;
    const granted = this.#hold(more);
    return granted instanceof Promise ? granted.then(() => this.hold) : this.hold;
  }

  mayContinue(before: string): boolean | Promise<boolean> {
    const bytes = Buffer.byteLength(before);
    return this.#extend(bytes, bytes);
  }

  mayHedge(): boolean | Promise<boolean> {
    return this.#extend(0, 0);
  }

  leave(): void {
    this.#counters.leave(this.id);
  }

  /** Where the cost is unknown all of the hold is taken. */
  settle(tokens: number, cost: NanoDollars | null): void | Promise<void> {
    return this.#counters.settle(this.id, {
      tokens: wholeCount(tokens) ?? 0,
      cost: (cost === null ? undefined : wholeCount(cost)) ?? this.hold,
    });
  }

  /** Holds what another call costs at most that reads so many tokens more. */
  #extend(before: number, output: number): boolean | Promise<boolean> {
    if (!this.#isPaid) return true;
    let most = 0;
    for (const { rate, prompt } of this.terms ?? [])
      most = Math.max(most, costBound(rate, prompt + before, output));
    return this.#hold(most);
  }

  #hold(more: NanoDollars): boolean | Promise<boolean> {
    const granted = this.#counters.extend(this.id, more);
    const take = (isGranted: boolean) => {
      if (isGranted) this.hold += more;
      return isGranted;
    };
    return granted instanceof Promise ? granted.then(take) : take(granted);
  }
}

/** Output tokens of each choice that `hold` pays for besides the prompt. */
function outputFor(hold: NanoDollars, rate: Candidate['rate'], choices: number, prompt: number): number {
  if (!rate || rate.output === 0) return Infinity;
  return Math.floor((hold - choices * prompt * rate.input) / (choices * rate.output));
}

/** Counters keep whole numbers. @returns nothing for what is no count */
function wholeCount(value: number): number | undefined {
  return Number.isFinite(value) && value >= 0
    ? Math.min(Math.ceil(value), Number.MAX_SAFE_INTEGER)
    : undefined;
}

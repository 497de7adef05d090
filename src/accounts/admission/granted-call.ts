/** A call that was let in, on what was granted of its limits: what it may still do, and its settlement. */
import type { Admitted } from '../../chat/admission.ts';
import type { NanoDollars } from '../../core/money.ts';
import type { Rates } from '../../failures/failure.ts';
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
  /** Empty where nothing bounds what may be asked. */
  readonly candidates: readonly Candidate[];
}

/** A candidate that fits into what is held. */
interface Affordable extends TargetTerms {
  readonly rate: Candidate['rate'];
}

/** Lives as long as its call, and a stream's is long: so it keeps what it must and no more. */
export class GrantedCall implements Admitted {
  readonly id: string;
  readonly hold: NanoDollars;
  readonly isClamped: boolean;
  readonly isCapped: boolean;
  readonly rates: Rates;
  readonly terms: readonly Affordable[] | undefined;
  readonly #counters: Counters;
  readonly #prompt: number;
  readonly #isPaid: boolean;

  constructor(call: Bounded, { hold, tokens, requestRate, tokenRate }: Grant, counters: Counters) {
    const { choices, prompt, candidates } = call;
    this.id = call.id;
    this.hold = hold;
    this.rates = { requests: requestRate, tokens: tokenRate };
    this.#counters = counters;
    this.#prompt = prompt;
    this.#isPaid = call.isPaid;
    const fitting = candidates.filter(({ minCost }) => minCost <= hold);
    let isClamped = false;
    const affordable = fitting.map(({ target, rate, output, isOurCap }) => {
      const byTokens = Math.floor(tokens / choices) - prompt;
      const most = Math.min(output, byTokens, outputFor(hold, rate, choices, prompt));
      if (most < output) isClamped = true;
      return { target, rate, maxTokens: most < output || isOurCap ? most : undefined };
    });
    this.isClamped = isClamped;
    this.isCapped = affordable.some(({ maxTokens }) => maxTokens !== undefined);
    this.terms = candidates.length === 0 ? undefined : affordable;
  }

  mayContinue(before: string): boolean | Promise<boolean> {
    const bytes = Buffer.byteLength(before);
    return this.#extend(bytes, bytes);
  }

  mayHedge(): boolean | Promise<boolean> {
    return this.#extend(0, 0);
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
    for (const { rate } of this.terms ?? [])
      most = Math.max(most, costBound(rate, this.#prompt + before, output));
    return this.#counters.extend(this.id, most);
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

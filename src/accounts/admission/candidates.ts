/** The targets that may answer a call, each with the most and the least it can cost there. */
import type { AdmissionAsk } from '../../chat/admission.ts';
import type { Clock } from '../../core/clock.ts';
import type { NanoDollars } from '../../core/money.ts';
import { Failure, invalidRequest } from '../../failures/failure.ts';
import { FAIR_OUTPUT, MIN_OUTPUT, outputBound } from '../../pricing/bounds.ts';
import { asksForLongCache } from '../../pricing/cache-writes.ts';
import { findUnknownLengthOf } from '../../pricing/native-unknown-lengths.ts';
import { type Rate, Rates } from '../../pricing/rates.ts';
import type { Target } from '../../providers/provider.ts';

/** A target that may answer a call, with the bounds of what that would take and cost; money is nano-dollars. */
export interface Candidate {
  readonly target: Target;
  /** Absent when no budget is at stake. */
  readonly rate: Rate | undefined;
  /** Tokens of the prompt at most, as far as money is at stake. */
  readonly prompt: number;
  /** Output tokens of one choice at most, and whether that is a cap of ours. */
  readonly output: number;
  readonly isOurCap: boolean;
  /** The cost with all of the output, and with the least that is of any use. */
  readonly maxCost: NanoDollars;
  readonly minCost: NanoDollars;
  /** The cost with as much output as every call may have, however large a share of a budget that is. */
  readonly fairCost: NanoDollars;
}

/** What a call can take and cost at most, whichever of its candidates answers. */
interface CallBounds {
  /** Output tokens of one choice. */
  readonly output: number;
  readonly maxCost: NanoDollars;
  readonly fairCost: NanoDollars;
  /** The least it can cost with one of those that are asked first: a successor only stands in for one of them. */
  readonly minCost: NanoDollars;
}

/** The targets of a call with their prices, and the bounds over all of them, by which the call is admitted. */
export interface PricedCandidates {
  readonly candidates: readonly Candidate[];
  readonly bounds: CallBounds;
}

/** Where nothing bounds what may be asked. */
export const NOBODY: PricedCandidates = {
  candidates: [],
  bounds: { output: 0, maxCost: 0, fairCost: 0, minCost: 0 },
};

/** Prices the targets of a call before it is sent. Bounds are computed only as far as some limit asks for them. */
export class Candidates {
  readonly #clock: Clock;
  readonly #rates = new Rates();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * @param prompt tokens at most
   * @returns a promise only where a price has to be looked up
   * @throws {Failure} when a budget pays and no model of the chain has a known price
   */
  of(
    ask: AdmissionAsk,
    choices: number,
    prompt: number,
    isPaid: boolean,
  ): PricedCandidates | Promise<PricedCandidates> {
    const all = withSuccessors(ask.targets);
    const unknown = isPaid ? findUnknownLengthOf(ask) : undefined;
    const targets = unknown === undefined ? all : all.filter(boundsAnyPrompt);
    if (unknown !== undefined && targets.length === 0) throw unbounded(unknown, all);
    const isKeptLong = isPaid && asksForLongCache(ask);
    const now = this.#clock.now();
    const prompts: number[] = [];
    const rates: (Rate | undefined | Promise<Rate | undefined>)[] = [];
    const outputs: ReturnType<typeof outputBound>[] = [];
    for (const target of targets) {
      const most = unknown === undefined ? prompt : Math.max(prompt, target.contextWindow!);
      prompts.push(most);
      if (isPaid) rates.push(this.#rates.of(target, most, isKeptLong, now));
    }
    for (const target of targets) outputs.push(outputBound(ask.request, target));
    const make = (known: readonly (Rate | undefined)[]) => {
      const candidates: Candidate[] = [];
      for (const [index, target] of targets.entries()) {
        const rate = known[index];
        if (isPaid && !rate) continue;
        const { tokens: output, isOurs } = outputs[index]!;
        const most = prompts[index]!;
        const cost = (each: number) => costBound(rate, choices * most, choices * each);
        const maxCost = cost(output);
        candidates.push({
          target,
          rate,
          prompt: most,
          output,
          isOurCap: isOurs,
          maxCost,
          fairCost: cost(Math.min(output, FAIR_OUTPUT)),
          minCost: cost(Math.min(output, MIN_OUTPUT)),
        });
      }
      if (candidates.length === 0) throw unpriced(ask.targets);
      return { candidates, bounds: boundsOf(candidates, ask.targets) };
    };
    return rates.some((rate) => rate instanceof Promise)
      ? Promise.all(rates).then(make)
      : make(rates as (Rate | undefined)[]);
  }
}

/**
 * The most that so many tokens can cost, in whole nano-dollars, rounded up; 0 without a rate, as no money is at stake then.
 */
export function costBound(rate: Rate | undefined, input: number, output: number): NanoDollars {
  return rate ? Math.ceil(input * rate.input + output * rate.output) : 0;
}

function boundsOf(candidates: readonly Candidate[], asked: readonly Target[]): CallBounds {
  let output = 0;
  let maxCost = 0;
  let fairCost = 0;
  let minCost = Infinity;
  for (const candidate of candidates) {
    output = Math.max(output, candidate.output);
    maxCost = Math.max(maxCost, candidate.maxCost);
    fairCost = Math.max(fairCost, candidate.fairCost);
    if (asked.includes(candidate.target)) minCost = Math.min(minCost, candidate.minCost);
  }
  return { output, maxCost, fairCost, minCost: minCost === Infinity ? 0 : minCost };
}

/** By list of targets: a chain has the same one for all its requests, as long as nothing cools. */
const complete = new WeakMap<readonly Target[], readonly Target[]>();

function withSuccessors(targets: readonly Target[]): readonly Target[] {
  let all = complete.get(targets);
  if (!all) {
    all = targets.flatMap((target) => (target.successor ? [target, target.successor] : target));
    complete.set(targets, all);
  }
  return all;
}

/** Providers that charge for a document by its pages, beside what the model reads of it. */
const CHARGES_FOR_PAGES = ['openrouter'];

/** No model reads more than its window, whatever a part of the prompt leads to. */
function boundsAnyPrompt({ contextWindow, provider }: Target): boolean {
  return contextWindow !== undefined && !CHARGES_FOR_PAGES.includes(provider);
}

function unbounded(field: string, targets: readonly Target[]): Failure {
  const names = targets.map(({ id }) => id).join(', ');
  return invalidRequest(
    `\`${field}\` may be of any length, and so may cost anything at ${names}: a key with a budget may not send it there. ` +
      'Send its text, or set the `context_window` of the model in the configuration file.',
    field,
  );
}

function unpriced(targets: readonly Target[]): Failure {
  const names = targets.map(({ id }) => id).join(', ');
  return new Failure(
    'unauthorized',
    `The price of ${names} is unknown, so a key with a budget may not use it. Set its \`price\` in the configuration file.`,
    { status: 403, param: 'model' },
  );
}

/** After a failure: what now? A pure decision; the router carries it out. */
import type { Failure } from '../failures/failure.ts';

/** What the router does next; `larger window` of the failure table is a `next` with `largerThan` tokens. */
export type RouterStep =
  | { readonly do: 'stop' }
  | { readonly do: 'next'; readonly largerThan?: number }
  | { readonly do: 'successor' }
  | { readonly do: 'retry'; readonly afterMs: number };

/** What the decision depends on besides the failure. */
export interface Situation {
  /** Extra tries this target still has for this request. */
  readonly retriesLeft: number;
  /** The next wait of the back-off, in milliseconds. */
  readonly backoffMs: number;
  /** The longest Retry-After worth waiting for on one target while others stand ready, in milliseconds. */
  readonly retryAfterWait: number;
  /** Milliseconds of the route budget that are left. */
  readonly budgetLeftMs: number;
  /** Tokens the failed target can read, when known. */
  readonly contextWindow: number | undefined;
  /** Whether a successor is declared for the target. */
  readonly hasSuccessor: boolean;
}

/** Follows the failure table's column `next`. */
export function nextStep(failure: Failure, situation: Situation): RouterStep {
  switch (failure.rule.next) {
    case 'stop':
      return { do: 'stop' };
    case 'next target':
      return { do: 'next' };
    case 'larger window':
      return { do: 'next', largerThan: situation.contextWindow ?? 0 };
    case 'successor':
      return situation.hasSuccessor ? { do: 'successor' } : { do: 'next' };
    case 'retry':
      return retryAfter(failure.retryAfterMs ?? situation.backoffMs, failure, situation);
    case 'wait or next':
      // Without a time from the provider there is nothing to wait for: the next target answers sooner.
      return failure.retryAfterMs === undefined
        ? { do: 'next' }
        : retryAfter(failure.retryAfterMs, failure, situation);
  }
}

function retryAfter(afterMs: number, failure: Failure, situation: Situation): RouterStep {
  const tooLong = failure.retryAfterMs !== undefined && afterMs > situation.retryAfterWait;
  if (situation.retriesLeft <= 0 || tooLong || afterMs >= situation.budgetLeftMs) return { do: 'next' };
  return { do: 'retry', afterMs };
}

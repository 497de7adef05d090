/** What goes into the router and what comes out. */
import type { Batches } from '../core/batches.ts';
import type { Clock, Random } from '../core/clock.ts';
import type { ChatRequest } from '../core/openai-types.ts';
import type { Provider, Target, WholeReply } from '../providers/provider.ts';
import type { AttemptLog } from './attempts.ts';
import type { Cooldowns } from './cooldowns.ts';
import type { Load } from './load.ts';
import type { RetryBudget } from './retry-budget.ts';

export interface RouterParts {
  readonly provider: (name: string) => Provider;
  readonly cooldowns: Cooldowns;
  readonly retryBudget: RetryBudget;
  readonly load: Load;
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: RouterSettings;
}

/** Milliseconds. */
export interface RouterSettings {
  /** The longest Retry-After worth waiting for on one target. */
  readonly retryAfterWait: number;
  /** From arrival until something is committed to the caller, all tries and waits together. */
  readonly routeBudget: number;
}

export interface RoutedCall {
  readonly request: ChatRequest;
  readonly chain: readonly Target[];
  /** Aborted when nobody wants the answer any more. */
  readonly signal: AbortSignal;
  /** Passed on to the provider (demo mode's `x-simulate`). */
  readonly headers?: Readonly<Record<string, string>>;
  /** The caller wants every parameter honoured. */
  readonly strictParams?: boolean;
  /** `clock.elapsed()` when the request arrived. */
  readonly arrivedAt: number;
  /** Milliseconds without a first token after which the next target is asked beside the first; off when absent. */
  readonly hedgeAfter?: number;
  /** Whether a target may be asked at all; every one may when absent. */
  readonly mayAsk?: (target: Target) => boolean;
  /** The output cap for a target, where it is not the request's own. */
  readonly capFor?: (target: Target) => number | undefined;
  /** Asked before another target goes on with a broken answer, and before a second one is asked beside the first. */
  readonly mayGoOn?: (before: string) => boolean | Promise<boolean>;
  readonly mayHedge?: () => boolean | Promise<boolean>;
  /** Written as the walk goes on; complete when the answer has ended. */
  readonly attempts: AttemptLog;
}

export type RoutedReply = {
  readonly target: Target;
  readonly dropped: readonly string[];
} & (
  | Pick<WholeReply, 'kind' | 'completion'>
  /** What breaks the stream is a `Failure`; leaving it early aborts the upstream call. */
  | { readonly kind: 'stream'; readonly batches: Batches }
);

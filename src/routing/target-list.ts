import type { Failure } from '../failures/failure.ts';
import type { Target } from '../providers/provider.ts';
import type { CallCircumstances, Cooldowns } from './cooldowns.ts';
import type { RouterStep } from './next-step.ts';
import type { CallLimits } from './routed.ts';

/** Whether a request never has another target than the only one of its chain. */
export function hasOneTarget([only, second]: readonly Target[]): boolean {
  return !second && !only?.successor;
}

/** Which targets of a chain a request may still ask, in order. */
export class TargetList {
  readonly #cooldowns: Cooldowns;
  readonly #left: Target[];
  /** Left out or rate-limited, so worth waiting for when nobody else is left. */
  readonly #cooling: Target[] = [];
  readonly #waited: Target[] = [];
  readonly #chain: readonly Target[];
  readonly #terms: CallLimits['terms'];
  #windowLargerThan = -1;

  constructor(chain: readonly Target[], cooldowns: Cooldowns, terms?: CallLimits['terms']) {
    this.#cooldowns = cooldowns;
    this.#terms = terms;
    this.#chain = chain;
    // A model remembered to be gone is not asked again: its successor takes its place at once.
    this.#left = cooldowns.hasNone ? [...chain] : chain.flatMap((target) => this.#resolveSuccessor(target));
  }

  next(): Target | undefined {
    for (;;) {
      const target = this.#left.shift();
      if (!target || this.#mayBeAsked(target)) return target;
    }
  }

  skipped(target: Target): void {
    if (!this.#waited.includes(target) && !this.#cooling.includes(target)) this.#cooling.push(target);
  }

  failed(target: Target, failure: Failure, step: RouterStep): void {
    this.#removeCooling(target);
    if (failure.rule.isWorthWaitingFor) this.skipped(target);
    if (step.do === 'successor' && target.successor) this.#left.unshift(target.successor);
    if (step.do === 'next' && step.largerThan !== undefined) {
      this.#windowLargerThan = Math.max(this.#windowLargerThan, step.largerThan);
    }
  }

  /** Its stream broke after the first words: others go on first, then itself, if it was not for silence. */
  streamBroke(target: Target, failure: Failure): void {
    if (failure.rule.mayResume) this.#left.push(target);
  }

  /** The target worth waiting for that recovers first, in milliseconds from now. */
  firstToRecover(): { target: Target; recoversIn: number } | undefined {
    let first: { target: Target; recoversIn: number } | undefined;
    for (const target of this.#cooling) {
      if (!this.#isLargeEnough(target)) continue;
      const recoversIn = this.#cooldowns.recoversIn(target);
      if (!first || recoversIn < first.recoversIn) first = { target, recoversIn };
    }
    return first;
  }

  /** Each target is waited for once, so that a request's waits are bounded. */
  waitedFor(target: Target): void {
    this.#removeCooling(target);
    this.#waited.push(target);
  }

  /** Milliseconds until any target of the chain may be asked again: what a later request can count on. */
  recoversIn(circumstances: CallCircumstances = {}): number {
    const recoveries = this.#chain.map((target) => {
      const [asked = target] = this.#resolveSuccessor(target);
      return this.#cooldowns.recoversIn(asked, circumstances);
    });
    return recoveries.length === 0 ? 0 : Math.min(...recoveries);
  }

  #removeCooling(target: Target): void {
    const at = this.#cooling.indexOf(target);
    if (at >= 0) this.#cooling.splice(at, 1);
  }

  #mayBeAsked(target: Target): boolean {
    return this.#isLargeEnough(target) && (this.#terms?.some((one) => one.target === target) ?? true);
  }

  #isLargeEnough(target: Target): boolean {
    return target.contextWindow === undefined || target.contextWindow > this.#windowLargerThan;
  }

  #resolveSuccessor(target: Target): Target[] {
    const resolved = this.#cooldowns.resolveSuccessor(target);
    return resolved ? [resolved] : [];
  }
}

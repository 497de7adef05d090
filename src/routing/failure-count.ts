import type { Cooling, FailureKind } from '../failures/failure-table.ts';

/** A provider key is checked by a second call before it cools: one odd reply must not stop all its models. */
const KEY_FAILURES = 2;
/** Calls after which the share of slow ones is halved, so that it is of the recent past. */
const SHARE_WINDOW = 20;
const MAX_SLOW_SHARE = 0.5;
/** Failures an administrator is shown. */
const MAX_RECENT = 5;

/** A failure as administrators are shown it. */
export interface RecentFailure {
  readonly kind: FailureKind;
  readonly message: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * The failures of one place (a target, or a provider key) since it was last well, and when they are enough to put it into
 * cooldown. Failures that overlap in time are one: what cut ten connections at once has happened once.
 */
export class FailureCount {
  inARow = 0;
  recent: readonly RecentFailure[] = [];
  /** `clock.elapsed()` of the last failure that was counted. */
  #lastAt = Number.NEGATIVE_INFINITY;
  #calls = 0;
  #slow = 0;

  /**
   * @param startedAt `clock.elapsed()` when the call began
   * @param now the same when it failed
   * @returns whether it is a failure of its own, not one more sign of the last
   */
  add(cools: Cooling, failure: RecentFailure, startedAt: number, now: number): boolean {
    this.recent = [failure, ...this.recent].slice(0, MAX_RECENT);
    this.#countCall(cools === 'when often slow');
    if (startedAt < this.#lastAt) return false;
    this.#lastAt = now;
    this.inARow += 1;
    return true;
  }

  /** @returns whether nothing is left that is worth remembering */
  succeeded(): boolean {
    this.inARow = 0;
    this.#countCall(false);
    return this.#slow < 1;
  }

  isEnough(cools: Cooling, allowedFailures: number): boolean {
    switch (cools) {
      case 'no':
        return false;
      case 'at once':
      case 'a day':
        return true;
      case 'after the trip rule':
        return this.inARow >= allowedFailures;
      case 'when often slow':
        return this.inARow >= allowedFailures || this.#isOftenSlow(allowedFailures);
      case 'provider key':
        return this.inARow >= KEY_FAILURES;
    }
  }

  #isOftenSlow(allowedFailures: number): boolean {
    return (
      this.#slow >= allowedFailures &&
      this.#calls >= SHARE_WINDOW / 2 &&
      this.#slow >= this.#calls * MAX_SLOW_SHARE
    );
  }

  #countCall(isSlow: boolean): void {
    this.#calls += 1;
    if (isSlow) this.#slow += 1;
    if (this.#calls < SHARE_WINDOW) return;
    this.#calls /= 2;
    this.#slow /= 2;
  }
}

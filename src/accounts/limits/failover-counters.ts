import type { NanoDollars } from '../../core/money.ts';
import {
  type BudgetState,
  type Counters,
  CountersUnavailable,
  type Decision,
  type Outcome,
  type ReservationRequest,
  type Subject,
} from './limits.ts';

/** `auto`: closed for calls that a budget pays, open for the rest. */
export type WhenUnavailable = 'auto' | 'closed' | 'open';

/** Limits while Redis is unavailable: closed or open as the installation wants it, and back to normal by itself. */
export class FailoverCounters implements Counters {
  readonly #shared: Counters;
  readonly #local: Counters;
  readonly #whenAway: WhenUnavailable;
  /** Calls that were admitted by this process alone. */
  readonly #admittedHere = new Set<string>();

  constructor(shared: Counters, local: Counters, whenUnavailable: WhenUnavailable) {
    this.#shared = shared;
    this.#local = local;
    this.#whenAway = whenUnavailable;
  }

  async admit(ask: ReservationRequest): Promise<Decision> {
    try {
      return await this.#shared.admit(ask);
    } catch (error) {
      if (!(error instanceof CountersUnavailable) || !this.#isOpenFor(ask)) throw error;
      const decision = await this.#local.admit(ask);
      if (decision.admitted) this.#admittedHere.add(ask.id);
      return decision;
    }
  }

  async check(ask: ReservationRequest): Promise<Decision> {
    try {
      return await this.#shared.check(ask);
    } catch (error) {
      if (!(error instanceof CountersUnavailable) || !this.#isOpenFor(ask)) throw error;
      return this.#local.check(ask);
    }
  }

  async extend(id: string, more: NanoDollars): Promise<boolean> {
    if (this.#admittedHere.has(id)) return this.#local.extend(id, more);
    try {
      return await this.#shared.extend(id, more);
    } catch (error) {
      if (error instanceof CountersUnavailable) return false;
      throw error;
    }
  }

  leave(id: string): void {
    (this.#admittedHere.has(id) ? this.#local : this.#shared).leave(id);
  }

  settle(id: string, outcome: Outcome): Promise<void> | void {
    const counters = this.#admittedHere.delete(id) ? this.#local : this.#shared;
    return counters.settle(id, outcome);
  }

  state(subject: Subject): Promise<BudgetState> | BudgetState {
    return this.#shared.state(subject);
  }

  async close(): Promise<void> {
    await Promise.all([this.#shared.close(), this.#local.close()]);
  }

  #isOpenFor({ subjects }: ReservationRequest): boolean {
    if (this.#whenAway !== 'auto') return this.#whenAway === 'open';
    return !subjects.some(({ limits }) => limits.budget);
  }
}

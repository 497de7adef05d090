/** Limits while Redis is away: closed or open as the installation wants it, and back to normal by itself. */
import type { NanoDollars } from '../../core/money.ts';
import {
  type Ask,
  type BudgetState,
  type Counters,
  CountersAway,
  type Outcome,
  type Subject,
  type Verdict,
} from './limits.ts';

/** `auto`: closed for calls that a budget pays, open for the rest. */
export type WhenAway = 'auto' | 'closed' | 'open';

export class GuardedCounters implements Counters {
  readonly #shared: Counters;
  readonly #local: Counters;
  readonly #whenAway: WhenAway;
  /** Calls that were admitted by this process alone. */
  readonly #admittedHere = new Set<string>();

  constructor(shared: Counters, local: Counters, whenAway: WhenAway) {
    this.#shared = shared;
    this.#local = local;
    this.#whenAway = whenAway;
  }

  async admit(ask: Ask): Promise<Verdict> {
    try {
      return await this.#shared.admit(ask);
    } catch (error) {
      if (!(error instanceof CountersAway) || !this.#isOpenFor(ask)) throw error;
      const verdict = await this.#local.admit(ask);
      if (verdict.admitted) this.#admittedHere.add(ask.id);
      return verdict;
    }
  }

  async extend(id: string, more: NanoDollars): Promise<boolean> {
    if (this.#admittedHere.has(id)) return this.#local.extend(id, more);
    try {
      return await this.#shared.extend(id, more);
    } catch (error) {
      if (error instanceof CountersAway) return false;
      throw error;
    }
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

  #isOpenFor({ subjects }: Ask): boolean {
    if (this.#whenAway !== 'auto') return this.#whenAway === 'open';
    return !subjects.some(({ limits }) => limits.budget);
  }
}

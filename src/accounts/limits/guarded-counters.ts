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

/** Milliseconds between tries to deliver what could not be settled. */
const RETRY_EVERY = 1_000;
const MOST_UNSETTLED = 100_000;

export class GuardedCounters implements Counters {
  readonly #shared: Counters;
  readonly #local: Counters;
  readonly #whenAway: WhenAway;
  /** Calls that were admitted by this process alone. */
  readonly #admittedHere = new Set<string>();
  /** Settlements that wait for the shared counts to come back. */
  readonly #unsettled = new Map<string, Outcome>();
  #retry: NodeJS.Timeout | undefined;

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

  /** Never lost for an outage: it is kept, within bounds, until it can be delivered. */
  async settle(id: string, outcome: Outcome): Promise<void> {
    if (this.#admittedHere.delete(id)) return this.#local.settle(id, outcome);
    try {
      await this.#shared.settle(id, outcome);
    } catch (error) {
      if (!(error instanceof CountersAway)) throw error;
      if (this.#unsettled.size < MOST_UNSETTLED) this.#unsettled.set(id, outcome);
      this.#retry ??= setInterval(() => void this.#deliver(), RETRY_EVERY).unref();
    }
  }

  state(subject: Subject): Promise<BudgetState> | BudgetState {
    return this.#shared.state(subject);
  }

  async close(): Promise<void> {
    clearInterval(this.#retry);
    await this.#deliver();
    await Promise.all([this.#shared.close(), this.#local.close()]);
  }

  #isOpenFor({ subjects }: Ask): boolean {
    if (this.#whenAway !== 'auto') return this.#whenAway === 'open';
    return !subjects.some(({ limits }) => limits.budget);
  }

  async #deliver(): Promise<void> {
    for (const [id, outcome] of this.#unsettled) {
      try {
        await this.#shared.settle(id, outcome);
        this.#unsettled.delete(id);
      } catch {
        return;
      }
    }
    clearInterval(this.#retry);
    this.#retry = undefined;
  }
}

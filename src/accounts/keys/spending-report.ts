import { toDollars } from '../../core/money.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Counters, Subject } from '../limits/limits.ts';

/** A database takes only so many parameters. */
const SUBJECTS_AT_ONCE = 500;

/** What keys and projects have spent, as the administrator's replies say it. */
export class SpendingReport {
  readonly #counters: Counters;
  readonly #ledger: Ledger;

  constructor(counters: Counters, ledger: Ledger) {
    this.#counters = counters;
    this.#ledger = ledger;
  }

  /** One for each subject, in their order: in the current period of its budget, or of all time where it has none. */
  async of(subjects: readonly Subject[]) {
    const unlimited = subjects.filter(({ limits }) => !limits.budget).map(({ id }) => id);
    const spent = new Map<string, number>();
    for (let at = 0; at < unlimited.length; at += SUBJECTS_AT_ONCE) {
      const some = await this.#ledger.spentInAll(unlimited.slice(at, at + SUBJECTS_AT_ONCE));
      for (const [id, sum] of some) spent.set(id, sum);
    }
    return Promise.all(
      subjects.map(async (subject) => {
        const { budget } = subject.limits;
        if (!budget) {
          const spent_usd = toDollars(spent.get(subject.id) ?? 0);
          return { spent_usd, held_usd: 0, remaining_usd: null, resets_at: null };
        }
        const state = await this.#counters.state(subject);
        return {
          spent_usd: toDollars(state.spent),
          held_usd: toDollars(state.held),
          remaining_usd: toDollars(Math.max(0, budget.amount - state.spent - state.held)),
          resets_at: state.resetsAt === undefined ? null : new Date(state.resetsAt).toISOString(),
        };
      }),
    );
  }
}

/** How much of their budgets some subjects have spent. */
import { toDollars } from '../core/money.ts';
import type { Counters, Subject } from './limits/limits.ts';

export interface BudgetUse {
  /** `key:<id>`, `project:<id>`, `user:<key id>:<user>`. */
  readonly id: string;
  /** As people know it: `key web`. */
  readonly label: string;
  /** Dollars. */
  readonly amount: number;
  readonly spent: number;
  /** Milliseconds since the epoch; `undefined` for a total budget. */
  readonly resetsAt: number | undefined;
}

export function budgetsOf(subjects: readonly Subject[], counters: Counters): Promise<BudgetUse[]> {
  const paying = subjects.flatMap((subject) => {
    const { budget } = subject.limits;
    return budget ? [{ subject, amount: toDollars(budget.amount) }] : [];
  });
  return Promise.all(
    paying.map(async ({ subject, amount }) => {
      const { spent, resetsAt } = await counters.state(subject);
      return { id: subject.id, label: subject.label, amount, spent: toDollars(spent), resetsAt };
    }),
  );
}

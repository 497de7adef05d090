import type { BudgetUse } from '../core/budget-use.ts';
import { toDollars } from '../core/money.ts';
import type { Counters, Subject } from './limits/limits.ts';

/** How much of their budgets these subjects have spent, in dollars; those without a budget are left out. */
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

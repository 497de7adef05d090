/** What a caller is told whose limits refuse a call. */
import { dollarsText } from '../../core/money.ts';
import { Failure } from '../../failures/failure.ts';
import { limitKind } from '../limits/limit-table.ts';
import type { LimitName, Refusal, Subject } from '../limits/limits.ts';

/** A refusal by a limit; it names the limit, so that it can be counted by kind. */
export class LimitReached extends Failure {
  readonly limit: LimitName;

  constructor(limit: LimitName, ...failure: ConstructorParameters<typeof Failure>) {
    super(...failure);
    this.limit = limit;
  }
}

/** Says which limit, how much is left and when it is worth asking again. */
export function refused({
  subject,
  limit,
  allowed,
  left,
  needed,
  retryAfterMs,
  isHeld,
}: Refusal): LimitReached {
  if (limit === 'budget')
    return isHeld
      ? budgetHeld(subject, allowed, retryAfterMs)
      : budgetSpent(subject, allowed, left, needed, retryAfterMs);
  const { refusal, fix, rate } = limitKind(limit);
  const again = retryAfterMs === undefined ? fix : `Try again in ${Math.ceil(retryAfterMs / 1000)} s.`;
  const told = `The ${subject.label} ${refusal!({ allowed, left, needed })}`;
  return new LimitReached(limit, 'rate_limited', again ? `${told} ${again}` : told, {
    retryAfterMs,
    // A request that is larger than the whole limit has to be made smaller.
    isFutile: needed > allowed,
    ...(rate && { rates: { [rate]: { limit: allowed, remaining: left, resetMs: retryAfterMs ?? 0 } } }),
  });
}

/** Nothing is spent yet: running calls give back what they do not use. */
function budgetHeld(subject: Subject, allowed: number, retryAfterMs: number | undefined): LimitReached {
  const message =
    `What is left of the budget of the ${subject.label} ($${dollarsText(allowed)}) is held for calls that are running. ` +
    `Try again in ${Math.ceil((retryAfterMs ?? 0) / 1000)} s.`;
  return new LimitReached('budget', 'rate_limited', message, { retryAfterMs });
}

function budgetSpent(
  subject: Subject,
  allowed: number,
  left: number,
  needed: number,
  retryAfterMs: number | undefined,
): LimitReached {
  const { period } = subject.limits.budget!;
  const span = period === 'total' ? '' : ` a ${period}`;
  const when = retryAfterMs === undefined ? '' : ` Try again in ${Math.ceil(retryAfterMs / 1000)} s.`;
  const message =
    `The budget of the ${subject.label} is $${dollarsText(allowed)}${span}; $${dollarsText(left)} is left, and this request ` +
    `can cost $${dollarsText(needed)} at least.${when}`;
  return new LimitReached('budget', 'budget_exceeded', message, { retryAfterMs });
}

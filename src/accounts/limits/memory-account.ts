/** What one process counts of a subject, and what it says of a call that does not fit. */
import type { NanoDollars } from '../../core/money.ts';
import type { Budget, Decision, LimitName, Period, RateState, Refusal, Subject } from './limits.ts';
import type { SlidingWindow } from './sliding-window.ts';

/** Milliseconds after which a call that runs may have given back what it holds. */
const HELD_RETRY_AFTER = 1_000;

/** What is spent and held of a budget in one period. A call that outlives the period still settles here. */
interface BudgetUsage {
  readonly period: Period;
  readonly start: number;
  readonly end: number | undefined;
  spent: NanoDollars;
  held: NanoDollars;
}

export interface Account {
  readonly requests: SlidingWindow;
  readonly tokens: SlidingWindow;
  inFlight: number;
  usage: BudgetUsage | undefined;
}

/** What one call has taken of one subject. */
export interface Reservation {
  readonly subject: Subject;
  readonly account: Account;
  readonly usage: BudgetUsage | undefined;
}

/** @param wait milliseconds until asking again can succeed */
export function refuse(
  subject: Subject,
  limit: LimitName,
  allowed: number,
  left: number,
  needed: number,
  wait?: number,
): Decision {
  const refusal: Refusal = { subject, limit, allowed, left: Math.max(0, left), needed, retryAfterMs: wait };
  return { admitted: false, refusal };
}

/** Held money may come back soon; spent money with the next period. */
export function refuseBudget(
  subject: Subject,
  { amount }: Budget,
  { spent, held, end }: BudgetUsage,
  needed: NanoDollars,
  now: number,
): Decision {
  const isHeld = held > 0 && amount - spent >= Math.max(1, needed);
  const untilNextPeriod = end === undefined || needed > amount ? undefined : end - now;
  const refusal: Refusal = {
    subject,
    limit: 'budget',
    allowed: amount,
    left: Math.max(0, amount - spent - held),
    needed,
    retryAfterMs: isHeld ? HELD_RETRY_AFTER : untilNextPeriod,
    ...(isHeld && { isHeld }),
  };
  return { admitted: false, refusal };
}

/** Of the subjects of a call the one nearest to its limit: the headers have room for one. */
export function nearestRate(
  reservations: readonly Reservation[],
  now: number,
  count: 'requests' | 'tokens',
  limit: 'rpm' | 'tpm',
): RateState | undefined {
  let state: RateState | undefined;
  for (const reservation of reservations) {
    const allowed = reservation.subject.limits[limit];
    if (allowed === undefined) continue;
    const window = reservation.account[count];
    const remaining = Math.max(0, allowed - window.used(now));
    if (!state || remaining / allowed < state.remaining / state.limit)
      state = { limit: allowed, remaining, resetMs: window.fallsTo(0, now) };
  }
  return state;
}

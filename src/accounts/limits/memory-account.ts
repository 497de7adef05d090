/** What one process counts of a subject, and what it says of a call that does not fit. */
import type { Clock } from '../../core/clock.ts';
import type { NanoDollars } from '../../core/money.ts';
import {
  BUDGET_SHARE,
  type Budget,
  type Decision,
  type LimitName,
  type Period,
  type RateState,
  type Refusal,
  type ReservationRequest,
  type Subject,
} from './limits.ts';
import { SlidingWindow } from './sliding-window.ts';

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

/** What is counted of one subject. */
export interface Account {
  readonly requests: SlidingWindow;
  readonly tokens: SlidingWindow;
  inFlight: number;
  usage: BudgetUsage | undefined;
}

/** A subject of which nothing has been counted; what it has spent is read from the ledger when a budget asks. */
export function newAccount(): Account {
  return { requests: new SlidingWindow(), tokens: new SlidingWindow(), inFlight: 0, usage: undefined };
}

/** What one call has taken of one subject. */
export interface Reservation {
  readonly subject: Subject;
  readonly account: Account;
  readonly usage: BudgetUsage | undefined;
}

/** How much of what a call asks for there is. */
export interface Fit {
  tokens: number;
  hold: NanoDollars;
}

/**
 * Every limit of one subject of a call.
 * @param fit becomes less where less is left
 * @param now of the clock that is never set
 * @returns a refusal, or nothing
 */
export function checkLimits(
  ask: ReservationRequest,
  { subject, account, usage }: Reservation,
  fit: Fit,
  now: number,
  clock: Clock,
): Decision | undefined {
  const { rpm, tpm, maxConcurrency, budget } = subject.limits;
  if (rpm !== undefined) {
    const left = rpm - account.requests.used(now);
    if (left < ask.requests) {
      const wait = ask.requests > rpm ? undefined : account.requests.fallsTo(rpm - ask.requests, now);
      return refuse(subject, 'rpm', rpm, left, ask.requests, wait);
    }
  }
  if (tpm !== undefined) {
    const left = tpm - account.tokens.used(now);
    if (left < ask.minTokens) {
      const wait = ask.minTokens > tpm ? undefined : account.tokens.fallsTo(tpm - ask.minTokens, now);
      return refuse(subject, 'tpm', tpm, left, ask.minTokens, wait);
    }
    fit.tokens = Math.min(fit.tokens, left);
  }
  if (maxConcurrency !== undefined && account.inFlight >= maxConcurrency)
    return refuse(subject, 'max_concurrency', maxConcurrency, 0, 1, 1_000);
  if (budget && usage) {
    const left = budget.amount - usage.spent - usage.held;
    if (ask.hold > 0 && left < Math.max(1, ask.minHold))
      return refuseBudget(subject, budget, usage, ask.minHold, clock.now());
    const share = Math.max(ask.fairHold, Math.floor(left * BUDGET_SHARE));
    fit.hold = Math.max(0, Math.min(fit.hold, left, share));
  }
  return undefined;
}

/** Counts a call that was admitted. @param now of the clock that is never set */
export function take(
  ask: ReservationRequest,
  reservations: readonly Reservation[],
  fit: Fit,
  now: number,
): void {
  for (const { account, usage } of reservations) {
    account.requests.add(ask.requests, now);
    account.tokens.add(fit.tokens, now);
    account.inFlight += 1;
    if (usage) usage.held += fit.hold;
  }
}

/** @param wait milliseconds until asking again can succeed */
function refuse(
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
function refuseBudget(
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

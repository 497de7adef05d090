/**
 * What may be limited and how it is asked for. Admission is one atomic step: all limits of all subjects are checked,
 * then all are committed, or none. Whoever keeps the counts (this process, or Redis for many) keeps to these terms.
 */
import type { NanoDollars } from '../../core/money.ts';
import { Failure, type RateState } from '../../failures/failure.ts';
import type { LimitKind, LimitName, Period } from './limit-table.ts';

export type { RateState } from '../../failures/failure.ts';
export type { LimitName, Period } from './limit-table.ts';

/** One call reserves no more than this part of what is left of a budget, unless that is too little for a fair answer. */
export const BUDGET_SHARE = 1 / 8;

/** Limits of one subject, those of the table; what is absent is not limited. */
export type Limits = { readonly [Name in Exclude<LimitKind['name'], 'budget'>]?: number } & {
  readonly budget?: Budget;
};

/** How much may be spent in each period. */
export interface Budget {
  readonly amount: NanoDollars;
  readonly period: Period;
}

/** The number of a limit: a budget's amount. */
export function limitNumber(limits: Limits, name: LimitKind['name']): number | undefined {
  return name === 'budget' ? limits.budget?.amount : limits[name];
}

/** @param period of a budget; a month where nothing is said */
export function limitsFrom(
  values: readonly (readonly [LimitKind['name'], number | null | undefined])[],
  period: Period | undefined,
): Limits {
  const set = values.flatMap(([name, value]) => {
    if (value == null) return [];
    return [[name, name === 'budget' ? { amount: value, period: period ?? 'month' } : value] as const];
  });
  return Object.fromEntries(set) as Limits;
}

/** Somebody whose use is counted: a key, a project, a user within a key. */
export interface Subject {
  /** `key:<id>`, `project:<id>`, `user:<key id>:<user>`. */
  readonly id: string;
  /** As the caller is told: "key web", "project apps", "user ada". */
  readonly label: string;
  readonly limits: Limits;
}

/** One call that asks to be admitted, with the most and the least that it can take; money is nano-dollars. */
export interface ReservationRequest {
  /** Unique for each call; settling is idempotent by it. */
  readonly id: string;
  readonly subjects: readonly Subject[];
  /** Requests it counts as: each choice of an answer is one. */
  readonly requests: number;
  /** The most tokens the call can take, and the fewest with which it is of any use: it gets what is left between. */
  readonly tokens: number;
  readonly minTokens: number;
  /** The most the call can cost, and the least, in the same way. 0 for an answer from the cache. */
  readonly hold: NanoDollars;
  /** A call gets this much where it is left; more only up to a share of what is left, so that others can run beside it. */
  readonly fairHold: NanoDollars;
  readonly minHold: NanoDollars;
}

/** Which limit of whom refuses a call, in numbers: what a caller is told is made of it. */
export interface Refusal {
  readonly subject: Subject;
  readonly limit: LimitName;
  /** The limit itself and what is left of it: requests, tokens, calls or nano-dollars. */
  readonly allowed: number;
  readonly left: number;
  /** What the call would have needed. */
  readonly needed: number;
  /** Milliseconds until asking again can succeed; `undefined` when waiting does not help (a total budget, too big a call). */
  readonly retryAfterMs: number | undefined;
  /** Of a budget: it is not spent, but held for calls that are running. */
  readonly isHeld?: boolean;
}

/** What an admitted call may take; it may be less than was asked for. */
export interface Grant {
  readonly admitted: true;
  /** What is held of the budgets: `hold`, or less where less was left. */
  readonly hold: NanoDollars;
  /** Tokens reserved: `tokens`, or fewer where fewer were left. */
  readonly tokens: number;
  /** Of the subject nearest to its limit; absent when nobody has one. */
  readonly requestRate: RateState | undefined;
  readonly tokenRate: RateState | undefined;
}

/** The answer to a {@link ReservationRequest}. */
export type Decision = Grant | { readonly admitted: false; readonly refusal: Refusal };

/** How a call ended. */
export interface Outcome {
  /** Tokens it really took. */
  readonly tokens: number;
  /** What it really cost; unknown cost is settled as the whole hold. */
  readonly cost: NanoDollars;
}

/** What has been spent and what is held of a budget in its current period. */
export interface BudgetState {
  readonly spent: NanoDollars;
  readonly held: NanoDollars;
  /** Milliseconds since the epoch; `undefined` for a total budget. */
  readonly resetsAt: number | undefined;
}

/** Keeps the counts. Every method is atomic. */
export interface Counters {
  /** @throws {CountersUnavailable} when the counts cannot be reached */
  admit(ask: ReservationRequest): Promise<Decision> | Decision;
  /** What `admit` would say now; nothing is taken. @throws {CountersUnavailable} */
  check(ask: ReservationRequest): Promise<Decision> | Decision;
  /** Holds more for a call that is running (a rescue, a hedge). @returns false when it does not fit; nothing is held then */
  extend(id: string, more: NanoDollars): Promise<boolean> | boolean;
  /** Gives concurrency back: the caller has left, and what the call took is still being counted. */
  leave(id: string): void;
  /**
   * Replaces the hold by what was spent and gives concurrency back. A second time, or for an unknown id, nothing happens.
   * Where counts are kept elsewhere it may still be on its way there, ahead of later questions; until then less looks left.
   */
  settle(id: string, outcome: Outcome): Promise<void> | void;
  state(subject: Subject): Promise<BudgetState> | BudgetState;
  close(): Promise<void>;
}

/** What the counters ask of the ledger. */
export interface LedgerReader {
  /** What a subject has spent in a period so far: asked once when its count is not there. */
  spentSince(subjectId: string, since: number): Promise<NanoDollars>;
  /** How a call ended; nothing when it has no row. */
  outcomeOf(callId: string): Promise<Outcome | undefined>;
}

/** The counts are kept elsewhere and cannot be reached. */
export class CountersUnavailable extends Failure {
  constructor(cause: unknown) {
    const message = 'The limits cannot be checked: the counters do not answer. Try again soon.';
    super('overloaded', message, { retryAfterMs: 2_000, cause });
    this.name = 'CountersUnavailable';
  }
}

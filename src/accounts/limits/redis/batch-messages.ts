/** What the batch script is asked and what it answers, see batch.lua. */
import type { NanoDollars } from '../../../core/money.ts';
import type { Grant, LimitName, RateState, Refusal, ReservationRequest, Subject } from '../limits.ts';
import type { PeriodBounds } from '../periods.ts';

/** What the script says of one call. Money is text: Lua's numbers would write large ones with an exponent. */
export interface AdmitReply {
  readonly unseeded?: readonly number[];
  readonly refused?: {
    readonly index: number;
    readonly limit: LimitName;
    readonly allowed: string;
    readonly left: string;
    readonly needed: string;
    readonly wait?: number;
    readonly held?: boolean;
  };
  readonly problem?: string;
  readonly record: string;
  readonly hold: string;
  readonly tokens: number;
  readonly requestRate?: RateState;
  readonly tokenRate?: RateState;
}

/**
 * What the script says of one batch. Without `answers` Redis has another epoch than was named: it was emptied, and nothing
 * was done.
 */
export interface BatchReply {
  readonly epoch: string;
  readonly answers?: readonly AdmitReply[];
}

/** A refusal in our words. @param ask the call it answers: the script names subjects by their place */
export function refusalOf(refused: NonNullable<AdmitReply['refused']>, ask: ReservationRequest): Refusal {
  return {
    subject: ask.subjects[refused.index]!,
    limit: refused.limit,
    allowed: Number(refused.allowed),
    left: Number(refused.left),
    needed: Number(refused.needed),
    retryAfterMs: refused.wait,
    ...(refused.held && { isHeld: true }),
  };
}

/** A grant in our words. */
export function grantOf({ hold, tokens, requestRate, tokenRate }: AdmitReply): Grant {
  return { admitted: true, hold: Number(hold), tokens, requestRate, tokenRate };
}

/** What Redis is told to restore of a call, after more was held for it. */
export function withHold(record: string, more: NanoDollars): string {
  const taken = JSON.parse(record) as { hold: string };
  return JSON.stringify({ ...taken, hold: String(Number(taken.hold) + more) });
}

/** A subject as the script reads it; what is absent is not limited. */
export function flat(
  { id, limits }: Subject,
  span: PeriodBounds | undefined,
  seed: number | undefined,
): object {
  const { budget, ...counts } = limits;
  return {
    ...counts,
    id,
    amount: budget?.amount,
    start: span && String(span.start),
    finish: span?.end,
    seed,
  };
}

/**
 * The caller interface: what the request pipeline needs from accounts, admission before a call and settlement after it.
 * Implemented in src/accounts.
 */
import type { GuardrailRule } from '../core/guardrail-rule.ts';
import { orderedId } from '../core/ids.ts';
import type { NanoDollars } from '../core/money.ts';
import type { NativeRequest } from '../core/native-request.ts';
import type { ChatRequest } from '../core/openai-types.ts';
import type { Failure, RateStates } from '../failures/failure.ts';
import type { Target } from '../providers/provider.ts';
import type { CallLimits } from '../routing/routed.ts';
import type { ModelRights } from './chains.ts';

/** Who sends a request, and what their key allows of models and answers. */
export interface Caller extends ModelRights {
  /** Answers are cached and shared only within one scope. */
  readonly scope: string;
  readonly keyId: string | null;
  readonly projectId: string | null;
  /** Whose requests these are when they name no user of their own. */
  readonly user: string | null;
  /** What its key says of the guardrail prompt. */
  readonly guardrail?: GuardrailRule | undefined;
  /**
   * @returns a promise only where somebody else has to be asked
   * @throws {Failure} `rate_limited`, `budget_exceeded`, or `unauthorized` when no model may be paid from a budget
   */
  admit(ask: AdmissionAsk): Admitted | Promise<Admitted>;
  /** What `admit` would say now; nothing is counted or held. @throws {Failure} when the limits cannot be asked */
  forecast(ask: AdmissionAsk): Promise<AdmissionForecast>;
}

/** What the caller's limits would say of a call that is not made. */
export interface AdmissionForecast {
  /** Why it would be refused; absent when it would be admitted. */
  readonly refusal: Failure | undefined;
  /** The limit that refuses it, by its field. */
  readonly limit: string | undefined;
  /** What is left before the call, of the limits nearest to their end; only of those there are. */
  readonly remaining: {
    readonly requests?: number | undefined;
    readonly tokens?: number | undefined;
    readonly budget?: NanoDollars | undefined;
  };
  /** What it may ask and how long its answer may be; without limits and when refused, anything. */
  readonly terms: CallLimits['terms'];
  readonly mustTranslate?: boolean | undefined;
}

/** What limits and budgets are asked about before a call. */
export interface AdmissionAsk {
  /** The id to give the call, unique; without one it gets its own. */
  readonly id?: string | undefined;
  /** The request's own user, who may have limits within the key. */
  readonly user: string | undefined;
  readonly request: ChatRequest;
  /** The same as its caller wrote it, which may be what is sent. */
  readonly native?: NativeRequest | undefined;
  /** The body that it was read from, whose bytes may be kept. */
  readonly source?: object | undefined;
  readonly targets: readonly Target[];
  /** The answer is in the cache: it takes one request of the limit, and no tokens or money. */
  readonly isFree: boolean;
}

/** A call that may be made, and on which terms. */
export interface Admitted extends CallLimits {
  /** Unique; the ledger's row has the same. */
  readonly id: string;
  /** Nano-dollars held of the budgets. */
  readonly hold: NanoDollars;
  /**
   * What the caller is charged of a cost: never more than is held, where a budget pays. For what a provider adds to a prompt
   * of its own a little more is held first, where it is left.
   * @param read tokens, those from a cache included
   */
  chargeFor(cost: NanoDollars, read: number): NanoDollars | Promise<NanoDollars>;
  /** The output cap is lower than the caller asked for, because of what is left. */
  readonly isClamped: boolean;
  /** There is an output cap the caller did not ask for. */
  readonly isCapped: boolean;
  /** For the rate-limit headers. */
  readonly rates: RateStates | undefined;
  /** The caller has disconnected: its place among the calls in flight is free from now on. */
  leave(): void;
  /** Once, whatever happened. A cost of `null` is unknown. */
  settle(tokens: number, cost: NanoDollars | null): void | Promise<void>;
}

const YES = () => true;

/** Terms for those without limits. */
export function unlimited(id = orderedId()): Admitted {
  return { ...UNLIMITED, id };
}

const UNLIMITED: Omit<Admitted, 'id'> = {
  hold: 0,
  chargeFor: (cost) => cost,
  isClamped: false,
  isCapped: false,
  rates: undefined,
  terms: undefined,
  mayContinue: YES,
  mayHedge: YES,
  leave: () => {},
  settle: () => {},
};

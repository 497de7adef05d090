/** A request that failed: one of the kinds of `failure-table.ts`, with what the caller and the log are to know. */
import { type FailureKind, failureTable, type Rule } from './failure-table.ts';
import type { UpstreamFacts } from './upstream-failure.ts';

/** What is left of one limit, for the rate-limit headers. */
export interface RateState {
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds until all of it is free again. */
  readonly resetMs: number;
}

/** The two limits that such headers tell of. */
export type RateStates = Readonly<Partial<Record<'requests' | 'tokens', RateState | undefined>>>;

/** What is known of one failure beside its kind and its sentence. */
export interface FailureDetails {
  /** The request field at fault, for `error.param`. */
  param?: string;
  /** `error.code` for the caller where it is not the kind: what clients of OpenAI act on. */
  code?: string | undefined;
  /** Overrides the table's type. */
  type?: string;
  /** Overrides the table's status where one kind has several (413, 415, 403, 404, 405). */
  status?: number;
  /** Milliseconds until it is worth trying again, for `Retry-After` and the cooldown. */
  retryAfterMs?: number;
  /** The same request cannot be let in later, either. */
  isFutile?: boolean;
  /** What is left of the limit that refused the request, for the rate-limit headers. */
  rates?: RateStates;
  /** What was seen upstream, for the log and for `x-attempts`. */
  facts?: UpstreamFacts;
  cause?: unknown;
}

/** A failure whose kind is known. The message is meant for the caller and names the fix; it holds no secret. */
export class Failure extends Error {
  readonly kind: FailureKind;
  readonly param: string | undefined;
  /** `error.code` and `error.type` in OpenAI's error shape. */
  readonly code: string;
  readonly type: string;
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  /** To ask again is in vain, whatever the status says to clients that go by it. */
  readonly isFutile: boolean;
  readonly facts: UpstreamFacts | undefined;
  readonly rates: RateStates | undefined;

  constructor(kind: FailureKind, message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'Failure';
    this.kind = kind;
    this.param = details.param;
    this.code = details.code ?? kind;
    this.type = details.type ?? failureTable[kind].type;
    this.status = details.status ?? failureTable[kind].status;
    this.retryAfterMs = details.retryAfterMs;
    this.isFutile = details.isFutile ?? kind === 'budget_exceeded';
    this.facts = details.facts;
    this.rates = details.rates;
  }

  get rule(): Rule {
    return failureTable[this.kind];
  }

  /** True when the caller's own request is at fault, so that another target's error must not hide it. */
  get isCallersDoing(): boolean {
    return this.rule.whenNoneAnswered === 'told';
  }
}

/** The caller's body is wrong at `param`; the message names the field and the fix. */
export function invalidRequest(message: string, param?: string, status?: number): Failure {
  return new Failure('invalid_request', message, { param, status });
}

/** The failure of a call whose caller has left. Nobody is told; receipt and log say it. */
export function clientClosed(): Failure {
  return new Failure('client_closed', 'The caller closed the connection before the answer was complete.');
}

/** Anything that is not a `Failure` is a fault of ours; its own words stay in the log. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const message = 'The server met a fault of its own; the log has it under this request id.';
  return new Failure('internal', message, { cause: error });
}

/**
 * The failure table: every way a request can fail has a kind, and the kind alone decides the caller's status,
 * what the router does next and whether the target cools. No other file looks at status codes.
 * Which facts make which kind is in `classify.ts`.
 */
import type { UpstreamFacts } from '../providers/upstream-failure.ts';

export type NextStep =
  /** The answer would be the same anywhere, or is ours to give: tell the caller. */
  | 'stop'
  /** Leave this target; the request does not come back to it. */
  | 'next target'
  /** Only a target with a larger (or unknown) context window can help. */
  | 'larger window'
  /** Use the model's declared successor, or else the next target. */
  | 'successor'
  /** Try the same target again after a back-off, then the next. */
  | 'retry'
  /** Wait the provider's Retry-After if it is short, and try the same target again; else the next. */
  | 'wait or next';

export type Cooling =
  | 'no'
  /** The target cools at the first such failure. */
  | 'at once'
  /** The target cools after `ALLOWED_FAILURES` in a row. */
  | 'after the trip rule'
  /** Everything behind the same provider key cools, for `LONG_COOLDOWN`. */
  | 'provider key'
  /** The target is left out for a day: the model is gone. */
  | 'a day';

interface Rule {
  /** HTTP status for the caller. */
  readonly status: number;
  /** `error.type` in OpenAI's error shape. */
  readonly type: string;
  readonly next: NextStep;
  readonly cools: Cooling;
}

const CALLER = 'invalid_request_error';
const UPSTREAM = 'upstream_error';

export const failureTable = {
  invalid_request: { status: 400, type: CALLER, next: 'stop', cools: 'no' },
  unauthorized: { status: 401, type: 'authentication_error', next: 'stop', cools: 'no' },
  rate_limited: { status: 429, type: 'rate_limit_error', next: 'stop', cools: 'no' },
  budget_exceeded: { status: 402, type: 'budget_error', next: 'stop', cools: 'no' },
  upstream_bad_request: { status: 400, type: CALLER, next: 'stop', cools: 'no' },
  context_length_exceeded: { status: 400, type: CALLER, next: 'larger window', cools: 'no' },
  /** Nothing was sent: this target has not what the request needs. When none has, the caller gets an `invalid_request`. */
  unsupported_parameter: { status: 400, type: CALLER, next: 'next target', cools: 'no' },
  content_filtered: { status: 400, type: CALLER, next: 'stop', cools: 'no' },
  upstream_unauthorized: { status: 502, type: UPSTREAM, next: 'next target', cools: 'provider key' },
  upstream_quota: { status: 502, type: UPSTREAM, next: 'next target', cools: 'provider key' },
  model_gone: { status: 502, type: UPSTREAM, next: 'successor', cools: 'a day' },
  upstream_rate_limited: { status: 429, type: UPSTREAM, next: 'wait or next', cools: 'at once' },
  upstream_unavailable: { status: 502, type: UPSTREAM, next: 'retry', cools: 'after the trip rule' },
  upstream_timeout: { status: 504, type: UPSTREAM, next: 'next target', cools: 'at once' },
  upstream_malformed: { status: 502, type: UPSTREAM, next: 'next target', cools: 'after the trip rule' },
  no_target_available: { status: 503, type: UPSTREAM, next: 'stop', cools: 'no' },
  client_closed: { status: 499, type: 'client_error', next: 'stop', cools: 'no' },
  overloaded: { status: 503, type: 'server_error', next: 'stop', cools: 'no' },
  internal: { status: 500, type: 'server_error', next: 'stop', cools: 'no' },
} as const satisfies Record<string, Rule>;

export type FailureKind = keyof typeof failureTable;

export interface RateState {
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds until all of it is free again. */
  readonly resetMs: number;
}
export type Rates = Readonly<Partial<Record<'requests' | 'tokens', RateState | undefined>>>;

export interface FailureDetails {
  /** The request field at fault, for `error.param`. */
  param?: string;
  /** `error.code` for the caller where clients act on a finer one than the kind. */
  code?: string;
  /** Overrides the table's status where one kind has several (413, 415, 403, 404, 405). */
  status?: number;
  /** Milliseconds until it is worth trying again, for `Retry-After` and the cooldown. */
  retryAfterMs?: number;
  /** What is left of the limit that refused the request, for the rate-limit headers. */
  rates?: Rates;
  /** What was seen upstream, for the log and for `x-attempts`. */
  facts?: UpstreamFacts;
  cause?: unknown;
}

/** A failure whose kind is known. The message is meant for the caller and names the mend; it holds no secret. */
export class Failure extends Error {
  readonly kind: FailureKind;
  readonly param: string | undefined;
  readonly code: string | undefined;
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  readonly facts: UpstreamFacts | undefined;
  readonly rates: Rates | undefined;

  constructor(kind: FailureKind, message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'Failure';
    this.kind = kind;
    this.param = details.param;
    this.code = details.code;
    this.status = details.status ?? failureTable[kind].status;
    this.retryAfterMs = details.retryAfterMs;
    this.facts = details.facts;
    this.rates = details.rates;
  }

  get rule(): Rule {
    return failureTable[this.kind];
  }

  /** True when the caller's own request is at fault, so that another target's error must not hide it. */
  get isCallersDoing(): boolean {
    return this.rule.type === CALLER;
  }
}

/** The caller's body is wrong at `param`; the message names the field and the mend. */
export function invalidRequest(message: string, param?: string, status?: number): Failure {
  return new Failure('invalid_request', message, { param, status });
}

export function clientClosed(): Failure {
  return new Failure('client_closed', 'The caller closed the connection before the answer was complete.');
}

/** Anything that is not a `Failure` is a fault of ours; its own words stay in the log. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const message = 'The server met a fault of its own; the log has it under this request id.';
  return new Failure('internal', message, { cause: error });
}

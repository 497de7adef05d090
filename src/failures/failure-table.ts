/**
 * The failure table: every way a request can fail has a kind, and the kind alone decides the caller's status,
 * what the router does next and whether the target cools. No other file looks at status codes.
 * Which facts make which kind is in `classify.ts`.
 */
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

export interface Rule {
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

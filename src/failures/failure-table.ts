/**
 * The failure table: every way a request can fail has a kind, and the kind alone decides what the caller is told, what
 * the router does next and what it means for the target. No other file branches on kinds or on status codes.
 * Which facts make which kind is in `classify.ts`.
 */

/** What the router does after an attempt has failed. */
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

/** What a failure means for the target, or for everything behind its provider key. */
export type Cooling =
  | 'no'
  /** The target cools at the first such failure. */
  | 'at once'
  /** The target cools after `ALLOWED_FAILURES` in a row; a request that has no other asks it all the same. */
  | 'after the trip rule'
  /** As the trip rule, or when at least half of the target's last calls were as slow; never when it stands alone. */
  | 'when often slow'
  /** Everything behind the same provider key cools, for `LONG_COOLDOWN`, at the second such failure in a row. */
  | 'provider key'
  /** The target is left out for a day: the model is gone. */
  | 'a day';

/** What the caller gets when no target could answer. */
export type WhenNoneAnswered =
  /** This failure's own status, text, code and param: the caller can fix the request. */
  | 'told'
  /** 429 when all that could have answered were rate limited. */
  | 'rate limit'
  /** The target could not have answered, so that what the others met decides; alone it is 404 `model_not_found`. */
  | 'not here'
  /** 503 with every attempt. */
  | 'outage';

/** All that follows from a kind of failure. */
export interface Rule {
  /** HTTP status for the caller. */
  readonly status: number;
  /** `error.type` in OpenAI's error shape. */
  readonly type: string;
  readonly next: NextStep;
  readonly cools: Cooling;
  readonly whenNoneAnswered: WhenNoneAnswered;
  /** The provider was asked and judged the request, which shows that target and key are well. */
  readonly showsTargetIsUp?: true;
  /** Another call may end better: a stream that broke may be continued elsewhere, a subscriber to it may start afresh. */
  readonly isRecoverable?: true;
  /** The same target may be asked to go on with the stream that this broke. */
  readonly mayResume?: true;
  /** When nobody else is left it is worth waiting for this target. */
  readonly isWorthWaitingFor?: true;
  /** A defect of this server: its cause goes to the log. */
  readonly isOurFault?: true;
  /** The caller has left: nobody is told, nothing has gone wrong, and a provider that is at work is stopped. */
  readonly isClosedByCaller?: true;
  /** About what the caller may do: lists leave out what would be refused so. */
  readonly isAboutRights?: true;
}

/** Our own answer to the caller's request, before any provider is asked. */
const REJECTED = { next: 'stop', cools: 'no', whenNoneAnswered: 'told' } as const;
/** The end of a request that nobody can change. */
const FINAL = { next: 'stop', cools: 'no', whenNoneAnswered: 'outage' } as const;
/** A provider says that the request itself is at fault. */
const REFUSED = {
  status: 400,
  type: 'invalid_request_error',
  cools: 'no',
  whenNoneAnswered: 'told',
  showsTargetIsUp: true,
} as const;
/** A provider could not answer; the caller has nothing to fix. */
const OUTAGE = {
  status: 502,
  type: 'upstream_error',
  whenNoneAnswered: 'outage',
  isRecoverable: true,
} as const;

const table = {
  invalid_request: { ...REJECTED, status: 400, type: 'invalid_request_error' },
  unauthorized: { ...REJECTED, status: 401, type: 'authentication_error', isAboutRights: true },
  rate_limited: { ...REJECTED, status: 429, type: 'rate_limit_error' },
  budget_exceeded: { ...REJECTED, status: 402, type: 'budget_error' },

  /** Wrong for every provider. */
  upstream_bad_request: { ...REFUSED, next: 'stop' },
  /** Wrong for this model or provider only: another may take it. */
  target_refused: { ...REFUSED, next: 'next target', isRecoverable: true },
  context_length_exceeded: { ...REFUSED, next: 'larger window', isRecoverable: true },
  content_filtered: { ...REFUSED, next: 'stop' },
  /** Nothing was sent: this target lacks what the request needs. When all do, the caller gets an `invalid_request`. */
  unsupported_parameter: {
    status: 400,
    type: 'invalid_request_error',
    next: 'next target',
    cools: 'no',
    whenNoneAnswered: 'not here',
    isRecoverable: true,
  },

  upstream_unauthorized: { ...OUTAGE, next: 'next target', cools: 'provider key' },
  upstream_quota: { ...OUTAGE, next: 'next target', cools: 'provider key' },
  model_gone: { ...OUTAGE, next: 'successor', cools: 'a day', whenNoneAnswered: 'not here' },
  upstream_rate_limited: {
    ...OUTAGE,
    status: 429,
    next: 'wait or next',
    cools: 'at once',
    whenNoneAnswered: 'rate limit',
    isWorthWaitingFor: true,
  },
  upstream_unavailable: { ...OUTAGE, next: 'retry', cools: 'after the trip rule', mayResume: true },
  upstream_timeout: { ...OUTAGE, status: 504, next: 'next target', cools: 'when often slow' },
  upstream_malformed: { ...OUTAGE, next: 'next target', cools: 'after the trip rule', mayResume: true },
  /** The answer came whole, but its tool calls or its code do not hold. */
  invalid_output: { ...OUTAGE, next: 'next target', cools: 'no', showsTargetIsUp: true },

  no_target_available: { ...FINAL, status: 503, type: 'upstream_error' },
  client_closed: { ...FINAL, status: 499, type: 'client_error', isClosedByCaller: true },
  overloaded: { ...FINAL, status: 503, type: 'server_error' },
  internal: { ...FINAL, status: 500, type: 'server_error', isOurFault: true },
} as const satisfies Record<string, Rule>;

/** Every kind; callers read it as `error.code` and in `x-attempts`. */
export type FailureKind = keyof typeof table;

/** The table, by kind. */
export const failureTable: Readonly<Record<FailureKind, Rule>> = table;

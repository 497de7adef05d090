/** What went wrong at each target of a request, and what the caller is told of it when none could answer. */
import { Failure, invalidRequest } from '../failures/failure.ts';
import { type FailureKind, failureTable, type WhenNoneAnswered } from '../failures/failure-table.ts';
import type { Target } from '../providers/provider.ts';

/** Without a time from anybody; milliseconds. */
const MIN_RETRY_AFTER = 1_000;

/** What waiting would bring: a caller is only told to wait where that helps. */
export interface Chances {
  /** The attempts as one line. */
  readonly attempts: string;
  /** Milliseconds until a target may be asked again. */
  readonly recoversIn: (target: Target) => number;
  /** Milliseconds until any target of the chain may be asked again. */
  readonly anyRecoversIn: number;
  /** The chain is this one target. */
  readonly only: Target | undefined;
  /** Whether its provider is remembered to have said that the model is gone. */
  readonly isGone: (target: Target) => boolean;
}

/** What each target of one request met. */
export class NoneAnswered {
  /** The first failure of a target that could have answered: an error of the caller's must not be hidden by later ones. */
  #first: Failure | undefined;
  /** Why the first target that lacks what the request needs was passed over. */
  #unsupported: Failure | undefined;
  #gone: Failure | undefined;
  readonly #met = new Set<WhenNoneAnswered>();
  readonly #rateLimited = new Set<Target>();

  failed(target: Target, failure: Failure): void {
    if (failure.rule.whenNoneAnswered !== 'not here') this.#first ??= failure;
    else if (failure.rule.cools === 'no') this.#unsupported ??= failure;
    else this.#gone ??= failure;
    this.skipped(target, failure.kind);
  }

  /** @param because what put the target into cooldown */
  skipped(target: Target, because: FailureKind): void {
    const { whenNoneAnswered } = failureTable[because];
    this.#met.add(whenNoneAnswered);
    if (whenNoneAnswered === 'rate limit') this.#rateLimited.add(target);
  }

  /** @returns what the caller is told */
  toFailure(chances: Chances): Failure {
    if (this.#first?.isCallersDoing) return this.#first;
    if (!this.#met.has('outage')) {
      if (this.#rateLimited.size > 0) return this.#onlyRateLimited(chances);
      if (this.#unsupported) return invalidRequest(this.#unsupported.message, this.#unsupported.param);
      const { only, isGone } = chances;
      if (only && (this.#gone || isGone(only))) return notFound(only, this.#gone);
    }
    const tried = chances.attempts === '' ? 'None could be asked.' : `Tried: ${chances.attempts}.`;
    const message = `No model could answer. ${tried} Try again after the time in Retry-After.`;
    return new Failure('no_target_available', message, {
      retryAfterMs: Math.max(MIN_RETRY_AFTER, chances.anyRecoversIn),
      cause: this.#first ?? this.#gone,
    });
  }

  /** Clients wait as long as they are told, and stop at other errors: so only when waiting will help. */
  #onlyRateLimited({ attempts, recoversIn }: Chances): Failure {
    const shortest = Math.min(...[...this.#rateLimited].map(recoversIn));
    const message = `Every model that could answer is rate limited by its provider. Tried: ${attempts}.`;
    return new Failure('upstream_rate_limited', message, {
      type: 'rate_limit_error',
      code: 'rate_limit_exceeded',
      retryAfterMs: Math.max(MIN_RETRY_AFTER, shortest),
      cause: this.#first,
    });
  }
}

/** As OpenAI answers for a name it does not know, at which clients stop instead of trying again. */
function notFound({ id }: Target, gone: Failure | undefined): Failure {
  const said = gone ? ` (${gone.message.slice(0, 500)})` : '';
  const message = `\`${id}\` is not there: its provider says that it has no such model${said}.`;
  const details = { status: 404, type: 'invalid_request_error', code: 'model_not_found', param: 'model' };
  return new Failure('model_gone', message, { ...details, cause: gone });
}

import type { Clock } from '../core/clock.ts';
import type { CallIds, Events } from '../events/event.ts';
import type { Attempt } from '../events/receipt.ts';
import type { Failure } from '../failures/failure.ts';
import type { Target } from '../providers/provider.ts';

/** Tokens somebody charges us for: `before` was read, `written` was written. */
export interface UnusedWork {
  readonly target: Target;
  /** The part of the answer that was there already. */
  readonly before: string;
  readonly written: string;
  /** Written, too, but nobody was given it. */
  readonly discarded?: string;
  /** What was read for it is counted with what the target gave besides. */
  readonly isReadCounted?: boolean;
}

/** Where attempts are told of, and as whose. */
export interface AttemptEvents {
  readonly ids: CallIds;
  readonly events: Events;
}

/** No request makes more attempts than this, whatever the configuration multiplies to. */
export const MAX_ATTEMPTS = 40;

/** The attempts of one request: for the receipt, for events, and as one compact line for `x-attempts`. */
export class AttemptLog {
  /** As long as it must be: a list that grows by itself makes room for seventeen with the first. */
  list: readonly Attempt[] = [];
  /** Who gave the answer, or its last part. */
  answeredBy: Target | undefined;
  /** The answer is put together from the parts of several attempts. */
  stitched = false;
  /** Work that is paid for and was not the (whole) answer: parts of broken streams, calls that lost a race or were given up. */
  readonly unusedWork: UnusedWork[] = [];
  #targets: readonly Target[] = [];
  readonly #clock: Pick<Clock, 'elapsed'>;
  readonly #arrivedAt: number;
  readonly #told: AttemptEvents | undefined;

  /**
   * @param arrivedAt `clock.elapsed()` when the request arrived, from when on an attempt's times are counted
   * @param told without it nobody learns of an attempt before the end
   */
  constructor(clock: Pick<Clock, 'elapsed'>, arrivedAt: number, told?: AttemptEvents) {
    this.#clock = clock;
    this.#arrivedAt = arrivedAt;
    this.#told = told;
  }

  begin(target: Target): Attempt {
    const attempt = this.#add(target);
    if (this.#told?.events.isHeard.attempt_started) {
      const { ids, events } = this.#told;
      events.publish({ type: 'attempt_started', ...ids, ...this.#factsOf(attempt) });
    }
    return attempt;
  }

  skipped(target: Target, recoversInMs: number): void {
    const attempt = this.#add(target);
    attempt.kind = 'cooling';
    attempt.note = `${(recoversInMs / 1000).toFixed(1)}s`;
    this.ended(attempt);
  }

  /** A first real delta has come, so the attempt counts as good unless its stream breaks. */
  answered(attempt: Attempt, status: number): void {
    attempt.kind = 'ok';
    attempt.status = status;
    attempt.first_token_ms = this.#now();
  }

  failed(attempt: Attempt, failure: Failure): void {
    if (attempt.kind === 'hedge_lost') return;
    const { facts } = failure;
    attempt.kind = failure.kind;
    attempt.status = facts?.status;
    attempt.note = facts?.timeout ?? facts?.network ?? (facts?.malformed ? 'malformed' : facts?.unsupported);
    this.ended(attempt);
  }

  ended(attempt: Attempt): void {
    attempt.ended_ms = this.#now();
    if (!this.#told?.events.isHeard.attempt_ended) return;
    const { ids, events } = this.#told;
    events.publish({ type: 'attempt_ended', ...ids, ...attempt, ...this.#factsOf(attempt) });
  }

  /** Another target was quicker; what still runs is being stopped, and its provider has read the question already. */
  markHedgeLost(): void {
    for (const [index, attempt] of this.list.entries()) {
      if (attempt.kind !== 'running') continue;
      attempt.kind = 'hedge_lost';
      this.ended(attempt);
      this.unusedWork.push({ target: this.#targets[index]!, before: '', written: '' });
    }
  }

  /** Nothing of its answer came, but its provider had the question, and will charge for what it read at least. */
  markUnanswered(attempt: Attempt, target: Target): void {
    if (attempt.kind !== 'hedge_lost') this.unusedWork.push({ target, before: '', written: '' });
  }

  /** The same target will be tried again. */
  retried(target: Target, failure: Failure, afterMs: number): void {
    const { events, ids } = this.#told ?? {};
    if (!ids || !events?.isHeard.retry) return;
    const { id, provider } = target;
    events.publish({ type: 'retry', ...ids, target: id, provider, kind: failure.kind, after_ms: afterMs });
  }

  /** The stream that this target gave broke, and another is asked to go on with it. */
  rescued({ id, provider }: Target, { kind }: Failure): void {
    const { events, ids } = this.#told ?? {};
    if (ids && events?.isHeard.rescue) events.publish({ type: 'rescue', ...ids, target: id, provider, kind });
  }

  /** `together/x=upstream_rate_limited(429,0.2s); openai/gpt-4=ok(200,1.1s)` */
  toString(): string {
    return this.list.map(attemptText).join('; ');
  }

  /** Milliseconds since the request arrived. */
  #now(): number {
    return Math.round((this.#clock.elapsed() - this.#arrivedAt) * 10) / 10;
  }

  #add(target: Target): Attempt {
    const attempt: Attempt = {
      target: target.id,
      kind: 'running',
      status: undefined,
      note: undefined,
      started_ms: this.#now(),
      first_token_ms: undefined,
      ended_ms: undefined,
    };
    this.list = [...this.list, attempt];
    this.#targets = [...this.#targets, target];
    return attempt;
  }

  /** What the start and the end of an attempt say of it. */
  #factsOf(attempt: Attempt) {
    const index = this.list.indexOf(attempt);
    const { id, provider, model } = this.#targets[index]!;
    return { number: index + 1, target: id, provider, model, started_ms: attempt.started_ms };
  }
}

/** `openai/gpt-4=ok(200,1.1s)` */
export function attemptText(attempt: Attempt): string {
  if (attempt.kind === 'cooling') return `${attempt.target}=cooling(${attempt.note})`;
  const endedMs = attempt.ended_ms ?? attempt.first_token_ms ?? attempt.started_ms;
  const seconds = ((endedMs - attempt.started_ms) / 1000).toFixed(1);
  return `${attempt.target}=${attempt.kind}(${attempt.status ?? attempt.note ?? '-'},${seconds}s)`;
}

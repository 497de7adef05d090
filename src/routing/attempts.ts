/** The attempts of one request: for the receipt, and as one compact line for `x-attempts`. */

import type { Failure } from '../failures/failure.ts';
import type { FailureKind } from '../failures/failure-table.ts';
import type { Target } from '../providers/provider.ts';

export interface Attempt {
  /** `provider/model`. */
  readonly target: string;
  /** `ok`, a failure's kind, `cooling` for a target that was left out, `hedge_lost` for the slower of two. */
  kind: FailureKind | 'ok' | 'cooling' | 'hedge_lost' | 'running';
  status: number | undefined;
  /** What to show in place of a status that never came (`ECONNRESET`, `first_token`). */
  note: string | undefined;
  /** Milliseconds since the request arrived. */
  readonly started_ms: number;
  first_token_ms: number | undefined;
  ended_ms: number | undefined;
}

/** Tokens somebody charges us for: `before` was read, `written` was written. */
export interface UnusedWork {
  readonly target: Target;
  /** The part of the answer that was there already. */
  readonly before: string;
  readonly written: string;
}

/** No request makes more attempts than this, whatever the configuration multiplies to. */
export const MAX_ATTEMPTS = 40;

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

  begin(target: Target, startedMs: number): Attempt {
    const attempt: Attempt = {
      target: target.id,
      kind: 'running',
      status: undefined,
      note: undefined,
      started_ms: round(startedMs),
      first_token_ms: undefined,
      ended_ms: undefined,
    };
    this.list = [...this.list, attempt];
    this.#targets = [...this.#targets, target];
    return attempt;
  }

  skipped(target: Target, atMs: number, recoversInMs: number): void {
    const attempt = this.begin(target, atMs);
    attempt.kind = 'cooling';
    attempt.note = `${(recoversInMs / 1000).toFixed(1)}s`;
    attempt.ended_ms = attempt.started_ms;
  }

  /** Another target was quicker; what still runs is being stopped, and its provider has read the question already. */
  markHedgeLost(atMs: number): void {
    for (const [index, attempt] of this.list.entries()) {
      if (attempt.kind !== 'running') continue;
      attempt.kind = 'hedge_lost';
      attempt.ended_ms = round(atMs);
      this.unusedWork.push({ target: this.#targets[index]!, before: '', written: '' });
    }
  }

  /** Nothing of its answer came, but its provider had the question, and will charge for what it read at least. */
  markUnanswered(attempt: Attempt, target: Target): void {
    if (attempt.kind !== 'hedge_lost') this.unusedWork.push({ target, before: '', written: '' });
  }

  /** `together/x=upstream_rate_limited(429,0.2s); openai/gpt-4=ok(200,1.1s)` */
  toString(): string {
    return this.list.map(attemptText).join('; ');
  }
}

/** A first real delta has come, so the attempt counts as good unless its stream breaks. */
export function attemptBegan(attempt: Attempt, status: number, atMs: number): void {
  attempt.kind = 'ok';
  attempt.status = status;
  attempt.first_token_ms = round(atMs);
}

export function attemptEnded(attempt: Attempt, atMs: number): void {
  attempt.ended_ms = round(atMs);
}

export function attemptFailed(attempt: Attempt, failure: Failure, atMs: number): void {
  if (attempt.kind === 'hedge_lost') return;
  const { facts } = failure;
  attempt.kind = failure.kind;
  attempt.status = facts?.status;
  attempt.note = facts?.timeout ?? facts?.network ?? (facts?.malformed ? 'malformed' : facts?.unsupported);
  attempt.ended_ms = round(atMs);
}

/** `openai/gpt-4=ok(200,1.1s)` */
export function attemptText(attempt: Attempt): string {
  if (attempt.kind === 'cooling') return `${attempt.target}=cooling(${attempt.note})`;
  const endedMs = attempt.ended_ms ?? attempt.first_token_ms ?? attempt.started_ms;
  const seconds = ((endedMs - attempt.started_ms) / 1000).toFixed(1);
  return `${attempt.target}=${attempt.kind}(${attempt.status ?? attempt.note ?? '-'},${seconds}s)`;
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

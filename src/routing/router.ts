/**
 * The router: one request's walk along its chain until some target has answered. Whole and streamed answers, first
 * tries, retries and fallbacks all take the same steps; the failure table says what each failure leads to.
 */
import type { Clock, Random } from '../core/clock.ts';
import type { ChatCompletionChunk, ChatRequest } from '../core/openai-types.ts';
import type { Provider, Target, WholeReply } from '../providers/provider.ts';
import { AttemptStream } from './attempt-stream.ts';
import { type AttemptLog, attemptBegan, attemptEnded, attemptFailed, MOST_ATTEMPTS } from './attempts.ts';
import { backoff } from './backoff.ts';
import { classify } from './classify.ts';
import { faultOf } from './completeness.ts';
import type { Cooldowns } from './cooldowns.ts';
import { Deadline } from './deadline.ts';
import { clientClosed, Failure } from './failures.ts';
import { nextStep } from './next-step.ts';
import type { RetryBudget } from './retry-budget.ts';
import { TargetList } from './target-list.ts';

export interface RouterParts {
  readonly provider: (name: string) => Provider;
  readonly cooldowns: Cooldowns;
  readonly retryBudget: RetryBudget;
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: RouterSettings;
}

/** Milliseconds. */
export interface RouterSettings {
  /** The longest Retry-After worth waiting for on one target. */
  readonly retryAfterWait: number;
  /** From arrival until something is committed to the caller, all tries and waits together. */
  readonly routeBudget: number;
}

export interface RoutedCall {
  readonly request: ChatRequest;
  readonly chain: readonly Target[];
  /** Aborted when nobody wants the answer any more. */
  readonly signal: AbortSignal;
  /** Passed on to the provider (demo mode's `x-simulate`). */
  readonly headers?: Readonly<Record<string, string>>;
  /** `clock.elapsed()` when the request arrived. */
  readonly arrivedAt: number;
  /** Written as the walk goes on; complete when the answer has ended. */
  readonly attempts: AttemptLog;
}

export type RoutedReply = {
  readonly target: Target;
  readonly dropped: readonly string[];
} & (Pick<WholeReply, 'kind' | 'completion'> | { readonly kind: 'stream'; readonly batches: Batches });

/** Throws a `Failure` when the stream breaks. Single use; leaving it early aborts the upstream call. */
export type Batches = AsyncGenerator<readonly ChatCompletionChunk[]>;

/** @throws {Failure} with the attempts in its message when no target could answer. */
export async function route(call: RoutedCall, parts: RouterParts): Promise<RoutedReply> {
  return new Walk(call, parts).open();
}

class Walk {
  readonly #call: RoutedCall;
  readonly #parts: RouterParts;
  readonly #targets: TargetList;
  #firstFailure: Failure | undefined;

  constructor(call: RoutedCall, parts: RouterParts) {
    this.#call = call;
    this.#parts = parts;
    this.#targets = new TargetList(call.chain, parts.cooldowns);
  }

  async open(): Promise<RoutedReply> {
    for (;;) {
      const target = this.#targets.next() ?? (await this.#waitForRecovery());
      if (!target || !this.#mayStart()) throw this.#nobodyAnswered();
      const reply = await this.#ask(target);
      if (reply) return reply;
    }
  }

  /** Asks one target, with its retries. @returns nothing when another target should be asked. */
  async #ask(target: Target): Promise<RoutedReply | undefined> {
    const { cooldowns, retryBudget, clock, random, settings } = this.#parts;
    const waits = backoff(random);
    for (let retriesLeft = target.retries; this.#call.attempts.list.length < MOST_ATTEMPTS; retriesLeft--) {
      const admission = cooldowns.admit(target);
      if (!admission.open) {
        this.#call.attempts.leftOut(target, this.#elapsed(), admission.recoversIn);
        this.#targets.leftOut(target);
        return undefined;
      }
      try {
        return await this.#attempt(target);
      } catch (error) {
        const failure = error as Failure;
        this.#firstFailure ??= failure;
        const step = nextStep(failure, {
          retriesLeft,
          backoffMs: waits.next().value,
          retryAfterWait: settings.retryAfterWait,
          budgetLeftMs: this.#budgetLeft(),
          contextWindow: target.contextWindow,
          hasSuccessor: target.successor !== undefined,
        });
        if (step.do === 'stop') throw failure;
        // The failure itself may have tripped the target; a rest is no back-off to sit out here.
        const mayRetry =
          step.do === 'retry' && cooldowns.recoversIn(target) <= step.afterMs && retryBudget.take();
        if (!mayRetry) {
          this.#targets.failed(target, failure, step);
          return undefined;
        }
        await clock.sleep(step.afterMs + 1, this.#call.signal);
      }
    }
    return undefined;
  }

  /** One try of one target. @throws {Failure} */
  async #attempt(target: Target): Promise<RoutedReply> {
    const { provider, cooldowns, retryBudget } = this.#parts;
    const { request, signal, headers } = this.#call;
    if (signal.aborted) throw clientClosed();
    const attempt = this.#call.attempts.begin(target, this.#elapsed());
    const deadline = new Deadline(target.provider, signal);
    const patience = request.stream
      ? Math.max(1, Math.min(target.timeouts.firstToken, this.#budgetLeft()))
      : target.timeouts.attempt;
    const fail = (error: unknown): Failure => {
      deadline.dispose(true);
      const failure = deadline.callerGone
        ? clientClosed()
        : classify(deadline.expired ?? error, this.#parts.clock.now());
      attemptFailed(attempt, failure, this.#elapsed());
      // A target that was given less than its own time because the budget ran out has not been shown to be silent.
      const cutShort = failure.facts?.timeout === 'first_token' && patience < target.timeouts.firstToken;
      if (cutShort) cooldowns.released(target);
      else cooldowns.failed(target, failure);
      return failure;
    };
    retryBudget.call();
    try {
      deadline.arm(request.stream ? 'first_token' : 'attempt', patience);
      const reply = await provider(target.provider).send(request, target, {
        signal: deadline.signal,
        headers,
      });
      const facts = { target, dropped: reply.dropped ?? [] };
      if (reply.kind === 'whole') {
        const fault = faultOf(reply.completion, target.provider);
        if (fault) throw fault;
        deadline.dispose();
        cooldowns.succeeded(target);
        attemptBegan(attempt, reply.status, this.#elapsed());
        attemptEnded(attempt, this.#elapsed());
        return { kind: 'whole', completion: reply.completion, ...facts };
      }
      const stream = new AttemptStream(reply, deadline, target);
      await stream.begin();
      attemptBegan(attempt, reply.status, this.#elapsed());
      const finish = () => {
        cooldowns.succeeded(target);
        attemptEnded(attempt, this.#elapsed());
      };
      return { kind: 'stream', batches: this.#watched(stream, finish, fail), ...facts };
    } catch (error) {
      throw fail(error);
    }
  }

  /** The committed stream; what breaks it has a kind, is logged and cools the target like any other failure. */
  async *#watched(stream: AttemptStream, finish: () => void, fail: (error: unknown) => Failure): Batches {
    let open = true;
    try {
      yield* stream.batches();
      open = false;
      finish();
    } catch (error) {
      open = false;
      throw fail(error);
    } finally {
      // Left early by its only reader.
      if (open) fail(clientClosed());
    }
  }

  /** When every target rests: waits for the first to recover if the route budget allows. */
  async #waitForRecovery(): Promise<Target | undefined> {
    const first = this.#targets.firstToRecover();
    if (!first || first.recoversIn >= this.#budgetLeft()) return undefined;
    this.#targets.waitedFor(first.target);
    await this.#parts.clock.sleep(first.recoversIn + 1, this.#call.signal);
    return first.target;
  }

  /**
   * No attempt starts once the route budget is spent, with one exception: a running non-stream attempt may finish,
   * and when it was that one that used the budget up, one more target may still answer.
   */
  #mayStart(): boolean {
    if (this.#call.signal.aborted) throw clientClosed();
    if (this.#call.attempts.list.length >= MOST_ATTEMPTS) return false;
    if (this.#budgetLeft() > 0) return true;
    return !this.#call.request.stream && this.#overtime++ === 0;
  }
  #overtime = 0;

  #elapsed(): number {
    return this.#parts.clock.elapsed() - this.#call.arrivedAt;
  }

  #budgetLeft(): number {
    return this.#parts.settings.routeBudget - this.#elapsed();
  }

  #nobodyAnswered(): Failure {
    if (this.#firstFailure?.isCallersDoing) return this.#firstFailure;
    const message = `No model could answer. Tried: ${this.#call.attempts}. Try again after the time in Retry-After.`;
    return new Failure('no_target_available', message, {
      retryAfterMs: Math.max(1_000, this.#targets.recoversIn()),
      cause: this.#firstFailure,
    });
  }
}

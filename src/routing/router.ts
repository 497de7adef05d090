/**
 * The router: one request's walk along its chain until some target has answered. Whole and streamed answers, first
 * tries, retries and fallbacks all take the same steps; the failure table says what each failure leads to.
 */
import type { ChunkStream } from '../core/chunk-stream.ts';
import type { ChatRequest } from '../core/openai-types.ts';
import { clientClosed, type Failure } from '../failures/failure.ts';
import type { Target } from '../providers/provider.ts';
import { StoppedStream } from '../providers/stopped-stream.ts';
import { attempt } from './attempt.ts';
import { MAX_ATTEMPTS } from './attempts.ts';
import { backoff } from './backoff.ts';
import { inTurn } from './balance.ts';
import { mayThinkLong } from './first-token-limit.ts';
import { race } from './hedge.ts';
import { nextStep } from './next-step.ts';
import { NoneAnswered } from './none-answered.ts';
import { MAX_RESCUES, SentSoFar } from './rescue.ts';
import { RescuedStream } from './rescued-stream.ts';
import type { RoutedCall, RoutedReply, RouterDependencies } from './routed.ts';
import { hasOneTarget, TargetList } from './target-list.ts';

/** @throws {Failure} with the attempts in its message when no target could answer. */
export async function route(call: RoutedCall, dependencies: RouterDependencies): Promise<RoutedReply> {
  const own = call.headers && { ...dependencies, cooldowns: dependencies.cooldowns.forDemo() };
  return new Walk(call, own ?? dependencies).open();
}

class Walk {
  readonly #call: RoutedCall;
  readonly #dependencies: RouterDependencies;
  readonly #targets: TargetList;
  readonly #noneAnswered = new NoneAnswered();
  /** The request never had another target. */
  readonly #isAlone: boolean;
  /** What the caller already has, when the answer is being continued. */
  #sent: SentSoFar | undefined;
  #rescues = 0;
  /** Milliseconds since arrival when the route budget began to run: at arrival, and anew for each rescue. */
  #budgetFrom = 0;
  #isAnswering = false;
  #discarded: string | undefined;

  constructor(call: RoutedCall, dependencies: RouterDependencies) {
    this.#call = call;
    this.#dependencies = dependencies;
    this.#isAlone = hasOneTarget(call.chain);
    const inOrder = call.chain.length > 1 ? ordered(call, dependencies) : call.chain;
    this.#targets = new TargetList(inOrder, dependencies.cooldowns, call.callLimits?.terms);
  }

  async open(): Promise<RoutedReply> {
    const reply = await this.#firstToAnswer();
    this.#rememberWarm(reply);
    if (reply.kind === 'whole') return reply;
    const batches = new RescuedStream(reply, (broken, sent, failure) => this.#goOn(broken, sent, failure));
    return { ...reply, batches: upToStop(batches, this.#call.request) };
  }

  #firstToAnswer(): Promise<RoutedReply> {
    const { hedgeAfter, signal, attempts } = this.#call;
    if (hedgeAfter === undefined) return this.#askInTurn(signal);
    return race({
      clock: this.#dependencies.clock,
      after: hedgeAfter,
      signal,
      run: (runner) => this.#askInTurn(runner),
      mayStart: () => !this.#isAnswering && (this.#call.callLimits?.mayHedge() ?? true),
      onWinner: () => attempts.markHedgeLost(),
      discard: (reply) => reply.kind === 'stream' && reply.batches.cancel(),
    });
  }

  /** Target after target until one answers. Two of these may run beside each other; they share the list. */
  async #askInTurn(signal: AbortSignal): Promise<RoutedReply> {
    for (;;) {
      const target = this.#targets.next() ?? (await this.#waitForRecovery(signal));
      if (signal.aborted) throw clientClosed();
      if (!target || !this.#mayStart()) throw this.#toFailure();
      const reply = await this.#ask(target, signal);
      if (reply) return reply;
    }
  }

  /** Another target that goes on with a committed stream that broke, where that is honest; else the failure itself. */
  async #goOn(broken: RoutedReply, sent: SentSoFar, failure: Failure): Promise<RoutedReply> {
    const { request, attempts } = this.#call;
    const isHopeless = !failure.rule.isRecoverable || this.#rescues >= MAX_RESCUES;
    if (isHopeless || !sent.mayBeContinued(request)) throw failure;
    if (!(await this.#mayPayFor(sent.text + this.#takeDiscarded()))) throw failure;
    this.#rescues += 1;
    const before = this.#sent ? attempts.unusedWork.map(({ written }) => written).join('') : '';
    attempts.unusedWork.push({ target: broken.target, before, written: sent.text.slice(before.length) });
    attempts.rescued(broken.target, failure);
    this.#sent = sent;
    this.#budgetFrom = this.#elapsed();
    this.#targets.streamBroke(broken.target, failure);
    // The first failure is the one to tell when nobody can go on.
    const reply = await this.#firstToAnswer().catch(() => {
      throw failure;
    });
    this.#rememberWarm(reply);
    return reply;
  }

  #rememberWarm({ target }: RoutedReply): void {
    const { session } = this.#call;
    if (session !== undefined) this.#dependencies.affinity.answered(session, target);
  }

  /** Asks one target, with its retries. @returns nothing when another target should be asked. */
  async #ask(target: Target, signal: AbortSignal): Promise<RoutedReply | undefined> {
    const { cooldowns, retryBudget, clock, random, settings } = this.#dependencies;
    const circumstances = { isAlone: this.#isAlone };
    let waits: ReturnType<typeof backoff> | undefined;
    for (let retriesLeft = target.retries; this.#call.attempts.list.length < MAX_ATTEMPTS; retriesLeft--) {
      const budgetLeft = this.#budgetLeft();
      const admission = cooldowns.admit(target, circumstances);
      if (!admission.open) {
        this.#noneAnswered.skipped(target, admission.because);
        this.#call.attempts.skipped(target, admission.recoversIn);
        this.#targets.skipped(target);
        return undefined;
      }
      try {
        return await attempt({
          target,
          call: this.#call,
          sent: this.#sent,
          signal,
          dependencies: this.#dependencies,
          budgetLeft,
          isAlone: this.#isAlone,
          begun: this.#begun,
          discarded: this.#onDiscarded,
        });
      } catch (error) {
        const failure = error as Failure;
        this.#noneAnswered.failed(target, failure);
        this.#isAnswering = false;
        if (this.#discarded !== undefined && !(await this.#mayAnswerAnew())) throw failure;
        waits ??= backoff(random);
        const step = nextStep(failure, {
          retriesLeft,
          backoffMs: waits.next().value,
          retryAfterWait: settings.retryAfterWait,
          budgetLeftMs: this.#budgetLeft(),
          contextWindow: target.contextWindow,
          hasSuccessor: target.successor !== undefined,
        });
        if (step.do === 'stop') throw failure;
        // This failure may have put the target into cooldown. Do not retry one that cools for longer than the back-off.
        const recoversIn = cooldowns.recoversIn(target, circumstances);
        const mayRetry = step.do === 'retry' && recoversIn <= step.afterMs && retryBudget.take();
        if (!mayRetry) {
          this.#targets.failed(target, failure, step);
          return undefined;
        }
        this.#call.attempts.retried(target, failure, step.afterMs);
        await clock.sleep(step.afterMs + 1, signal);
      }
    }
    return undefined;
  }

  /** An answer that took its time was generated in vain: the next one has the route budget anew, and is paid for besides. */
  async #mayAnswerAnew(): Promise<boolean> {
    this.#rescues += 1;
    this.#budgetFrom = this.#elapsed();
    return (await this.#mayPayFor(this.#takeDiscarded())) && this.#rescues <= MAX_RESCUES;
  }

  #takeDiscarded(): string {
    const discarded = this.#discarded ?? '';
    this.#discarded = undefined;
    return discarded;
  }

  /** @param before what was generated already */
  #mayPayFor(before: string): boolean | Promise<boolean> {
    return this.#call.callLimits?.mayContinue(before) ?? true;
  }

  readonly #begun = (): void => {
    this.#isAnswering = true;
  };

  readonly #onDiscarded = (text: string): void => {
    this.#discarded = text;
  };

  /** When every target is cooling: waits for the first to recover if the route budget allows. */
  async #waitForRecovery(signal: AbortSignal): Promise<Target | undefined> {
    const first = this.#targets.firstToRecover();
    if (!first || first.recoversIn >= this.#budgetLeft()) return undefined;
    this.#targets.waitedFor(first.target);
    await this.#dependencies.clock.sleep(first.recoversIn + 1, signal);
    return first.target;
  }

  /**
   * No attempt starts once the route budget is spent, with one exception: an attempt that may take minutes (a whole
   * answer, a model that thinks) may finish, and when it was that one that used the budget up, one more target may answer.
   */
  #mayStart(): boolean {
    if (this.#call.attempts.list.length >= MAX_ATTEMPTS) return false;
    if (this.#budgetLeft() > 0) return true;
    const { request, chain } = this.#call;
    const mayTakeMinutes = !request.stream || chain.some((target) => mayThinkLong(request, target));
    return mayTakeMinutes && this.#overtime++ === 0;
  }
  #overtime = 0;

  /** Milliseconds since the request arrived. */
  #elapsed(): number {
    return this.#dependencies.clock.elapsed() - this.#call.arrivedAt;
  }

  /** Milliseconds. */
  #budgetLeft(): number {
    return this.#dependencies.settings.routeBudget - (this.#elapsed() - this.#budgetFrom);
  }

  #toFailure(): Failure {
    const { attempts, chain } = this.#call;
    const { cooldowns } = this.#dependencies;
    return this.#noneAnswered.toFailure({
      attempts: attempts.list.length > 0 ? attempts.toString() : '',
      recoversIn: (target) => cooldowns.recoversIn(target),
      anyRecoversIn: this.#targets.recoversIn({ isAlone: this.#isAlone }),
      only: chain.length === 1 ? chain[0] : undefined,
      isGone: (target) => cooldowns.isGone(target),
    });
  }
}

/** Each target stops at a stop sequence of its own text; one that begins in a broken text and ends in its continuation is seen here. */
function upToStop(batches: RescuedStream, request: ChatRequest): ChunkStream {
  const stops = [request.stop ?? []].flat();
  // vLLM's way to ask for the sequence itself in the answer.
  const isShown = (request as { include_stop_str_in_output?: unknown }).include_stop_str_in_output;
  if (stops.length === 0 || isShown || !new SentSoFar().mayBeContinued(request)) return batches;
  return new StoppedStream(batches, stops);
}

/** The chain in the order in which this request asks it: deployments of one model by their strategy, the session's warm one first. */
function ordered({ chain, session }: RoutedCall, { affinity, load, random }: RouterDependencies) {
  const balanced = inTurn(chain, load, random);
  return session === undefined ? balanced : affinity.inOrder(balanced, session);
}

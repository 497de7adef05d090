/** One try of one target: the call, its deadlines, and what its outcome means for the target. */
import { LARGE, turnForLargeWork } from '../core/large-work.ts';
import { bodyLength } from '../core/raw-body.ts';
import { WholeAnswer } from '../core/whole-answer.ts';
import type { Attempt as AttemptEntry } from '../events/receipt.ts';
import { classify } from '../failures/classify.ts';
import { clientClosed, type Failure } from '../failures/failure.ts';
import { redactFailure } from '../failures/redact-failure.ts';
import { malformed } from '../failures/upstream-failure.ts';
import { HeldCalls } from '../guard/tool-calls/held-calls.ts';
import { toolSchemas } from '../guard/tool-calls/tool-arguments.ts';
import { perform } from '../providers/perform.ts';
import type { Reply, StreamReply, Target, WholeReply } from '../providers/provider.ts';
import { redactorOf } from '../providers/target-secrets.ts';
import { type AttemptRequest, attemptRequest } from './attempt-request.ts';
import { AttemptStream } from './attempt-stream.ts';
import { checkedCompletion, checkedStream, type SentCall } from './checked-reply.ts';
import { mayBeEmpty, validateCompletion } from './completion-check.ts';
import { Deadline } from './deadline.ts';
import { firstDeadline } from './first-token-limit.ts';
import { type SentSoFar, Stitcher } from './rescue.ts';
import type { RoutedCall, RoutedReply, RouterDependencies } from './routed.ts';
import { wantsWholeCalls, wholeCalls } from './whole-tool-calls.ts';

/** Whom to ask what, and what the attempt knows of the walk that it is a step of. */
export interface AttemptOptions {
  readonly target: Target;
  readonly call: RoutedCall;
  /** What the caller already has of the answer, when this target is to go on with it. */
  readonly sent: SentSoFar | undefined;
  /** Ends this attempt; of two that run beside each other each has its own. */
  readonly signal: AbortSignal;
  readonly dependencies: RouterDependencies;
  /** Milliseconds of the route budget, as this attempt begins. */
  readonly budgetLeft: number;
  /** The request never had another target. */
  readonly isAlone: boolean;
  /** A target has begun to answer. */
  readonly begun: () => void;
  /** A target has generated this in vain: it is paid for, and nobody has seen it. */
  readonly discarded: (text: string) => void;
}

/** @returns a whole answer, or a stream that has begun to answer @throws {Failure} */
export async function attempt(options: AttemptOptions): Promise<RoutedReply> {
  if (options.signal.aborted) throw clientClosed();
  return new Attempt(options).reply();
}

/** An attempt from its begin to its end, which its target's load and cooldown and the log are told once. */
class Attempt {
  readonly #options: AttemptOptions;
  readonly #asked: AttemptRequest;
  readonly #first: ReturnType<typeof firstDeadline>;
  readonly #log: AttemptEntry;
  /** By the clock's `elapsed()`. */
  readonly #startedAt: number;
  readonly #deadline: Deadline;
  #heldCalls: HeldCalls | undefined;

  constructor(options: AttemptOptions) {
    const { target, call, sent, signal, dependencies, budgetLeft } = options;
    this.#options = options;
    this.#asked = attemptRequest(target, call, sent);
    this.#first = firstDeadline(this.#asked.request, target, budgetLeft);
    this.#log = call.attempts.begin(target);
    this.#startedAt = dependencies.clock.elapsed();
    this.#deadline = new Deadline(target.provider, signal);
  }

  async reply(): Promise<RoutedReply> {
    const { target, dependencies } = this.#options;
    const { phase, timeout, extension } = this.#first;
    this.#deadline.arm(phase, timeout, extension);
    dependencies.retryBudget.call();
    dependencies.load.began(target);
    try {
      const reply = await this.#perform();
      return reply.kind === 'whole' ? this.#whole(reply) : await this.#stream(reply);
    } catch (error) {
      throw this.#fail(error);
    }
  }

  async #perform(): Promise<Reply> {
    const { target, call, dependencies } = this.#options;
    const { headers, source, native, strictParams, droppedByDoor, traceHeaders, attempts } = call;
    const { request, appended } = this.#asked;
    const trace = traceHeaders?.(attempts.list.length);
    // To write it anew is as much work as it was to read it.
    if (bodyLength(source) >= LARGE) await turnForLargeWork();
    return perform(dependencies.providers.get(target.provider), request, target, {
      signal: this.#deadline.signal,
      headers: trace ? { ...headers, ...trace } : headers,
      strictParams,
      droppedByDoor,
      // A whole answer has one deadline, which nothing moves.
      onBytes: request.stream ? this.#deadline.extend : undefined,
      source,
      native: native && { ...native, appended },
      isOtherModel: isOtherModel(target, call),
    });
  }

  #whole(reply: WholeReply): RoutedReply {
    const { target, call } = this.#options;
    this.#checkWhole(reply);
    const schemas = this.#schemasOfHeldCalls(reply);
    const held = schemas
      ? wholeCalls(reply, schemas, target, (text) => this.#discard(text))
      : reply.completion;
    const completion = checkedCompletion(held, this.#sentCall(reply));
    call.attempts.answeredBy = target;
    this.#answered(reply);
    this.#deadline.dispose();
    this.#finish();
    // Its JSON is that of an answer that nothing was changed in.
    const unchanged = completion === reply.completion ? reply : undefined;
    const answer = WholeAnswer.of(completion, unchanged?.json, unchanged?.native);
    return { kind: 'whole', answer, ...this.#facts(reply) };
  }

  /** @throws {UpstreamFailure} for what is no answer to what was asked */
  #checkWhole({ completion, native }: WholeReply): void {
    const { target, sent, isAlone } = this.#options;
    const { request } = this.#asked;
    // Vectors were checked where they were read.
    if (request.operation !== 'embeddings') {
      const isEmptyTrue = mayBeEmpty(request) || isAlone || native?.hasMore === true;
      const fault = validateCompletion(completion, target.provider, isEmptyTrue);
      if (fault) throw fault;
    }
    if (sent)
      throw malformed(`${target.provider} did not stream the rest of an answer that is being streamed.`);
  }

  async #stream(reply: StreamReply): Promise<RoutedReply> {
    const { target, call, sent, isAlone, begun } = this.#options;
    const { request, seam } = this.#asked;
    const schemas = this.#schemasOfHeldCalls(reply);
    this.#heldCalls = schemas && new HeldCalls(schemas, target.provider);
    const stitcher = sent && seam && new Stitcher(seam, sent);
    const batches = new AttemptStream(checkedStream(reply, this.#sentCall(reply), this.#log), {
      deadline: this.#deadline,
      target,
      end: {
        finish: () => this.#finish(),
        fail: (error) => this.#fail(error),
        begun: () => {
          this.#answered(reply);
          begun();
        },
      },
      join: stitcher && ((batch) => stitcher.join(batch)),
      heldCalls: this.#heldCalls,
      choices: request.n ?? 1,
      isEmptyTrue: mayBeEmpty(request),
      // A continuation must add something.
      isAlone: !sent && isAlone,
    });
    await batches.begin();
    call.attempts.answeredBy = target;
    if (sent) call.attempts.stitched = true;
    return { kind: 'stream', batches, ...this.#facts(reply) };
  }

  #answered({ status }: Reply): void {
    const { target, call, dependencies } = this.#options;
    call.attempts.answered(this.#log, status);
    dependencies.load.answered(target, dependencies.clock.elapsed() - this.#startedAt);
  }

  #finish(): void {
    const { target, call, dependencies } = this.#options;
    dependencies.load.ended(target);
    call.attempts.ended(this.#log);
    dependencies.cooldowns.succeeded(target);
  }

  #fail(error: unknown): Failure {
    const { target, call, isAlone, dependencies } = this.#options;
    const { load, cooldowns, clock } = dependencies;
    const deadline = this.#deadline;
    deadline.abort();
    const held = this.#heldCalls?.heldText ?? '';
    this.#discard(held);
    load.ended(target);
    const failure = deadline.callerGone
      ? clientClosed()
      : classify(redactFailure(deadline.expired ?? error, redactorOf(target)), clock.now(), target);
    const isUncounted = call.attempts.answeredBy !== target && held === '';
    if (isUncounted && wasGivenUp(failure)) call.attempts.markUnanswered(this.#log, target);
    call.attempts.failed(this.#log, failure);
    // A target that was given less than its own time because the budget ran out has not been shown to be silent.
    if (failure.facts?.timeout === 'first_token' && this.#first.isCutShort && !deadline.hasBeenExtended)
      cooldowns.released(target);
    else cooldowns.failed(target, failure, { startedAt: this.#startedAt, isAlone });
    return failure;
  }

  /** @param text was generated in vain */
  #discard(text: string): void {
    if (text === '') return;
    const { target, call, sent, discarded } = this.#options;
    const isReadCounted = call.attempts.answeredBy === target;
    const before = sent?.text ?? '';
    call.attempts.unusedWork.push({ target, before, written: '', discarded: text, isReadCounted });
    discarded(text);
  }

  /** What tool calls are held against, where they go on whole or not at all. */
  #schemasOfHeldCalls({ isNative = false }: Reply): ReturnType<typeof toolSchemas> | undefined {
    const { call, isAlone, dependencies } = this.#options;
    const isHeld = wantsWholeCalls(call, dependencies.settings, { isAlone, isNative });
    return isHeld ? toolSchemas(this.#asked.request) : undefined;
  }

  #sentCall({ isNative }: Reply): SentCall {
    const { target, call } = this.#options;
    const { request, paidTokens } = this.#asked;
    return { request, native: isNative ? call.native : undefined, target, paidTokens };
  }

  #facts({ dropped = [], isNative = false }: Reply) {
    return { target: this.#options.target, dropped, isNative };
  }
}

/** Whether the chain asks another model of the same provider before this one. */
function isOtherModel(target: Target, { chain }: RoutedCall): boolean {
  const first = chain.find(({ provider }) => provider === target.provider);
  return first !== undefined && first.model !== target.model;
}

/** We stopped waiting, or the caller did: the provider goes on working for a while, and charges for it. */
function wasGivenUp({ rule, facts }: Failure): boolean {
  return rule.isClosedByCaller === true || (facts?.timeout !== undefined && facts.timeout !== 'connect');
}

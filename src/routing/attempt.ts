/** One try of one target: the call, its deadlines, and what its outcome means for the target. */
import type { Batch } from '../core/chunk-stream.ts';
import { LARGE, turnForLargeWork } from '../core/large-work.ts';
import type { ChatCompletion, ChatRequest } from '../core/openai-types.ts';
import { bodyLength } from '../core/raw-body.ts';
import { WholeAnswer } from '../core/whole-answer.ts';
import { classify } from '../failures/classify.ts';
import { clientClosed, type Failure } from '../failures/failure.ts';
import { redactFailure } from '../failures/redact-failure.ts';
import { malformed } from '../failures/upstream-failure.ts';
import { HeldCalls } from '../guard/tool-calls/held-calls.ts';
import { toolSchemas } from '../guard/tool-calls/tool-arguments.ts';
import { withWholeCalls } from '../guard/tool-calls/whole-calls.ts';
import { perform } from '../providers/perform.ts';
import type { Target, WholeReply } from '../providers/provider.ts';
import { redactorOf } from '../providers/target-secrets.ts';
import { AttemptStream } from './attempt-stream.ts';
import { checkedCompletion, checkedStream } from './checked-reply.ts';
import { mayBeEmpty, validateCompletion } from './completion-check.ts';
import { Deadline } from './deadline.ts';
import { firstTokenLimit, mayThinkLong } from './first-token-limit.ts';
import { continuationFor, type SentSoFar, Stitcher } from './rescue.ts';
import type { RoutedCall, RoutedReply, RouterDependencies, RouterSettings } from './routed.ts';

/** What an attempt knows of the walk that it is a step of. */
export interface RouteState {
  /** Milliseconds of the route budget, as this attempt begins. */
  readonly budgetLeft: number;
  /** The request never had another target. */
  readonly isAlone: boolean;
  /** A target has begun to answer. */
  readonly begun: () => void;
  /** A target has generated this in vain: it is paid for, and nobody has seen it. */
  readonly discarded: (text: string) => void;
}

/**
 * @param sent what the caller already has of the answer, when this target is to go on with it
 * @param signal ends this attempt; of two that run beside each other each has its own
 * @throws {Failure}
 */
export async function attempt(
  target: Target,
  sent: SentSoFar | undefined,
  call: RoutedCall,
  signal: AbortSignal,
  dependencies: RouterDependencies,
  walk: RouteState,
): Promise<RoutedReply> {
  if (signal.aborted) throw clientClosed();
  const { cooldowns, load, clock } = dependencies;
  const { attempts } = call;
  const { isAlone } = walk;
  const paid = call.callLimits?.terms?.find((terms) => terms.target === target);
  const capped = withCap(call.request, paid?.maxTokens);
  const continuation = sent && continuationFor(capped, sent.text, target);
  const request = continuation?.request ?? capped;
  let heldCalls: HeldCalls | undefined;
  const first = firstDeadline(request, target, walk.budgetLeft);
  const log = attempts.begin(target);
  const trace = call.traceHeaders?.(attempts.list.length);
  const startedAt = clock.elapsed();
  const deadline = new Deadline(target.provider, signal);
  deadline.arm(first.phase, first.timeout, first.extension);

  const discard = (text: string): void => {
    if (text === '') return;
    const isReadCounted = attempts.answeredBy === target;
    const before = sent?.text ?? '';
    attempts.unusedWork.push({ target, before, written: '', discarded: text, isReadCounted });
    walk.discarded(text);
  };
  const fail = (error: unknown): Failure => {
    deadline.abort();
    const held = heldCalls?.heldText ?? '';
    discard(held);
    load.ended(target);
    const failure = deadline.callerGone
      ? clientClosed()
      : classify(redactFailure(deadline.expired ?? error, redactorOf(target)), clock.now(), target);
    const isUncounted = attempts.answeredBy !== target && held === '';
    if (isUncounted && wasGivenUp(failure)) attempts.markUnanswered(log, target);
    attempts.failed(log, failure);
    // A target that was given less than its own time because the budget ran out has not been shown to be silent.
    if (failure.facts?.timeout === 'first_token' && first.isCutShort && !deadline.hasBeenExtended)
      cooldowns.released(target);
    else cooldowns.failed(target, failure, { startedAt, isAlone });
    return failure;
  };
  const finish = () => {
    load.ended(target);
    attempts.ended(log);
    cooldowns.succeeded(target);
  };

  dependencies.retryBudget.call();
  load.began(target);
  try {
    const { strictParams } = call;
    const headers = trace ? { ...call.headers, ...trace } : call.headers;
    const provider = dependencies.providers.get(target.provider);
    // To write it anew is as much work as it was to read it.
    if (bodyLength(call.source) >= LARGE) await turnForLargeWork();
    const reply = await perform(provider, request, target, {
      signal: deadline.signal,
      headers,
      strictParams,
      // A whole answer has one deadline, which nothing moves.
      onBytes: request.stream ? deadline.extend : undefined,
      source: call.source,
      native: call.native && {
        ...call.native,
        appended: request === capped ? undefined : request.messages.at(-1),
      },
      isOtherModel: isOtherModel(target, call),
    });
    const facts = { target, dropped: reply.dropped ?? [], isNative: reply.isNative ?? false };
    const native = facts.isNative ? call.native : undefined;
    const isHeld = wantsWholeCalls(call, dependencies.settings, walk, facts.isNative);
    const schemas = isHeld ? toolSchemas(request) : undefined;
    const sentCall = { request, native, target, paidTokens: paid?.paidTokens };
    if (reply.kind === 'whole') {
      const { provider: name } = target;
      // Vectors were checked where they were read.
      const isVectors = request.operation === 'embeddings';
      const isEmptyTrue = mayBeEmpty(request) || isAlone || reply.native?.hasMore === true;
      const fault = isVectors ? undefined : validateCompletion(reply.completion, name, isEmptyTrue);
      if (fault) throw fault;
      if (sent) throw malformed(`${name} did not stream the rest of an answer that is being streamed.`);
      const whole = schemas ? wholeCalls(reply, schemas, target, discard) : reply.completion;
      const completion = checkedCompletion(whole, sentCall);
      attempts.answered(log, reply.status);
      attempts.ended(log);
      attempts.answeredBy = target;
      deadline.dispose();
      load.answered(target, clock.elapsed() - startedAt);
      load.ended(target);
      cooldowns.succeeded(target);
      const own = completion === reply.completion ? reply : undefined;
      return { kind: 'whole', answer: WholeAnswer.of(completion, own?.json, own?.native), ...facts };
    }
    heldCalls = schemas && new HeldCalls(schemas, target.provider);
    const stitcher = sent && new Stitcher(continuation!.seam, sent);
    const join = stitcher && ((batch: Batch) => stitcher.join(batch));
    const begun = () => {
      attempts.answered(log, reply.status);
      load.answered(target, clock.elapsed() - startedAt);
      walk.begun();
    };
    const batches = new AttemptStream(checkedStream(reply, sentCall, log), {
      deadline,
      target,
      end: { finish, fail, begun },
      join,
      heldCalls,
      choices: request.n ?? 1,
      isEmptyTrue: mayBeEmpty(request),
      // A continuation must add something.
      isAlone: !sent && isAlone,
    });
    await batches.begin();
    attempts.answeredBy = target;
    if (sent) attempts.stitched = true;
    return { kind: 'stream', batches, ...facts };
  } catch (error) {
    throw fail(error);
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

/** @param cap output tokens, where the caller's limits say less than the caller */
function withCap(request: ChatRequest, cap: number | undefined): ChatRequest {
  if (cap === undefined) return request;
  // One cap is what the reservation bounds: beside another one the larger would count.
  const { max_tokens: _older, max_completion_tokens: newer, ...rest } = request;
  return { ...rest, [newer == null ? 'max_tokens' : 'max_completion_tokens']: cap } as ChatRequest;
}

/**
 * Where nobody else could give a better call, its pieces go on as they come, unless the configuration says otherwise, or
 * the door has no words for arguments that are no JSON.
 * @param isNative the answer goes on as it is on its own wire
 */
function wantsWholeCalls(
  call: RoutedCall,
  settings: RouterSettings,
  { isAlone }: RouteState,
  isNative: boolean,
): boolean {
  if (!call.request.tools?.length) return false;
  const said = call.toolCalls ?? settings.toolCalls;
  if (said !== undefined) return said === 'whole';
  return !isAlone || (call.tellsArgumentsAsJson === true && !isNative);
}

/** @throws {UpstreamFailure} for a call that does not hold */
function wholeCalls(
  { completion }: WholeReply,
  schemas: ReturnType<typeof toolSchemas>,
  target: Target,
  discard: (text: string) => void,
): Readonly<ChatCompletion> {
  try {
    return withWholeCalls(completion, schemas, target.provider);
  } catch (error) {
    discard(completion.choices.map(({ message }) => JSON.stringify(message)).join('\n'));
    throw error;
  }
}

/**
 * The deadline of a whole answer, or that of a stream's first token. The route budget shortens the latter, but neither
 * for a target that shows signs of life nor where minutes of silence are usual.
 * @returns besides what `arm` takes, whether it is shorter than the target's own
 */
function firstDeadline(request: ChatRequest, target: Target, budgetLeft: number) {
  const { attempt: whole } = target.timeouts;
  if (!request.stream) return { phase: 'attempt', timeout: whole, isCutShort: false } as const;
  const limit = firstTokenLimit(request, target);
  const timeout = mayThinkLong(request, target) ? limit : Math.max(1, Math.min(limit, budgetLeft));
  const extension = { bySign: limit, atMost: Math.max(whole, limit) };
  return { phase: 'first_token', timeout, extension, isCutShort: timeout < limit } as const;
}

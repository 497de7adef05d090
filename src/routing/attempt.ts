/** One try of one target: the call, its deadlines, and what its outcome means for the target. */
import type { Batch } from '../core/batches.ts';
import type { ChatRequest } from '../core/openai-types.ts';
import type { StopSignal } from '../core/stop-signal.ts';
import type { Target, WholeReply } from '../providers/provider.ts';
import { malformed } from '../providers/upstream-failure.ts';
import { AttemptStream } from './attempt-stream.ts';
import { type Attempt, attemptBegan, attemptEnded, attemptFailed } from './attempts.ts';
import { classify } from './classify.ts';
import { faultOf } from './completeness.ts';
import { Deadline } from './deadline.ts';
import { clientClosed, type Failure } from './failures.ts';
import { continuationFor, type SentSoFar, Stitcher } from './rescue.ts';
import type { RoutedCall, RoutedReply, RouterParts } from './routed.ts';

/** Milliseconds. */
export interface RouteTime {
  /** Since the request arrived. */
  elapsed(): number;
  budgetLeft(): number;
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
  signal: StopSignal,
  parts: RouterParts,
  time: RouteTime,
): Promise<RoutedReply> {
  if (signal.aborted) throw clientClosed();
  const { cooldowns, load } = parts;
  const capped = withCap(call.request, call.terms?.capFor(target));
  const { request, seam } = continuationFor(capped, sent?.text ?? '', target);
  const deadline = new Deadline(target.provider, signal);
  const log = call.attempts.begin(target, time.elapsed());
  const { firstToken, attempt: whole } = target.timeouts;
  const patience = request.stream ? Math.max(1, Math.min(firstToken, time.budgetLeft())) : whole;

  const fail = (error: unknown): Failure => {
    deadline.dispose(true);
    load.ended(target);
    const failure = deadline.callerGone
      ? clientClosed()
      : classify(deadline.expired ?? error, parts.clock.now());
    attemptFailed(log, failure, time.elapsed());
    // A target that was given less than its own time because the budget ran out has not been shown to be silent.
    const cutShort = failure.facts?.timeout === 'first_token' && patience < firstToken;
    if (cutShort) cooldowns.released(target);
    else cooldowns.failed(target, failure);
    return failure;
  };
  const finish = () => {
    cooldowns.succeeded(target);
    load.ended(target);
    attemptEnded(log, time.elapsed());
  };

  parts.retryBudget.call();
  load.began(target);
  try {
    deadline.arm(request.stream ? 'first_token' : 'attempt', patience);
    const { headers, strictParams } = call;
    const reply = await parts
      .provider(target.provider)
      .send(request, target, { signal: deadline.signal, headers, strictParams });
    const facts = { target, dropped: reply.dropped ?? [] };
    if (reply.kind === 'whole') {
      accept(reply, target, sent, log, time);
      deadline.dispose();
      load.answered(target, time.elapsed() - log.started_ms);
      finish();
      call.attempts.answeredBy = target;
      return { kind: 'whole', completion: reply.completion, ...facts };
    }
    const stitcher = sent && new Stitcher(seam, sent);
    const join = stitcher && ((batch: Batch) => stitcher.join(batch));
    const batches = new AttemptStream(reply, deadline, target, { finish, fail }, join);
    await batches.begin();
    attemptBegan(log, reply.status, time.elapsed());
    load.answered(target, time.elapsed() - log.started_ms);
    call.attempts.answeredBy = target;
    if (sent) call.attempts.stitched = true;
    return { kind: 'stream', batches, ...facts };
  } catch (error) {
    throw fail(error);
  }
}

/** @param cap output tokens, where the caller's limits say less than the caller */
function withCap(request: ChatRequest, cap: number | undefined): ChatRequest {
  if (cap === undefined) return request;
  const field = request.max_completion_tokens == null ? 'max_tokens' : 'max_completion_tokens';
  return { ...request, [field]: cap };
}

/** @throws {UpstreamFailure} for a whole reply that is no answer */
function accept(
  reply: WholeReply,
  target: Target,
  sent: SentSoFar | undefined,
  log: Attempt,
  time: RouteTime,
): void {
  const fault = faultOf(reply.completion, target.provider);
  if (fault) throw fault;
  if (sent)
    throw malformed(`${target.provider} did not stream the rest of an answer that is being streamed.`);
  attemptBegan(log, reply.status, time.elapsed());
}

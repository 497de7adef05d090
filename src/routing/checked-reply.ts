/** A reply checked against what was sent: its counts of tokens, and of a stream its length. */
import type { NativeRequest } from '../core/native-request.ts';
import type { ChatCompletion, ChatRequest, Usage } from '../core/openai-types.ts';
import type { Attempt } from '../events/receipt.ts';
import { isBelievable } from '../pricing/believable-usage.ts';
import { answerText } from '../pricing/token-counter.ts';
import type { StreamReply, Target } from '../providers/provider.ts';
import { CheckedStream } from './checked-stream.ts';
import { mayThinkLong } from './first-token-limit.ts';

/** What was sent, and paid for: a reply is checked against it. */
export interface SentCall {
  /** As it was sent. */
  readonly request: ChatRequest;
  /** The same as its caller wrote it, where that is what was sent. */
  readonly native?: NativeRequest | undefined;
  readonly target: Target;
  /** Output tokens of each choice that somebody's limits let through; nothing where none bind. */
  readonly paidTokens: number | undefined;
}

/** @param log is told where the stream is ended at its cap */
export function checkedStream(reply: StreamReply, sent: SentCall, log: Attempt): StreamReply {
  const batches = new CheckedStream(reply.batches, {
    cap: sent.paidTokens,
    choices: sent.request.n ?? 1,
    isBelievable: usageCheck(sent),
    onCut() {
      log.note = 'output_cap';
    },
  });
  return { ...reply, batches };
}

/** A whole answer is there and paid for, however long: only a count that cannot be true is left out. */
export function checkedCompletion(
  completion: Readonly<ChatCompletion>,
  sent: SentCall,
): Readonly<ChatCompletion> {
  const { usage, ...others } = completion;
  if (!usage || usageCheck(sent)(usage, () => Buffer.byteLength(answerText(completion)))) return completion;
  return others;
}

function usageCheck({ request, native, target, paidTokens }: SentCall) {
  const mayThink = () => mayThinkLong(request, target) || target.capabilities.reasoning_effort === true;
  return (usage: Usage, bytes: () => number) =>
    isBelievable(usage, { request, native, target, paidTokens, mayThink, bytes });
}

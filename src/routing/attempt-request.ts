/** What one target is asked: the caller's request within what is paid for, or for the rest of a broken answer. */
import type { ChatRequest } from '../core/openai-types.ts';
import type { Target } from '../providers/provider.ts';
import { continuationFor, type SentSoFar } from './rescue.ts';
import type { RoutedCall } from './routed.ts';
import type { Seam } from './seam.ts';

/** How a target is asked. */
export interface AttemptRequest {
  readonly request: ChatRequest;
  /** Output tokens of each choice that are paid for; nothing where no limits bind. */
  readonly paidTokens: number | undefined;
  /** Where the answer meets what the caller has already. */
  readonly seam: Seam | undefined;
  /** The message that was put behind the caller's own, so that the answer is gone on with. */
  readonly appended: ChatRequest['messages'][number] | undefined;
}

/** @param sent what the caller already has of the answer */
export function attemptRequest(
  target: Target,
  call: RoutedCall,
  sent: SentSoFar | undefined,
): AttemptRequest {
  const paid = call.callLimits?.terms?.find((terms) => terms.target === target);
  const capped = withCap(call.request, paid?.maxTokens);
  const continuation = sent && continuationFor(capped, sent.text, target);
  return {
    request: continuation?.request ?? capped,
    paidTokens: paid?.paidTokens,
    seam: continuation?.seam,
    appended: continuation?.request.messages.at(-1),
  };
}

/** @param cap output tokens, where the caller's limits say less than the caller */
function withCap(request: ChatRequest, cap: number | undefined): ChatRequest {
  if (cap === undefined) return request;
  // One cap is what the reservation bounds: beside another one the larger would count.
  const { max_tokens: _older, max_completion_tokens: newer, ...rest } = request;
  return { ...rest, [newer == null ? 'max_tokens' : 'max_completion_tokens']: cap } as ChatRequest;
}

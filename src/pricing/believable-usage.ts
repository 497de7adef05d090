/**
 * Whether a count of tokens that a provider reports can be true of the request and the answer it is for. One that cannot is
 * as good as none: our own count takes its place, and is marked.
 */
import type { NativeRequest } from '../core/native-request.ts';
import type { ChatRequest, Usage } from '../core/openai-types.ts';
import type { Target } from '../providers/provider.ts';
import { outputCeiling } from './bounds.ts';
import { promptBoundOf } from './native-bounds.ts';
import { findUnknownLengthOf } from './native-unknown-lengths.ts';

/** What a report is measured by: the request as it was sent, and the size of the answer. */
export interface Answered {
  readonly request: ChatRequest;
  /** The same as its caller wrote it, where that is what was sent. */
  readonly native?: NativeRequest | undefined;
  /** Of all text of the answer, thinking and calls included. */
  readonly bytes: () => number;
  readonly target: Pick<Target, 'contextWindow' | 'maxOutputTokens'>;
  /** Output tokens of each choice that somebody's limits let through; nothing where none bind. */
  readonly paidTokens: number | undefined;
  /** The model may have thought without showing it. */
  readonly mayThink: () => boolean;
}

/** Tokens beyond a cap that servers count: the end of a text, the marks of a call. */
const SLACK = 16;
/** Providers add instructions, templates and what they searched: a count is far off beyond this many times the bytes, and so many more. */
const TIMES = 8;
const MORE = 32_768;

/** Whether both counts can be true. */
export function isBelievable(usage: Usage, answered: Answered): boolean {
  return isPromptBelievable(usage.prompt_tokens, answered) && isOutputBelievable(usage, answered);
}

function isPromptBelievable(tokens: number, { request, native, target }: Answered): boolean {
  if (tokens <= MORE || findUnknownLengthOf({ request, native }) !== undefined) return true;
  const bound = promptBoundOf({ request, native });
  return (
    tokens <= Math.max(bound, target.contextWindow ?? Number.POSITIVE_INFINITY) &&
    tokens <= TIMES * bound + MORE
  );
}

function isOutputBelievable(
  usage: Usage,
  { request, bytes, target, paidTokens, mayThink }: Answered,
): boolean {
  const choices = request.n ?? 1;
  const thought = usage.completion_tokens_details?.reasoning_tokens ?? 0;
  const shown = usage.completion_tokens - thought;
  const cap = Math.min(paidTokens ?? Number.POSITIVE_INFINITY, outputCeiling(request, target));
  const most = choices * (cap + SLACK);
  // Some models think beyond the cap, and charge for it.
  const isWithin = usage.completion_tokens <= most && shown <= most;
  if (!isWithin && (mayThink() ? shown : usage.completion_tokens) > most) return false;
  if (thought > choices * (target.contextWindow ?? Number.POSITIVE_INFINITY)) return false;
  return shown <= MORE || mayThink() || shown <= TIMES * bytes() + MORE;
}

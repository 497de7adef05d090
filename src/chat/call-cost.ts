/** What an answer took and cost, whoever gave it and however it ended. */

import type { StoredAnswer } from '../cache/answer-store.ts';
import type { Clock } from '../core/clock.ts';
import type { NanoDollars } from '../core/money.ts';
import type { ChatCompletion, ChatRequest, FinishReason, Usage } from '../core/openai-types.ts';
import { WholeAnswer } from '../core/whole-answer.ts';
import { costOf } from '../pricing/price.ts';
import { answerText, type TokenCounter } from '../pricing/token-counter.ts';
import {
  addTokens,
  asUsage,
  NO_TOKENS,
  reportedUsage,
  type TokenCounts,
  tokenCounts,
} from '../pricing/token-counts.ts';
import type { Target } from '../providers/provider.ts';
import type { AttemptLog } from '../routing/attempts.ts';
import type { CallResult } from './single-flight.ts';

interface MeasuringDependencies {
  readonly tokens: TokenCounter;
  readonly clock: Clock;
}

/** What a call took and cost, measured once for everyone who shared it. */
export interface CallCost {
  /** The answer, as far as it came. */
  readonly answer: WholeAnswer | undefined;
  readonly finishReason: FinishReason | null;
  /** A cap ended it. */
  readonly isCut: boolean;
  readonly tokens: TokenCounts;
  readonly cost: NanoDollars | null;
  /** What the answer had cost somebody else; null for one that was made for this request, and where it is unknown. */
  readonly saved: NanoDollars | null;
}

/** Counts and prices what came, also when it broke off: what was generated will be charged to us too. */
export async function measure(
  result: CallResult,
  request: ChatRequest,
  attempts: AttemptLog,
  dependencies: MeasuringDependencies,
): Promise<CallCost> {
  const completion = result.answer?.completion;
  const target = attempts.answeredBy;
  const at = dependencies.clock.now();
  // What the provider reported; our own count where it reported nothing, or only its part of a stitched answer.
  let usage: CountedUsage | undefined;
  if (completion && target) {
    const reported = attempts.stitched ? undefined : reportedUsage(completion.usage);
    usage = reported ?? (await countUsage(completion, target, request, attempts, dependencies));
  }
  let tokens = usage ? tokenCounts(usage) : NO_TOKENS;
  let cost = usage ? await costOf(tokens, target!, at) : 0;
  for (const work of attempts.unusedWork) {
    const written = work.written + (work.discarded ?? '');
    const estimated = await dependencies.tokens.estimate(
      goingOn(request, work.before),
      written,
      work.target.model,
    );
    const part = tokenCounts(work.isReadCounted ? { ...estimated, prompt_tokens: 0 } : estimated);
    const price = await costOf(part, work.target, at);
    tokens = addTokens(tokens, part);
    cost = cost === null || price === null ? null : cost + price;
  }
  if (!completion || !usage)
    return { answer: undefined, finishReason: null, isCut: false, tokens, cost, saved: null };
  const { choices } = completion;
  const isCut = choices.some(({ finish_reason: reason }) => reason === 'length');
  const answer = result.answer!.withUsage(attempts.stitched ? asUsage(tokens) : usage);
  return { answer, finishReason: choices[0]?.finish_reason ?? null, isCut, tokens, cost, saved: null };
}

type CountedUsage = Usage & { estimated?: boolean };

/** Our own count, for what the last of those who answered was asked and wrote. */
function countUsage(
  completion: ChatCompletion,
  target: Target,
  request: ChatRequest,
  { unusedWork }: AttemptLog,
  { tokens }: MeasuringDependencies,
): Promise<CountedUsage> {
  const before = unusedWork.map(({ written }) => written).join('');
  return tokens.estimate(goingOn(request, before), answerText(completion).slice(before.length), target.model);
}

/** The question as one who goes on with an answer reads it. */
function goingOn(request: ChatRequest, before: string): ChatRequest {
  return before
    ? { ...request, messages: [...request.messages, { role: 'assistant', content: before }] }
    : request;
}

/** What a caller pays who joined somebody else's upstream call: nothing. */
export function followerCost(callCost: CallCost): CallCost {
  return { ...callCost, tokens: NO_TOKENS, cost: 0, saved: callCost.cost };
}

/** An answer from the cache. */
export function cachedCost({ json, finishReason, cost }: StoredAnswer): CallCost {
  // Stores outside of this process are not believed.
  const saved = typeof cost === 'number' && cost >= 0 ? cost : null;
  const answer = WholeAnswer.fromJson(json);
  return { answer, finishReason, isCut: false, tokens: NO_TOKENS, cost: 0, saved };
}

/** Tokens by class. The classes are disjoint, so that no token is counted or priced twice. */
import type { Usage } from '../core/openai-types.ts';

/** The classes that prices tell apart. What was thought counts apart from the answer. */
export interface TokenCounts {
  /** Read, and neither from a cache nor written to one. */
  readonly input: number;
  readonly cached_input: number;
  readonly cache_write: number;
  /** Those of `cache_write` that are kept for an hour, which costs more than the usual five minutes. */
  readonly cache_write_1h?: number;
  /** Written as answer, thinking excluded. */
  readonly output: number;
  readonly reasoning: number;
  /** Counted by us because the provider reported nothing. */
  readonly estimated: boolean;
}

/** Of an answer that took none, such as one from a cache. */
export const NO_TOKENS: TokenCounts = {
  input: 0,
  cached_input: 0,
  cache_write: 0,
  output: 0,
  reasoning: 0,
  estimated: false,
};

/** In OpenAI's shape `prompt_tokens` includes what was cached and `completion_tokens` what was thought. */
export function tokenCounts(usage: Usage & { estimated?: boolean }): TokenCounts {
  const details = usage.prompt_tokens_details as
    | { cached_tokens?: number; cache_write_tokens?: number; cache_write_1h_tokens?: number }
    | undefined;
  const cached = details?.cached_tokens ?? 0;
  const written = details?.cache_write_tokens ?? 0;
  const hour = Math.min(written, details?.cache_write_1h_tokens ?? 0);
  const reasoning = usage.completion_tokens_details?.reasoning_tokens ?? 0;
  return {
    input: Math.max(0, usage.prompt_tokens - cached - written),
    cached_input: cached,
    cache_write: written,
    ...(hour > 0 && { cache_write_1h: hour }),
    output: Math.max(0, usage.completion_tokens - reasoning),
    reasoning,
    estimated: usage.estimated === true,
  };
}

/** Some servers report only part of the numbers; one that reports none has reported nothing. */
export function reportedUsage(usage: Usage | null | undefined): Usage | undefined {
  if (!usage || typeof usage.prompt_tokens !== 'number') return undefined;
  if (usage.completion_tokens != null && usage.total_tokens != null) return usage;
  const completion = usage.completion_tokens ?? Math.max(0, (usage.total_tokens ?? 0) - usage.prompt_tokens);
  const total = usage.total_tokens ?? usage.prompt_tokens + completion;
  return { ...usage, completion_tokens: completion, total_tokens: total };
}

/** @returns the sum, estimated when either is */
export function addTokens(left: TokenCounts, right: TokenCounts): TokenCounts {
  return {
    input: left.input + right.input,
    cached_input: left.cached_input + right.cached_input,
    cache_write: left.cache_write + right.cache_write,
    ...((left.cache_write_1h || right.cache_write_1h) && {
      cache_write_1h: (left.cache_write_1h ?? 0) + (right.cache_write_1h ?? 0),
    }),
    output: left.output + right.output,
    reasoning: left.reasoning + right.reasoning,
    estimated: left.estimated || right.estimated,
  };
}

/** Back to OpenAI's shape, for counts of our own. */
export function asUsage(tokens: TokenCounts): Usage & { estimated: boolean } {
  const prompt = tokens.input + tokens.cached_input + tokens.cache_write;
  const completion = tokens.output + tokens.reasoning;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    estimated: tokens.estimated,
  };
}

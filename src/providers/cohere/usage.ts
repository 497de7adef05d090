/** Cohere's two counts of tokens as OpenAI's one (`Usage` of https://docs.cohere.com/reference/chat). */
import type { Usage } from '../../core/openai-types.ts';
import { saysNothing } from '../openai-wire.ts';

export interface CohereUsage {
  /** What is charged: without what Cohere itself puts around the conversation. */
  billed_units?: Counts | null;
  /** What the model read and wrote. */
  tokens?: Counts | null;
  /** Those of `tokens.input_tokens` that came from the cache. */
  cached_tokens?: number | null;
}
interface Counts {
  input_tokens?: number | null;
  output_tokens?: number | null;
}

/**
 * The billed counts, so that a receipt says what Cohere charges; a short question reads as a thousand tokens more in
 * `tokens`. The cached count is one of `tokens` and says nothing of what is charged.
 */
export function toUsage(usage: CohereUsage | null | undefined): Usage | undefined {
  const billed = asUsage(usage?.billed_units);
  if (!saysNothing(billed)) return billed;
  const counted = asUsage(usage?.tokens);
  if (saysNothing(counted)) return undefined;
  return { ...counted, prompt_tokens_details: { cached_tokens: usage?.cached_tokens ?? 0 } };
}

function asUsage(counts: Counts | null | undefined): Usage {
  const prompt = counts?.input_tokens ?? 0;
  const completion = counts?.output_tokens ?? 0;
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}

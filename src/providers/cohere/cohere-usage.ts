/** Cohere's two counts of tokens as OpenAI's one (`Usage` of https://docs.cohere.com/reference/chat). */
import type { Usage } from '../../core/openai-types.ts';
import { normaliseUsage } from '../normalise/reported-usage.ts';

/** Counts as they come; any of them may be missing. */
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
export function fromCohereUsage(usage: CohereUsage | null | undefined): Usage | undefined {
  const billed = normaliseUsage(asUsage(usage?.billed_units));
  if (billed) return billed;
  const cached = { cached_tokens: usage?.cached_tokens ?? 0 };
  return normaliseUsage({ ...asUsage(usage?.tokens), prompt_tokens_details: cached });
}

/** Without a total: numbers that have not been looked at yet are not added. */
function asUsage(counts: Counts | null | undefined): object {
  return { prompt_tokens: counts?.input_tokens ?? 0, completion_tokens: counts?.output_tokens ?? 0 };
}

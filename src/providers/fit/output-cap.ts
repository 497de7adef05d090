/** One cap on the output, whichever of its two names the caller used, and no more than the model can write. */
import type { ChatRequest } from '../../core/openai-types.ts';
import type { Target } from '../provider.ts';

/**
 * The larger counts when both names are given: servers answer 400 to both. A cap above the model's maximum, which
 * agents send for models they do not know, becomes that maximum and is named.
 * @param limit the most tokens the dialect takes, whatever the model
 * @returns tokens, or nothing when the caller gave no cap
 */
export function outputCap(
  { max_tokens: older, max_completion_tokens: newer }: ChatRequest,
  target: Pick<Target, 'maxOutputTokens'>,
  dropped: string[],
  limit = Number.POSITIVE_INFINITY,
): number | undefined {
  if (older == null && newer == null) return undefined;
  const wanted = Math.max(older ?? 0, newer ?? 0);
  const most = Math.min(limit, target.maxOutputTokens ?? Number.POSITIVE_INFINITY);
  if (wanted <= most) return wanted;
  dropped.push(`max_tokens>${most}`);
  return most;
}

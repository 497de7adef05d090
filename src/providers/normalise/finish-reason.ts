/** The many words for how an answer ended, as OpenAI's four. */
import type { FinishReason } from '../../core/openai-types.ts';
import { malformed } from '../../failures/upstream-failure.ts';

/**
 * In lower case, with `_` for other separators. `eos` is Together's, `complete` and `error_limit` Cohere's, `model_length`
 * Mistral's, `safety`, `recitation` and the like Gemini's, `sensitive` Zhipu's; the others are Anthropic's or occur on
 * OpenAI-shaped servers.
 */
const REASONS: Readonly<Record<string, FinishReason>> = {
  ...sameFor(
    'stop',
    'stop',
    'eos',
    'eos_token',
    'end',
    'end_turn',
    'end_of_text',
    'endoftext',
    'stop_sequence',
    'stop_token',
  ),
  ...sameFor('stop', 'complete', 'completed', 'done', 'finished'),
  ...sameFor(
    'length',
    'length',
    'max_tokens',
    'max_length',
    'max_output_tokens',
    'max_new_tokens',
    'token_limit',
  ),
  ...sameFor('length', 'model_length', 'model_context_window_exceeded', 'error_limit', 'truncated'),
  ...sameFor('tool_calls', 'tool_calls', 'tool_call', 'tool_use', 'function_call', 'function_calls'),
  ...sameFor('content_filter', 'content_filter', 'content_filtered', 'safety', 'refusal', 'recitation'),
  ...sameFor('content_filter', 'blocklist', 'prohibited_content', 'spii', 'sensitive', 'error_toxic'),
  ...sameFor('content_filter', 'language', 'image_safety'),
};

/**
 * @param said not empty
 * @param hasCalls an answer that calls a tool ends in the call, and no other does, whatever the provider says: clients look no
 * further
 * @throws {UpstreamFailure} malformed, for a word that is none of an end: `error`, `abort`, `insufficient_system_resource`
 * (DeepSeek), `network_error` (Zhipu) and all that nobody knows. The answer is broken then.
 */
export function toFinishReason(said: unknown, hasCalls: boolean, provider: string): FinishReason {
  const reason = reasonFor(said);
  if (!reason) {
    const word = typeof said === 'string' ? said.slice(0, 64).replace(/[^\w .-]/g, '?') : typeof said;
    throw malformed(`${provider} ended its answer with the finish reason "${word}".`);
  }
  if (hasCalls && reason === 'stop') return 'tool_calls';
  return !hasCalls && reason === 'tool_calls' ? 'stop' : reason;
}

function reasonFor(said: unknown): FinishReason | undefined {
  if (typeof said !== 'string' || said.length > 64) return undefined;
  const word = said
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
    .replace(/^finish_reason_/, '');
  return Object.hasOwn(REASONS, word) ? REASONS[word] : undefined;
}

function sameFor(reason: FinishReason, ...words: readonly string[]): Record<string, FinishReason> {
  return Object.fromEntries(words.map((word) => [word, reason]));
}

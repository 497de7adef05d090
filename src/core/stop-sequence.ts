import type { Choice, ChunkChoice } from './openai-types.ts';

/**
 * Where a choice says beside its finish reason, which is `stop` for either end, at what it was cut: `stop_reason` is vLLM's
 * and ours, `matched_stop` SGLang's, and `native_finish_reason` OpenRouter's for the word that the model's provider used.
 */
export interface StopFields {
  readonly stop_reason?: unknown;
  readonly matched_stop?: unknown;
  readonly native_finish_reason?: unknown;
}

/** Anthropic's, Cohere's and TGI's word for it. */
const STOP_SEQUENCE = /^stop_sequence$/i;

/** @returns what is told beside the finish reason where a provider's own word for it says more */
export function stopFieldsOf(said: unknown): StopFields {
  return typeof said === 'string' && STOP_SEQUENCE.test(said) ? { native_finish_reason: said } : {};
}

/**
 * @param asked the stop sequences of the request
 * @returns the one at which an answer was cut, where that is known
 */
export function stopSequenceOf(choice: Choice | ChunkChoice, asked: readonly string[]): string | undefined {
  if (choice.finish_reason !== 'stop') return undefined;
  const { stop_reason: told, matched_stop: matched, native_finish_reason: word } = choice as StopFields;
  const named = asked.find((sequence) => sequence === told || sequence === matched);
  if (named !== undefined) return named;
  return asked.length === 1 && stopFieldsOf(word).native_finish_reason ? asked[0] : undefined;
}

/** What OpenAI's models thought, as items of its Responses API and as chats carry it (`reasoning_details`, OpenRouter's form). */
import { OPENAI_REASONING, type ReasoningDetail } from '../../core/encrypted-reasoning.ts';
import type { Fields } from '../../core/json-object.ts';

/**
 * @returns items that OpenAI can read again: where it stores nothing, only those whose content is encrypted. Thoughts of
 * another provider are none of its own
 */
export function toReasoningItems(details: readonly ReasoningDetail[]): object[] {
  return details.flatMap(({ type, data, id, format }) => {
    const isOwn = type === 'reasoning.encrypted' && format === OPENAI_REASONING && typeof data === 'string';
    if (!isOwn || data === '') return [];
    const summary = details.filter((other) => other.type === 'reasoning.summary' && other.id === id);
    return [
      {
        type: 'reasoning',
        ...(typeof id === 'string' && { id }),
        summary: id == null ? [] : summary.map(({ summary: text }) => ({ type: 'summary_text', text })),
        encrypted_content: data,
      },
    ];
  });
}

/**
 * @param place of the first detail among those of the answer
 * @returns nothing for an item that cannot be shown to its model again: its summary is told as it comes
 */
export function toReasoningDetails(item: Fields, place: number): ReasoningDetail[] {
  const { id, encrypted_content: data } = item;
  if (typeof data !== 'string' || data === '') return [];
  return [
    {
      type: 'reasoning.encrypted',
      data,
      ...(typeof id === 'string' && { id }),
      format: OPENAI_REASONING,
      index: place,
    },
  ];
}

/** The words that may be shown: of a summary, or of open models the thoughts themselves. */
export function reasoningText({ summary, content }: Fields): string {
  const parts = [...partsOf(summary), ...partsOf(content)];
  return parts.flatMap(({ text }) => (typeof text === 'string' ? [text] : [])).join('\n\n');
}

function partsOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter((part) => typeof part === 'object' && part !== null) : [];
}

/** References to items of earlier answers (`{"type": "item_reference", "id": …}`), and the items themselves in their place. */
import { asText } from '../../core/as-text.ts';
import { invalidRequest } from '../../failures/failure.ts';
import type { Item } from './item-memory.ts';

/**
 * @param recall an item of an earlier answer, by its id
 * @returns the very list where nothing is referred to
 * @throws {Failure} for what is not known: without it the conversation would be another
 */
export function withReferencedItems(
  items: readonly Item[],
  recall: (id: string) => Item | undefined,
): readonly Item[] {
  if (!items.some(isReference)) return items;
  return items.flatMap((item, index) => {
    if (!isReference(item)) return [item];
    const id = asText(item.id);
    const found = recall(id);
    if (found) return [found];
    // Thinking of an earlier answer: the conversation is whole without it.
    if (/^rs_/.test(id)) return [];
    const where = `input.${index}`;
    throw invalidRequest(
      `\`${where}\` refers to \`${id.slice(0, 100)}\`, which is not known here (any more): send the item itself ` +
        '(with the AI SDK: `providerOptions: { openai: { store: false } }`).',
      where,
    );
  });
}

/** `{"id": "msg_1"}`: OpenAI lets the type of a reference be left out. */
function isReference({ type, id, role, content }: Item): boolean {
  if (type !== undefined) return type === 'item_reference';
  return id !== undefined && role === undefined && content === undefined;
}

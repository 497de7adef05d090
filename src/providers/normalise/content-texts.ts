/** A message's texts. Content may come as a list of parts (Mistral's Magistral), of which some are thinking. */

/** What a message says, and what was thought before it. */
export interface Texts {
  readonly content: string;
  readonly thinking: string;
}

/** Lists in lists: Mistral's thinking part holds one of text parts. */
const MAX_DEPTH = 4;

/** @returns `undefined` for what holds no text by any known name */
export function textsOf(value: unknown): Texts | undefined {
  let content = '';
  let thinking = '';
  const read = (part: unknown, isThinking: boolean, depth: number): boolean => {
    if (part === null || part === undefined) return true;
    if (typeof part === 'string') {
      if (isThinking) thinking += part;
      else content += part;
      return true;
    }
    if (typeof part !== 'object' || depth > MAX_DEPTH) return false;
    if (Array.isArray(part)) return part.every((one) => read(one, isThinking, depth + 1));
    const { type, text, thinking: thought, reasoning } = part as Record<string, unknown>;
    const inner = thought ?? reasoning;
    if (inner !== undefined && inner !== null) return read(inner, true, depth + 1);
    if (text !== undefined) return read(text, isThinking || isThought(type), depth + 1);
    // References, pictures and what else has no place in a text.
    return typeof type === 'string';
  };
  return read(value, false, 0) ? { content, thinking } : undefined;
}

function isThought(type: unknown): boolean {
  return type === 'thinking' || type === 'reasoning';
}

/**
 * Damage to a call's JSON that hides nothing: a comma too many, a line feed that is not escaped, a code fence around it, a
 * closing brace that was forgotten. Whatever would need a guess (a text without its end, a list that may go on, a word too
 * many) is not repaired: a call with invented arguments is worse than none.
 */
import { jsonrepair } from 'jsonrepair';

/** Longer arguments are files, and a file with holes is not looked through. */
const MAX_LENGTH = 1_000_000;
const FENCED = /^```(?:json)?\s*\n([\s\S]*)\n\s*```$/;

/** @returns JSON with the very same content, or nothing */
export function trivialRepair(text: string): string | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const bare = text.trim();
  const inner = FENCED.exec(bare)?.[1]?.trim() ?? bare;
  if (!inner.startsWith('{') || !isClosable(inner)) return undefined;
  try {
    const repaired = jsonrepair(inner);
    return contentOf(repaired) === contentOf(inner) ? repaired : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether it is clear where each text, list and object ends. A number at the end may have had more digits, and a list more
 * items; only the closing braces of objects may be missing, behind a value that is complete.
 */
function isClosable(json: string): boolean {
  const open: string[] = [];
  let isInString = false;
  for (let at = 0; at < json.length; at++) {
    const character = json[at]!;
    if (isInString) {
      if (character === '\\') at += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '{' || character === '[') open.push(character);
    else if (character === '}' || character === ']') {
      if (open.pop() !== (character === '}' ? '{' : '[')) return false;
    }
  }
  if (isInString) return false;
  return open.length === 0 || (!open.includes('[') && /(?:["}\]]|true|false|null)$/.test(json));
}

/** All that is neither punctuation nor white space nor an escape of it; the quotes say what is text. */
function contentOf(json: string): string {
  return json.replace(/\\[nrt]|[\s{}[\]:,]/g, '');
}

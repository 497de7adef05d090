/**
 * Escapes of JSON that stand for a plain character, `\u0073`, in texts that are JSON themselves or hold some: then they have more
 * backslashes, or backslashes that are escaped in turn (`\u005cu0073`). All that is looked for is bounded, so that no text of
 * backslashes takes longer than others.
 */
const BACKSLASHES = String.raw`(?<!\\|u005[cC])\\{1,16}(?:u005[cC]\\{0,16}){0,8}`;

/** The pattern of an escape up to its four digits. */
export const ESCAPE_UP_TO_DIGITS = `${BACKSLASHES}u`;

const ESCAPE = new RegExp(`${ESCAPE_UP_TO_DIGITS}00([2-7][\\da-fA-F])`, 'g');
/** One that the text breaks off in, or may: an escaped backslash may begin another. */
const UNFINISHED = new RegExp(`${BACKSLASHES}(?:u(?:0(?:0[2-7]?)?)?)?$`);

/** A text as it reads without its escapes. */
export interface Unescaped {
  readonly text: string;
  /** Where a character of it begins in what it was made of; of its end, where that breaks off in an escape, or ends. */
  startOf(at: number): number;
}

/** Reads a text that may break off in an escape, which is not read then. */
export function unescaped(raw: string): Unescaped {
  if (!raw.includes('\\')) return { text: raw, startOf: (at) => at };
  const end = UNFINISHED.exec(raw)?.index ?? raw.length;
  let text = '';
  /** For each escape, the place behind it in the text, and by how much it was longer than its character. */
  const behind: (readonly [at: number, longer: number])[] = [];
  let from = 0;
  let longer = 0;
  for (const { 0: found, 1: digits, index } of raw.slice(0, end).matchAll(ESCAPE)) {
    text += raw.slice(from, index) + String.fromCharCode(Number.parseInt(digits!, 16));
    from = index + found.length;
    longer += found.length - 1;
    behind.push([text.length, longer]);
  }
  text += raw.slice(from, end);
  return { text, startOf: (at) => at + (behind.findLast(([place]) => place <= at)?.[1] ?? 0) };
}

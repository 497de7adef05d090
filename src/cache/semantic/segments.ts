/** Takes code, literals and quotes out of a prompt, so that what is left is words. */
import { declaresSomething, isCode, normaliseCode } from './code.ts';
import { KEYWORDS } from './lexicon/keywords.ts';

/** Marks a place where something was taken out; it cannot be typed. */
export const MARK = '\u0001';

/** A prompt in parts: its words, and what must be compared to the letter. */
export interface Segments {
  /** The prompt with marks in place of what was taken out. */
  readonly text: string;
  /** The prompt in one line, to look for the other's quotes. */
  readonly flat: string;
  readonly code: readonly string[];
  /** `literals[n]` belongs to the mark `lit n`; tokenising adds more. */
  readonly literals: string[];
  /** To be found in the other prompt to the letter. */
  readonly quotes: readonly string[];
}

const FENCED = /```([\w+#.-]*)[^\S\n]*\n?([\s\S]*?)(?:```|$)/g;
const INLINE = /`([^`\n]+)`/g;
const QUOTED = /(^|[\s(:,])(?:"([^"\n]{1,300})"|'([^'\n]{1,300})')(?=$|[\s).,;:?!])/g;
const CODE_CHARACTERS = /[=+*{}<>();[\]|&]/;
const LONG_QUOTE_WORDS = 3;

/** Puts a literal aside. @returns the mark that stands for it in the text */
export const literalMark = (literals: string[], literal: string): string =>
  `${MARK}lit${literals.push(literal) - 1}${MARK}`;

/** @param isPlain whether a word in back-quotes means the same without them */
export function segment(prompt: string, isPlain: (word: string) => boolean): Segments {
  const code: string[] = [];
  const literals: string[] = [];
  const quotes: string[] = [];
  const keepCode = (body: string, language: string) =>
    ` ${MARK}code${code.push(normaliseCode(body, language)) - 1}${MARK} `;
  let text = straighten(prompt);
  if (text.includes('`')) {
    text = text.replace(FENCED, (_, language: string, body: string) => keepCode(body, language));
    text = text.replace(INLINE, (_, body: string) => {
      const literal = inOneLine(body.trim());
      return isPlain(literal) ? ` ${literal} ` : ` ${literalMark(literals, literal)} `;
    });
  }
  const flat = inOneLine(text);
  // Twice: of two quotes with one space between them the first takes the space.
  if (/["']/.test(text)) for (let pass = 0; pass < 2; pass++) text = text.replace(QUOTED, takeQuote);
  if (CODE_CHARACTERS.test(text)) text = withoutCodeClauses(text, keepCode);
  return { text, flat, code, literals, quotes };

  function takeQuote(
    _: string,
    before: string,
    double: string | undefined,
    single: string | undefined,
  ): string {
    const quote = (double ?? single)!;
    if (/^hello,? world[.!]*$/i.test(quote)) return `${before} hello world `;
    quotes.push(inOneLine(quote));
    // An error message is read as words besides.
    if (quote.trim().split(/\s+/).length >= LONG_QUOTE_WORDS || KEYWORDS.has(quote))
      return `${before} ${quote} `;
    return `${before} ${literalMark(literals, quote)} `;
  }
}

function withoutCodeClauses(text: string, keepCode: (body: string, language: string) => string): string {
  const clauses = text.split(/(?<=[:?!])\s+|\n/);
  return clauses
    .map((clause, index) =>
      (index > 0 || declaresSomething(clause)) && isCode(clause) ? keepCode(clause, 'js') : clause,
    )
    .join(' \n ');
}

function straighten(prompt: string): string {
  // Nothing outside of ASCII is the most frequent case.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them
  if (/^[\u0002-\u007f]*$/.test(prompt)) return prompt;
  return prompt
    .normalize('NFKC')
    .replace(/[\u2018\u2019\u02bc]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replaceAll('\u200b', '')
    .replaceAll(MARK, ' ');
}

const inOneLine = (text: string) => text.replace(/\s+/g, ' ');

/** Splits text into lower-case words; marks stay as they are, `|` ends a sentence and `,` a part of one. */
import { FOREIGN_WORDS } from './lexicon/foreign-words.ts';
import { PREPOSITIONS } from './lexicon/prepositions.ts';
import { NAMES_WITH_SIGNS, SPELLED_NAMES } from './lexicon/spelled-names.ts';
import { STOP_WORDS } from './lexicon/stop-words.ts';
import { literalMark, MARK } from './segments.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Before a word that is written in capitals to say that a keyword is meant: `IN`, `NOT`, `HAVING`. */
export const KEYWORD_PREFIX = 'k~';

/** The words of a text, in order. */
export interface Words {
  readonly list: readonly string[];
  /** How many words are of another language. */
  readonly foreign: number;
}

const PLAIN = /^[A-Za-z]+$/;
const PLAIN_WITH_STOP = /^([A-Za-z]+)([.,?!])?$/;
const MARKED = new RegExp(`${MARK}\\w+${MARK}`, 'g');
const NOT_LATIN = /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u;
const CAMEL = /[a-z][A-Z]/;
const OPENING = /^[("'[{<,;:]+(?=[\p{L}\p{N}])/u;
const CLOSING = /(?<=[\p{L}\p{N}+#)\]'"])[.,;:?!"')\]}>]+$/u;
const PUNCTUATION = /^[.,;:?!\-–—|"'()]+$/;
const CONTRACTED = /^[a-z]+'(?:s|re|ve|ll|d|m|t)$/;
const NEGATED = /^(can|don|won|isn|doesn|didn|aren|wasn|couldn|shouldn|wouldn|hasn|haven)'?t$/;
const NUMBER = /^v?(\d+(?:\.\d+)*)$/;
const WITH_UNIT = /^(\d+)(ms|s|sec|secs|seconds|kb|mb|gb|px|em|rem|%)$/;
const ASKING = new Set(['what', 'how', 'where', 'who', 'that', 'it', 'there', 'here', 'when', 'why']);

/** Splits a text. @param literals gets those that are found on the way, see {@link literalMark} */
export function splitWords(text: string, literals: string[], vocabulary: Vocabulary): Words {
  const list: string[] = [];
  let foreign = 0;
  const shouts = !/[a-z]{3}/.test(text.includes(MARK) ? text.replace(MARKED, '') : text);
  for (const piece of text.split(/\s+/)) {
    if (piece === '') continue;
    if (piece.startsWith(MARK)) {
      list.push(piece);
      continue;
    }
    const plain = PLAIN_WITH_STOP.exec(piece);
    const { word, end } = plain ? { word: plain[1]!, end: endOf(plain[2] ?? '') } : trimPunctuation(piece);
    if (word === '') continue;
    const lower = word.toLowerCase();
    if (PUNCTUATION.test(word)) {
      if (/[.?!;:,|–—-]/.test(word)) list.push('|');
      continue;
    }
    if (!shouts && isShouted(word, lower, vocabulary)) list.push(KEYWORD_PREFIX + lower);
    else {
      if (FOREIGN_WORDS.has(lower) || NOT_LATIN.test(word)) foreign++;
      pushWord(list, word, lower, literals, vocabulary);
    }
    if (end !== '') list.push(end);
  }
  return { list, foreign };
}

function trimPunctuation(piece: string): { word: string; end: string } {
  const word = piece.replace(OPENING, '');
  const tail = NAMES_WITH_SIGNS.has(word.toLowerCase()) ? undefined : CLOSING.exec(word)?.[0];
  if (!tail) return { word, end: '' };
  const bare = word.slice(0, -tail.length);
  // A call keeps its brackets.
  const isCall = /[([{<]/.test(word) && /[)\]}>]/.test(tail);
  return { word: isCall ? bare + tail.replace(/[.,;:?!]+$/, '') : bare, end: endOf(tail) };
}

const endOf = (tail: string) => (/[.?!;:]/.test(tail) ? '|' : tail.includes(',') ? ',' : '');

function isShouted(word: string, lower: string, vocabulary: Vocabulary): boolean {
  if (!/^[A-Z]{2,}$/.test(word)) return false;
  return (
    STOP_WORDS.has(lower) ||
    PREPOSITIONS.has(lower) ||
    vocabulary.isOptional(lower) ||
    /^(?:not|no|and)$/.test(lower)
  );
}

function pushWord(
  list: string[],
  word: string,
  lower: string,
  literals: string[],
  vocabulary: Vocabulary,
): void {
  const isCamel = CAMEL.test(word);
  if (PLAIN.test(word) && !isCamel && !NEGATED.test(lower)) list.push(lower);
  else if (vocabulary.isOwn(lower)) list.push(lower);
  else if (NAMES_WITH_SIGNS.has(lower)) list.push(lower);
  else if (CONTRACTED.test(lower) || NEGATED.test(lower)) pushContraction(list, lower);
  else if (/^\p{L}+(?:-\p{L}+)+$/u.test(word) && !isCamel) list.push(...lower.split('-'));
  else if (/^\p{L}+\/\p{L}+$/u.test(word)) list.push(...lower.split('/'));
  else if (/^\d+(?:st|nd|rd|th)$/.test(lower)) list.push(lower);
  else if (NUMBER.test(lower)) list.push(NUMBER.exec(lower)![1]!);
  else if (WITH_UNIT.test(lower)) list.push(...WITH_UNIT.exec(lower)!.slice(1));
  else if (/^(?:[A-Z][a-z]+){2,}$/.test(word) && vocabulary.hasMeaning(lower)) list.push(lower);
  else if (SPELLED_NAMES.has(word)) list.push(lower);
  else if (/^\p{L}[\p{L}\p{N}]*$/u.test(word) && !isCamel) list.push(lower);
  else list.push(literalMark(literals, word));
}

function pushContraction(list: string[], lower: string): void {
  const negated = /^([a-z]+?)(?:n't|t)$/.exec(
    lower.endsWith("n't") ? lower : NEGATED.test(lower) ? lower.replace("'", '') : '',
  );
  if (lower === "can't" || lower === 'cant') list.push('can', 'not');
  else if (lower === "won't" || lower === 'wont') list.push('will', 'not');
  else if (negated) list.push(negated[1]!.replace(/n$/, ''), 'not');
  else {
    const [word = '', ending = ''] = lower.split("'");
    list.push(
      word,
      ending === 's' && ASKING.has(word) ? 'is' : ending === 'm' ? 'am' : ending === 're' ? 'are' : ending,
    );
  }
}

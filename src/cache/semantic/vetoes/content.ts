/** Vetoes on what is spoken of. Each returns whether the pair must not meet. */
import {
  ELEMENT_WORDS,
  FINDING_WORDS,
  MAKING_WORDS,
  MASS_NOUNS,
  TASK_WORDS,
  WEAK_WORDS,
} from '../lexicon/pair-words.ts';
import { DEFAULT_VERBS } from '../lexicon/word-classes.ts';
import type { Pair } from '../pair.ts';
import { intentPrice } from '../pair.ts';
import type { CanonicalQuestion } from '../question.ts';

/** Dear enough to be allowed only where no error is spoken of. */
const DEAR_INTENT = 0.6;

/** In other languages, and in long texts, the words have to be the same, in the same order. */
export const differentSequence = ({ stored, asked }: Pair): boolean => stored.sequence !== asked.sequence;

/** What stands in quotes, or is code, has to stand in the other question to the letter. */
export function missingQuote({ stored, asked }: Pair): boolean {
  const lacks = (quotes: readonly string[], text: string) => quotes.some((quote) => !holds(text, quote));
  return lacks(stored.quotes, asked.flatText) || lacks(asked.quotes, stored.flatText);
}

/** Whether the quote stands there as whole words. */
function holds(text: string, quote: string): boolean {
  for (let at = text.indexOf(quote); at >= 0; at = text.indexOf(quote, at + 1)) {
    if (!/\w/.test(text[at - 1] ?? ' ') && !/\w/.test(text[at + quote.length] ?? ' ')) return true;
  }
  return false;
}

/** To explain something is not to write it; a cheap difference of intent is dear where errors are spoken of. */
export function differentIntent({ stored, asked }: Pair): boolean {
  const price = intentPrice(stored, asked);
  return price === undefined || (price === DEAR_INTENT && (speaksOfErrors(stored) || speaksOfErrors(asked)));
}

const speaksOfErrors = ({ quotes, core, optional }: CanonicalQuestion) =>
  quotes.length > 0 || core.includes('error') || optional.has('error');

/** "use x to do y" only says with what y is done. */
const CARRIER = 'use';

/** A verb may only be missing where there is none at all. */
export function missingVerb({ stored, asked }: Pair): boolean {
  const lacks = (one: CanonicalQuestion, other: CanonicalQuestion) =>
    one.verbs.some(
      (verb) =>
        DEFAULT_VERBS.has(verb) &&
        one.optional.has(verb) &&
        !other.verbs.includes(verb) &&
        !(verb === CARRIER && one.verbs.some((shared) => other.verbs.includes(shared))) &&
        (other.verbs.length > 0 || other.hasHeadVerb),
    );
  return lacks(stored, asked) || lacks(asked, stored);
}

/** Each side has a word that the other lacks, and the two contrast: "quickly" with "safely". */
export function differentOptionalWords({ onlyStored, onlyAsked }: Pair): boolean {
  return onlyStored.some((here) =>
    onlyAsked.some((there) => {
      const isFamily = [FINDING_WORDS, MAKING_WORDS, ELEMENT_WORDS].some(
        (words) => words.has(here) && words.has(there),
      );
      if (isFamily) return false;
      const areWeak = WEAK_WORDS.has(here) || WEAK_WORDS.has(there);
      return !areWeak || (TASK_WORDS.has(here) && TASK_WORDS.has(there));
    }),
  );
}

/** "Convert" may be left out only where the other says from what or to what. */
export function oneSidedConversion({ stored, asked, onlyStored, onlyAsked }: Pair): boolean {
  const hasDirection = ({ tokens }: CanonicalQuestion) =>
    tokens.some(({ role }) => role === 'to' || role === 'from');
  return (
    (onlyStored.includes('convert') && !hasDirection(asked)) ||
    (onlyAsked.includes('convert') && !hasDirection(stored))
  );
}

/** "all files" is "files" but not "a file". */
export function allAgainstOne({ stored, asked, onlyStored, onlyAsked }: Pair): boolean {
  const contradicts = (one: CanonicalQuestion, other: CanonicalQuestion) =>
    one.alls.some(
      (group) => group.length > 0 && !group.some((key) => other.plurals.has(key) || MASS_NOUNS.has(key)),
    );
  return (
    (onlyStored.includes('all') && contradicts(stored, asked)) ||
    (onlyAsked.includes('all') && contradicts(asked, stored))
  );
}

/** The more two questions differ the more both have to say. */
export function saysTooLittle({ stored, asked, cost }: Pair): boolean {
  const needed = cost <= 0.1 ? 1 : cost <= 0.3 ? 1.25 : 1.5;
  return Math.min(stored.specificity, asked.specificity) < needed;
}

/** What is negated has to be the same on both sides. */
export function differentNegation({ stored, asked }: Pair): boolean {
  return negatedWords(stored) !== negatedWords(asked);
}

const negatedWords = ({ tokens }: CanonicalQuestion) =>
  tokens
    .filter(({ isNegated, price }) => isNegated && price === undefined)
    .map(({ key }) => key)
    .sort()
    .join(' ');

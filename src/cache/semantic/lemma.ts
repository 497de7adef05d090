/** The base of a word: plurals, -ing, -ed, adverbs. Forms that no rule finds stand in the lexicon. */
import { CONCEPTS } from './lexicon/specificity.ts';

/** What the rules ask of the tables of words. */
export interface KnownForms {
  readonly irregular: ReadonlyMap<string, string>;
  readonly singular: ReadonlySet<string>;
  readonly verbs: ReadonlySet<string>;
  /** In a table of meanings, or to be left as it is for another reason. */
  hasMeaning(word: string): boolean;
  isFixed(word: string): boolean;
  isKnown(word: string): boolean;
}

/** Marks a stem that was cut by rule; unknown -ing, -ed and base forms meet in it. */
const STEM = '~';
const unmarked = (word: string) => (word.endsWith(STEM) ? word.slice(0, -1) : word);

/** The base of a lower-case word; the word itself where no rule applies. */
export const lemmaOf = (word: string, known: KnownForms): string => unmarked(lemma(word, known));

function lemma(word: string, known: KnownForms): string {
  const irregular = known.irregular.get(word);
  if (irregular) return irregular;
  if (word.length < 4 || known.hasMeaning(word) || known.isFixed(word) || known.verbs.has(word)) return word;
  if (known.singular.has(word)) return word;
  if (word.endsWith('s') && !/(?:s|u|i)s$/.test(word)) return lemma(singularOf(word, known), known);
  for (const ending of ['ing', 'ed']) {
    if (word.endsWith(ending) && word.length >= ending.length + 3) return withoutEnding(word, ending, known);
  }
  if (word.endsWith('ly') && word.length > 5) {
    const adjective = word.slice(0, -2);
    if (known.hasMeaning(adjective) || known.verbs.has(adjective)) return adjective;
  }
  if (word.endsWith('e') && word.length > 4 && !CONCEPTS.has(word)) return word.slice(0, -1) + STEM;
  return word;
}

function singularOf(word: string, known: KnownForms): string {
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  const withoutS = word.slice(0, -1);
  if (!known.isKnown(withoutS) && /(?:s|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return withoutS;
}

function withoutEnding(word: string, ending: string, known: KnownForms): string {
  const stem = word.slice(0, -ending.length);
  for (const base of [stem, `${stem}e`]) if (known.verbs.has(base) || known.hasMeaning(base)) return base;
  if (/([^aeiou])\1$/.test(stem) && known.verbs.has(stem.slice(0, -1))) return stem.slice(0, -1);
  if (word.endsWith('ied') && known.verbs.has(`${word.slice(0, -3)}y`)) return `${word.slice(0, -3)}y`;
  // "string", "shed": what is left would be no word.
  if (!/[aeiouy]/.test(stem)) return word;
  return stem.replace(/([^aeiouls])\1$/, '$1') + STEM;
}

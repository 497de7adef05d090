import type { Vocabulary } from './vocabulary.ts';

const AUXILIARIES = new Set('is are was were can could should would may might'.split(' '));
const SUBJECTS = new Set('i you we one it someone'.split(' '));
const PARTICIPLES = new Set(
  'read built found written made sent gotten caught thrown run split drawn hidden shown'.split(' '),
);
const MAX_SUBJECT_WORDS = 9;

/**
 * Turns a question in the passive into one in the active: "how can a list be sorted" becomes "howto sort a list".
 * @returns the words themselves where it is none
 */
export function asksActively(words: readonly string[], vocabulary: Vocabulary): readonly string[] {
  const how = words.indexOf('how');
  if (how < 0 || !AUXILIARIES.has(words[how + 1] ?? '') || SUBJECTS.has(words[how + 2] ?? '')) return words;
  for (let at = how + 3; at <= how + 2 + MAX_SUBJECT_WORDS; at++) {
    const word = words[at];
    if (word === undefined || word === '|') return words;
    const verb = verbOf(word, vocabulary);
    if (verb === undefined) continue;
    const subject = words.slice(how + 2, words[at - 1] === 'be' ? at - 1 : at);
    return [...words.slice(0, how), 'howto', verb, ...subject, ...words.slice(at + 1)];
  }
  return words;
}

/** @returns the verb of a participle */
function verbOf(word: string, vocabulary: Vocabulary): string | undefined {
  if (!word.endsWith('ed') && !PARTICIPLES.has(word)) return undefined;
  const { base, isVerb } = vocabulary.entry(word);
  if (isVerb) return base;
  // "sorted" is a word of its own before a noun.
  return [word.slice(0, -2), word.slice(0, -1)].find((verb) => vocabulary.verbs.has(verb));
}

/** Whether a letter is the name of something, and whether "one" stands for a thing rather than for a number. */
import { PREPOSITIONS } from './lexicon/prepositions.ts';
import { STOP_WORDS } from './lexicon/stop-words.ts';
import { NAMED_THINGS } from './lexicon/word-classes.ts';
import type { Reading } from './reading.ts';

const AFTER_NAMES = new Set('and or is contain contains by to into from with , |'.split(' '));
const ENDS = new Set(['', '|', ',', 'single']);

/** "the second one", "one is". */
export function isPronounOne(reader: Reading): boolean {
  const next = reader.word(1);
  return (
    ENDS.has(next) || STOP_WORDS.has(next) || PREPOSITIONS.has(next) || reader.vocabulary.verbs.has(next)
  );
}

/** "list a", but not "a list"; i, s and t are left over from words. */
export function isName(letter: string, reader: Reading): boolean {
  const isBeforeLink = reader.hasLetters && AFTER_NAMES.has(reader.word(1));
  if ('ist'.includes(letter)) return isBeforeLink;
  if (letter !== 'a') return true;
  return isBeforeLink || (reader.hasLetters && isAfterThing(reader));
}

function isAfterThing({ previousWord, vocabulary }: Reading): boolean {
  if (previousWord === '|' || STOP_WORDS.has(previousWord) || PREPOSITIONS.has(previousWord)) return false;
  return NAMED_THINGS.has(previousWord) || !vocabulary.entry(previousWord).isVerb;
}

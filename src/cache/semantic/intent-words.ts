/** Words that say what kind of answer is asked for, and are no content themselves. */
import type { Intent } from './token.ts';

const WORDS: Record<string, string> = {
  compare: 'differ difference differences',
  why: 'why reason reasons',
  explain: 'explain explained explaining explanation explains definition meaning describe purpose',
  whatis: 'whatis whatdoes',
  fix: 'fix fixes fixing fixed resolve resolving solve solving repair troubleshoot',
  do: 'howto',
};

/** The intent that each of them stands for. */
export const INTENT_WORDS: ReadonlyMap<string, Intent> = new Map(
  Object.entries(WORDS).flatMap(([intent, words]) =>
    words.split(' ').map((word): [string, Intent] => [word, intent as Intent]),
  ),
);

/** Questions about words: "function or method" is what they ask. */
export const ABOUT_WORDS = new Set(['differ', 'difference', 'differences', 'explain', 'whatis', 'whatdoes']);

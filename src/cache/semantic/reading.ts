import type { Token } from './token.ts';
import type { Vocabulary } from './vocabulary.ts';

/** How far a question has been read, for those who judge a word by what stands around it. */
export interface Reading {
  readonly tokens: readonly Token[];
  readonly words: readonly string[];
  readonly literals: readonly string[];
  readonly has: ReadonlySet<string>;
  readonly vocabulary: Vocabulary;
  /** The place of the word that is being read. */
  readonly at: number;
  /** Nothing but languages, tools and artefacts so far. */
  readonly isHead: boolean;
  readonly sawVerb: boolean;
  readonly role: string;
  readonly previousWord: string;
  /** Key of the token before, in the same phrase. */
  readonly neighbour: string | undefined;
  /** Letters stand for things in it, as in "add a to b". */
  readonly hasLetters: boolean;
  /** @returns the word so many places on, or an empty text behind the last */
  word(offset: number): string;
}

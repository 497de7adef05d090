/** A word of a question that means something, and how it stands in it. */
export interface Token {
  /** The name of what it means; `N:` before a number, `L:` before a literal. */
  readonly key: string;
  readonly kind: 'word' | 'tool' | 'number' | 'literal';
  /** What the preposition before it makes of it; empty without one. */
  readonly role: string;
  readonly isNegated: boolean;
  readonly isVerb: boolean;
  /** What may be left out has one: what it costs when it stands on one side only. */
  price?: number | undefined;
  isPlural?: boolean;
  /** Stands before all content. */
  isHead?: boolean;
  /** The token before it in the same phrase; for a number the one after it, which it counts. */
  neighbour: string | undefined;
}

/** What kind of answer is asked for. */
export type Intent = 'compare' | 'why' | 'fix' | 'explain' | 'whatis' | 'do' | 'none';
/** When several are found the first of these counts. */
export const INTENTS: readonly Intent[] = ['compare', 'why', 'fix', 'explain', 'whatis', 'do'];

/** Whether a word is content: it has no price, as the question is another one without it. */
export const isContent = (token: Token): boolean => token.price === undefined;

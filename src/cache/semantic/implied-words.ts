/** What the rest of a question says already may be left out; and what is all it says may not. */
import { DEFAULT_VERBS, HEAD_VERBS, NOUNS_TO_EXPLAIN, STYLING } from './lexicon/word-classes.ts';
import { type Intent, isContent, type Token } from './token.ts';
import type { Vocabulary } from './vocabulary.ts';

/** The price of leaving out a word that another one implies. */
export const IMPLIED_PRICE = 0.2;
const DEFAULT_VERB_PRICE = 0.35;
/** "how does X work", "explain X" */
const WORK_PRICE = 0.3;

/**
 * Prices the words of a question that its others imply, and gives the weight of content back to those that are all it says.
 * @returns the verbs that say something, and whether there is one of those that do not
 */
export function implyWords(
  tokens: readonly Token[],
  intent: Intent,
  vocabulary: Vocabulary,
): { verbs: readonly string[]; hasHeadVerb: boolean } {
  const isExplanation = intent === 'explain' || intent === 'whatis';
  priceImplied(tokens, vocabulary);
  const convert = tokens.find((token) => token.key === 'convert' && isContent(token));
  if (convert && tokens.some(({ role }) => role === 'to')) convert.price = IMPLIED_PRICE;
  if (isExplanation) for (const token of tokens) if (token.key === 'work') token.price = WORK_PRICE;
  const verbs = tokens.filter((token) => token.isVerb && !isHeadVerb(token) && token.kind !== 'tool');
  priceDefaultVerb(tokens, verbs, intent);
  const saysNothingElse = !tokens.some((token) => isContent(token) && token.kind !== 'tool');
  for (const token of tokens) {
    if (isContent(token)) continue;
    const isSubject = isExplanation && token.isHead && token.price! >= 0.1 && NOUNS_TO_EXPLAIN.has(token.key);
    if (isSubject || ((intent === 'compare' || saysNothingElse) && !HEAD_VERBS.has(token.key)))
      delete token.price;
  }
  return {
    verbs: verbs.map(({ key }) => key),
    hasHeadVerb: tokens.some((token) => token.isVerb && isHeadVerb(token)),
  };
}

const isHeadVerb = (token: Token) => !isContent(token) && HEAD_VERBS.has(token.key);

function priceImplied(tokens: readonly Token[], { implied }: Vocabulary): void {
  for (const token of tokens) {
    const others = isContent(token) ? implied.get(token.key) : undefined;
    if (!others) continue;
    for (const other of tokens)
      if (other !== token && isContent(other) && others.has(other.key)) other.price = IMPLIED_PRICE;
  }
}

/** "add an index" and "an index" ask for the same; "add" beside another verb does not go without saying. */
function priceDefaultVerb(tokens: readonly Token[], verbs: readonly Token[], intent: Intent): void {
  const [only] = verbs;
  if (verbs.length !== 1 || !only || !isContent(only) || !DEFAULT_VERBS.has(only.key)) return;
  if (intent === 'why' || intent === 'fix') return;
  // "array length" asks to get it; only a style goes without saying "set".
  if (only.key === 'set' && !tokens.some(({ key }) => STYLING.has(key))) return;
  if (tokens.filter((token) => isContent(token) && token !== only).length >= 2)
    only.price = DEFAULT_VERB_PRICE;
}

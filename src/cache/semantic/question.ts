/** A prompt as the set of things it speaks of (its core), how they stand to each other, and what may be left out. */

import { IMPLIED_PRICE, implyWords } from './implied-words.ts';
import { CONCEPTS, GENERIC } from './lexicon/specificity.ts';
import { asksActively } from './passive.ts';
import { replacePhrases } from './phrases.ts';
import { pointsAway } from './pointing.ts';
import { Reader } from './reader.ts';
import { type Segments, segment } from './segments.ts';
import { INTENTS, type Intent, isContent, type Token } from './token.ts';
import type { Vocabulary } from './vocabulary.ts';
import { splitWords, type Words } from './words.ts';

/** What a question says, whatever its words: two questions are compared by this alone. */
export interface CanonicalQuestion {
  /** Two questions can only be the same when this is equal. */
  readonly core: string;
  readonly tokens: readonly Token[];
  readonly intent: Intent;
  /** What may be left out, and the price of each. */
  readonly optional: ReadonlyMap<string, number>;
  /** Verbs that say something, and whether there is one of those that do not. */
  readonly verbs: readonly string[];
  readonly hasHeadVerb: boolean;
  readonly plurals: ReadonlySet<string>;
  readonly alls: readonly (readonly string[])[];
  /** Each must stand in the other question to the letter. */
  readonly quotes: readonly string[];
  readonly flatText: string;
  /** The words one by one, where only the same words in the same order are the same question. */
  readonly sequence: string | undefined;
  /** How much it says: below 1 it has many questions under it. */
  readonly specificity: number;
  /** Speaks of something that is not in it ("this code"). */
  readonly pointsAway: boolean;
}

/** Above this share of foreign words the rules for English do not hold. */
const MAX_FOREIGN = 0.12;
/** Above this number of words a set of words says too little about their order. */
const MAX_WORDS = 90;

/** The same for the same prompt and vocabulary; linear time. */
export function canonicalise(prompt: string, vocabulary: Vocabulary): CanonicalQuestion {
  const segments = segment(prompt, (word) => isPlain(word, vocabulary));
  const words = splitWords(segments.text, segments.literals, vocabulary);
  const list = replacePhrases(asksActively(words.list, vocabulary));
  const reader = new Reader(list, segments.literals, vocabulary).read();
  const { tokens } = reader;
  const intent = INTENTS.find((one) => reader.intents.has(one)) ?? 'none';
  const { verbs, hasHeadVerb } = implyWords(tokens, intent, vocabulary);
  const isPointing = pointsAway(words.list, segments);
  return {
    core: coreOf(tokens, segments.code),
    tokens,
    intent,
    optional: pricesOf(tokens, reader.dropped),
    verbs,
    hasHeadVerb,
    plurals: new Set(tokens.filter(({ isPlural }) => isPlural).map(({ key }) => key)),
    alls: reader.alls,
    quotes: segments.quotes,
    flatText: segments.flat,
    sequence: isPointing ? segments.flat : sequenceOf(words, tokens),
    specificity: specificityOf(tokens, segments, intent, vocabulary),
    pointsAway: isPointing,
  };
}

/** A word that means the same with back-quotes around it and without. */
function isPlain(word: string, vocabulary: Vocabulary): boolean {
  if (!/^[a-z]{3,}$/.test(word) || vocabulary.isOptional(word)) return false;
  const { base, nearName } = vocabulary.entry(word);
  return base === word && nearName === word && !vocabulary.isStopWord(word);
}

function coreOf(tokens: readonly Token[], code: readonly string[]): string {
  const roles = new Map<string, string>();
  const keys = new Set<string>();
  for (const token of tokens) {
    if (!isContent(token)) continue;
    const { key, role } = token;
    keys.add(key.startsWith('L:') ? key.toLowerCase() : key);
    const known = roles.get(key);
    if (known === undefined) roles.set(key, role);
    // A thing that stands in two roles counts twice.
    else if (known !== role) keys.add(`${key}#2`);
  }
  const words = [...keys].sort().join(' ');
  return code.length === 0 ? words : `${words}\n${code.join('\n\n')}`;
}

function pricesOf(tokens: readonly Token[], dropped: ReadonlyMap<string, number>): Map<string, number> {
  const prices = new Map(dropped);
  for (const { key, price } of tokens) if (price !== undefined) prices.set(key, price);
  return prices;
}

function sequenceOf({ list, foreign }: Words, tokens: readonly Token[]): string | undefined {
  if (foreign > Math.max(1, list.length * MAX_FOREIGN)) return list.join(' ');
  if (list.length <= MAX_WORDS) return undefined;
  return tokens
    .filter(isContent)
    .map(({ key }) => key)
    .join(' ');
}

function specificityOf(
  tokens: readonly Token[],
  { code, quotes }: Segments,
  intent: Intent,
  vocabulary: Vocabulary,
): number {
  const content = tokens.filter(isContent);
  let points = code.length * 4 + quotes.length * 2;
  for (const token of content) points += pointsOf(token, vocabulary);
  // What another word implies has been said all the same.
  for (const { price } of tokens) if (price === IMPLIED_PRICE) points += 0.5;
  // "What is Docker?" has but one answer.
  if (intent === 'explain' || intent === 'whatis') points += 0.75;
  else if (intent !== 'do' && intent !== 'none') points += 0.5;
  if (content.length > 2 && tokens.some(({ role }) => role === 'to')) points += 0.5;
  return points;
}

function pointsOf({ key, kind }: Token, vocabulary: Vocabulary): number {
  if (kind === 'tool') return 0.25;
  if (kind === 'literal') return 2;
  if (kind === 'number') return 0.5;
  if (GENERIC.has(key)) return 0.5;
  return CONCEPTS.has(key) || key.endsWith('clause') || isRare(key, vocabulary) ? 2 : 1;
}

function isRare(key: string, vocabulary: Vocabulary): boolean {
  return /^[a-z]{4,}$/.test(key) && !vocabulary.isKnown(key) && !vocabulary.isCommon(key);
}

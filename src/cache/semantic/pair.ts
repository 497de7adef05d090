/** Two questions with the same core, and what stands on one side of them only. */
import { INTENT_PRICES } from './lexicon/intent-prices.ts';
import { FINDING_WORDS, MAKING_WORDS, MOVABLE_WORDS } from './lexicon/pair-words.ts';
import type { CanonicalQuestion } from './question.ts';
import type { Token } from './token.ts';

/** What differs and what it costs; the rule is what an audit may switch off. */
export interface Difference {
  readonly rule: string;
  /** In words, for people. */
  readonly text: string;
  readonly price: number;
}

/** A token and its place; of several with one key the first. */
export interface Placed {
  readonly at: number;
  readonly token: Token;
}

/** What the vetoes and the price are told of two questions. */
export interface Pair {
  readonly stored: CanonicalQuestion;
  readonly asked: CanonicalQuestion;
  /** Optional words of one side only. */
  readonly onlyStored: readonly string[];
  readonly onlyAsked: readonly string[];
  readonly differences: readonly Difference[];
  readonly cost: number;
  readonly storedPlaces: ReadonlyMap<string, Placed>;
  readonly askedPlaces: ReadonlyMap<string, Placed>;
  /** Keys of both sides, numbers apart, in the stored order. */
  readonly shared: readonly string[];
  /** Its things may change places: "the difference of a and b". */
  readonly isSymmetric: boolean;
}

const DIRECTED_ROLES = new Set(['to', 'from', 'before', 'after', 'insteadof', 'by', 'than']);
const SYMMETRIC_WORDS = new Set(['or', 'swap', 'merge', 'equal', 'intersection', 'union', 'common', 'and']);
/** Two words of one family on the two sides are one small difference. */
const FAMILY_PRICE = 0.15;
const TO_PLACE_PRICE = 0.35;
const TO_ORIGIN_PRICE = 0.3;

/** Whether a word stands in a role that gives it a direction: "from", "to", "than". */
export const isDirected = ({ role }: Token): boolean => DIRECTED_ROLES.has(role);

/** Puts two questions of the same core side by side, and prices what differs. */
export function pairOf(stored: CanonicalQuestion, asked: CanonicalQuestion): Pair {
  const onlyStored = [...stored.optional.keys()].filter((key) => !asked.optional.has(key));
  const onlyAsked = [...asked.optional.keys()].filter((key) => !stored.optional.has(key));
  const storedPlaces = placesOf(stored.tokens);
  const askedPlaces = placesOf(asked.tokens);
  const shared = [...storedPlaces]
    .filter(([key, { token }]) => token.kind !== 'number' && askedPlaces.has(key))
    .map(([key]) => key);
  const hasDirection = stored.tokens.some(isDirected) || asked.tokens.some(isDirected);
  const differences = [
    ...intentDifference(stored, asked),
    ...wordDifferences(stored, asked, onlyStored, onlyAsked),
    ...roleDifferences(shared, storedPlaces, askedPlaces),
  ];
  return {
    stored,
    asked,
    onlyStored,
    onlyAsked,
    differences,
    cost: differences.reduce((sum, { price }) => sum + price, 0),
    storedPlaces,
    askedPlaces,
    shared,
    isSymmetric:
      stored.intent === 'compare' ||
      (!hasDirection && stored.tokens.some(({ key }) => SYMMETRIC_WORDS.has(key))),
  };
}

function placesOf(tokens: readonly Token[]): Map<string, Placed> {
  const places = new Map<string, Placed>();
  tokens.forEach((token, at) => {
    if (!places.has(token.key)) places.set(token.key, { at, token });
  });
  return places;
}

/** @returns undefined where the two do not go together */
export function intentPrice(stored: CanonicalQuestion, asked: CanonicalQuestion): number | undefined {
  if (stored.intent === asked.intent) return 0;
  return (
    INTENT_PRICES.get(`${stored.intent} ${asked.intent}`) ??
    INTENT_PRICES.get(`${asked.intent} ${stored.intent}`)
  );
}

function intentDifference(stored: CanonicalQuestion, asked: CanonicalQuestion): Difference[] {
  const price = intentPrice(stored, asked);
  if (!price) return [];
  return [{ rule: 'intent', text: `${stored.intent}~${asked.intent}`, price }];
}

function wordDifferences(
  stored: CanonicalQuestion,
  asked: CanonicalQuestion,
  onlyStored: readonly string[],
  onlyAsked: readonly string[],
): Difference[] {
  const differences: Difference[] = [];
  const matched = new Set<string>();
  const family = [FINDING_WORDS, MAKING_WORDS].find(
    (words) => onlyStored.some((key) => words.has(key)) && onlyAsked.some((key) => words.has(key)),
  );
  if (family) {
    const here = onlyStored.filter((key) => family.has(key));
    const there = onlyAsked.filter((key) => family.has(key));
    here.slice(0, there.length).forEach((key, at) => {
      const other = there[at]!;
      const price = Math.min(FAMILY_PRICE, stored.optional.get(key)! + asked.optional.get(other)!);
      matched.add(key).add(other);
      differences.push({ rule: 'like verb', text: `${key}~${other}`, price });
    });
  }
  for (const [question, only] of [
    [stored, onlyStored],
    [asked, onlyAsked],
  ] as const) {
    for (const key of only) {
      if (!matched.has(key))
        differences.push({ rule: `optional ${key}`, text: key, price: question.optional.get(key)! });
    }
  }
  return differences;
}

function roleDifferences(
  shared: readonly string[],
  here: Pair['storedPlaces'],
  there: Pair['askedPlaces'],
): Difference[] {
  const differences: Difference[] = [];
  for (const key of shared) {
    const a = here.get(key)!.token;
    const b = there.get(key)!.token;
    if (a.role === b.role || (a.role !== '' && b.role !== '')) continue;
    const role = a.role || b.role;
    if (role === 'in' && a.isVerb !== b.isVerb)
      differences.push({ rule: 'role', text: `in ${key}`, price: TO_PLACE_PRICE });
    if ((role === 'from' || role === 'by') && !MOVABLE_WORDS.has(key)) {
      differences.push({ rule: 'role', text: `${role} ${key}`, price: TO_ORIGIN_PRICE });
    }
  }
  return differences;
}

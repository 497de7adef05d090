/** Vetoes on the order of numbers and literals, and on what a number counts. */
import type { Pair } from '../pair.ts';
import type { CanonicalQuestion } from '../question.ts';
import type { Token } from '../token.ts';

const keysOf = ({ tokens }: CanonicalQuestion, kind: Token['kind']) =>
  tokens.filter((token) => token.kind === kind).map(({ key }) => key);

/** The same numbers in the same order; where sides may change places, as many. */
export function differentNumbers({ stored, asked, isSymmetric }: Pair): boolean {
  const [here, there] = [keysOf(stored, 'number'), keysOf(asked, 'number')];
  return isSymmetric ? here.length !== there.length : here.join(' ') !== there.join(' ');
}

/** The same literals in the same order, unless sides may change places. */
export function differentLiterals({ stored, asked, isSymmetric }: Pair): boolean {
  return !isSymmetric && keysOf(stored, 'literal').join(' ') !== keysOf(asked, 'literal').join(' ');
}

/** "by 10" says how much, "to 10" how far. */
export function differentAmount({ stored, asked }: Pair): boolean {
  const there = rolesOfNumbers(asked);
  return [...rolesOfNumbers(stored)].some(([number, here]) => {
    const other = there.get(number);
    if (!here || !other || here === other) return false;
    return here === AMOUNT || other === AMOUNT;
  });
}

const AMOUNT = 'by';

const rolesOfNumbers = ({ tokens }: CanonicalQuestion) =>
  new Map(tokens.filter(({ kind }) => kind === 'number').map(({ key, role }) => [key, role]));

/** "3 rows and 4 columns" against "4 columns and 3 …": the thing a number counts must be the same. */
export function differentCount({ stored, asked }: Pair): boolean {
  const there = countedThings(asked);
  return countedThings(stored).some(([number, thing]) => {
    const same = there.filter(([other]) => other === number);
    if (thing === undefined || same.length === 0) return false;
    const isElsewhere = same.every(([, other]) => other !== undefined && other !== thing);
    return isElsewhere && stored.tokens.some(({ key }) => same.some(([, other]) => other === key));
  });
}

function countedThings({ tokens }: CanonicalQuestion): (readonly [string, string | undefined])[] {
  return tokens.flatMap((token, at) => {
    if (token.kind !== 'number') return [];
    const next = tokens[at + 1];
    const isCounted =
      next?.kind === 'word' && !next.isVerb && next.price === undefined && next.role === token.role;
    return [[token.key, isCounted ? next.key : undefined] as const];
  });
}

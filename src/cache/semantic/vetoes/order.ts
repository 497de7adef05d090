import { MOVABLE_WORDS, ORDINALS } from '../lexicon/pair-words.ts';
import { isDirected, type Pair } from '../pair.ts';
import type { CanonicalQuestion } from '../question.ts';
import type { Token } from '../token.ts';

/** Veto on two things that have changed places, unless the grammar explains it. */
export function swappedThings(pair: Pair): boolean {
  const { shared, storedPlaces, askedPlaces, isSymmetric } = pair;
  for (let i = 0; i < shared.length; i++) {
    const [x, x2] = [storedPlaces.get(shared[i]!)!, askedPlaces.get(shared[i]!)!];
    for (let j = i + 1; j < shared.length; j++) {
      const [y, y2] = [storedPlaces.get(shared[j]!)!, askedPlaces.get(shared[j]!)!];
      if (x.at < y.at === x2.at < y2.at) continue;
      if (isSymmetric && ![x, y, x2, y2].some(({ token }) => isDirected(token))) continue;
      const swap = { x: x.token, y: y.token, x2: x2.token, y2: y2.token, isXFirst: x.at < y.at };
      if (!isExplained(swap, pair)) return true;
    }
  }
  return false;
}

/** x and y in the stored question, x2 and y2 in the asked one. */
interface Swap {
  readonly x: Token;
  readonly y: Token;
  readonly x2: Token;
  readonly y2: Token;
  readonly isXFirst: boolean;
}

function isExplained(swap: Swap, pair: Pair): boolean {
  const { x, y, x2, y2 } = swap;
  const isScopeX = isScope(x) && isScope(x2);
  const isScopeY = isScope(y) && isScope(y2);
  // A language or a tool is named anywhere; of two of them one has to be at the edge of both.
  if (isScopeX !== isScopeY) return true;
  if (isScopeX) return keepsRoles(swap) || isOnlyOneAtEdge(x, y, pair);
  if (isGenitive(swap, pair)) return true;
  if (standsApart(swap, pair)) return true;
  if (isFronted(x, x2, pair) || isFronted(y, y2, pair)) return true;
  if (MOVABLE_WORDS.has(x.key) || MOVABLE_WORDS.has(y.key)) return true;
  if ((x.isVerb || x2.isVerb) !== (y.isVerb || y2.isVerb)) return true;
  return keepsPrepositions(swap) || isToAndFrom(swap);
}

const isScope = ({ kind, role }: Token) => kind === 'tool' && ['', 'in', 'with', 'for', 'of'].includes(role);

const keepsRoles = ({ x, y, x2, y2 }: Swap) =>
  x.role === x2.role && y.role === y2.role && (x.role !== '' || y.role !== '');

function isOnlyOneAtEdge(x: Token, y: Token, { stored, asked }: Pair): boolean {
  const isAtEdge = (key: string) =>
    [stored, asked].every(({ tokens }) => tokens[0]?.key === key || tokens.at(-1)?.key === key);
  return isAtEdge(x.key) !== isAtEdge(y.key);
}

/** "the keys of a dictionary" and "dictionary keys". */
function isGenitive({ x, y, x2, y2, isXFirst }: Swap, { stored, asked }: Pair): boolean {
  const [first, second, first2, second2] = isXFirst ? [x, y, x2, y2] : [y, x, y2, x2];
  if (ORDINALS.has(x.key) || ORDINALS.has(y.key)) return false;
  // Side by side on one side: "user input" and "input from the user", "image border" and "add a border to an image".
  const isCompound = second.neighbour === first.key || first2.neighbour === second2.key;
  const isAdded = [stored, asked].some(({ optional }) => optional.has('add'));
  const belongs = (role: string) =>
    role === 'of' ||
    role === 'in' ||
    role === 'for' ||
    (isCompound && (role === 'from' || (role === 'to' && isAdded)));
  if (belongs(second.role) && first.role !== second.role && second2.role === first2.role) return true;
  return belongs(first2.role) && second2.role !== first2.role && first.role === second.role;
}

/** With "in" or "with" in one question, and first or last without it in the other. */
function standsApart({ x, y, x2, y2 }: Swap, { stored, asked }: Pair): boolean {
  const stands = (here: Token, there: Token, other: CanonicalQuestion) =>
    (here.role === 'with' || here.role === 'in') && there.role === '' && isAtEdge(other, there);
  return stands(x, x2, asked) || stands(y, y2, asked) || stands(x2, x, stored) || stands(y2, y, stored);
}

/** "in my project, how do I …" and "how do I … in my project". */
function isFronted(here: Token, there: Token, { stored, asked }: Pair): boolean {
  if (here.role !== there.role || !['in', 'with', 'for'].includes(here.role)) return false;
  return isAtEdge(stored, here) && isAtEdge(asked, there);
}

/** First or last, languages and tools apart. */
function isAtEdge({ tokens }: CanonicalQuestion, token: Token): boolean {
  const others = tokens.filter((one) => one === token || one.kind !== 'tool');
  return others[0] === token || others.at(-1) === token;
}

/** "from x to y" and "to y from x". */
function keepsPrepositions({ x, y, x2, y2 }: Swap): boolean {
  if (x.role !== x2.role || y.role !== y2.role || x.role === y.role) return false;
  if (x.role !== '' && y.role !== '') return true;
  return !['of', 'in', 'for'].includes(x.role || y.role);
}

/** "x to y" and "y from x". */
function isToAndFrom({ x, y, x2, y2, isXFirst }: Swap): boolean {
  const [first, second, first2] = isXFirst ? [x, y, x2] : [y, x, y2];
  if (second.role !== 'to' && second.role !== 'from') return false;
  return (
    first2.role === (second.role === 'to' ? 'from' : 'to') &&
    first.role === '' &&
    (isXFirst ? y2 : x2).role === ''
  );
}

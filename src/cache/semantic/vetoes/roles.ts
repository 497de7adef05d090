/** Vetoes on who does what to whom: the preposition a thing stands under. */
import { MOVABLE_WORDS } from '../lexicon/pair-words.ts';
import type { Pair } from '../pair.ts';
import type { CanonicalQuestion } from '../question.ts';

const ROLES = 'from to by with before after than insteadof in of for until per between against'.split(' ');
const SYMMETRIC_ROLES = new Set(['of', 'with', 'between']);

/** What is the source here may not be the target there, and the like. */
export function oppositeRole({ shared, storedPlaces, askedPlaces }: Pair): boolean {
  return shared.some((key) => {
    const [here, there] = [storedPlaces.get(key)!.token.role, askedPlaces.get(key)!.token.role];
    if (here === there) return false;
    const either = (role: string) => here === role || there === role;
    if (either('insteadof') || (either('from') && either('to'))) return true;
    return (either('before') || either('after')) && !either('');
  });
}

/** "a test for a hook" against "a hook for a test": each stands where the other stood. */
export function exchangedRoles({ shared, storedPlaces, askedPlaces, isSymmetric }: Pair): boolean {
  const roles = shared.map((key) => [storedPlaces.get(key)!.token, askedPlaces.get(key)!.token] as const);
  const changed = roles.filter(([here, there]) => here.role !== there.role && here.kind !== 'tool');
  return changed.some(([x, x2]) => {
    if (isSymmetric && (SYMMETRIC_ROLES.has(x.role) || SYMMETRIC_ROLES.has(x2.role))) return false;
    return changed.some(([y, y2]) => y.role === x2.role && y2.role === x.role);
  });
}

/** All that stands under "to" and "from" must be the same. */
export function differentTarget({ stored, asked }: Pair): boolean {
  return ['to', 'from'].some((role) => {
    const [here, there] = [under(stored, role), under(asked, role)];
    return here !== '' && there !== '' && here !== there;
  });
}

const under = ({ tokens }: CanonicalQuestion, role: string) =>
  tokens
    .filter((token) => token.role === role && token.price === undefined)
    .filter(({ key, kind }) => kind !== 'tool' && kind !== 'number' && !MOVABLE_WORDS.has(key))
    .map(({ key }) => key)
    .sort()
    .join(' ');

/** Under every other preposition the two questions must have something in common. */
export function differentObject({ shared, storedPlaces, askedPlaces, isSymmetric }: Pair): boolean {
  return ROLES.some((role) => {
    if (isSymmetric && SYMMETRIC_ROLES.has(role)) return false;
    return [true, false].some((isTool) => {
      const standsHere = (places: Pair['storedPlaces']) =>
        shared.filter((key) => {
          const { token } = places.get(key)!;
          return token.role === role && (token.kind === 'tool') === isTool && !MOVABLE_WORDS.has(key);
        });
      const [here, there] = [standsHere(storedPlaces), standsHere(askedPlaces)];
      return here.length > 0 && there.length > 0 && !here.some((key) => there.includes(key));
    });
  });
}

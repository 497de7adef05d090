/** Whose limits a call counts against: the key's, its project's, and those of the user within the key. */

import { LIMIT_KINDS, type LimitKind, TOKEN_LIMIT_KINDS } from '../limits/limit-table.ts';
import type { Limits, Subject } from '../limits/limits.ts';
import { storable } from '../storable.ts';
import type { Key, Project } from './key.ts';

/** The key itself: its limits hold for all of its users together. */
export function keySubject({ id, alias, limits }: Key): Subject {
  return { id: `key:${id}`, label: `key ${alias}`, limits };
}

/** The project, whose limits hold for all of its keys together. */
export function projectSubject({ id, alias, limits }: Project): Subject {
  return { id: `project:${id}`, label: `project ${alias}`, limits };
}

/** Those a call counts against, and what their limits ask for. */
export interface Payers {
  readonly subjects: readonly Subject[];
  /** Any limit at all. */
  readonly isLimited: boolean;
  readonly hasBudget: boolean;
  readonly hasTokenLimit: boolean;
}

function payers(subjects: readonly Subject[]): Payers {
  return {
    subjects,
    isLimited: subjects.some(({ limits }) => hasAny(limits, LIMIT_KINDS)),
    hasBudget: subjects.some(({ limits }) => limits.budget !== undefined),
    hasTokenLimit: subjects.some(({ limits }) => hasAny(limits, TOKEN_LIMIT_KINDS)),
  };
}

function hasAny(limits: Limits, kinds: readonly LimitKind[]): boolean {
  return kinds.some(({ name }) => limits[name] !== undefined);
}

/** Of the key itself; a key changes by becoming another object. */
const known = new WeakMap<Key, Payers>();

/** @param user the request's own, where it names one */
export function payersOf(key: Key, user: string | undefined): Payers {
  let own = known.get(key);
  if (!own) {
    own = payers(key.project ? [keySubject(key), projectSubject(key.project)] : [keySubject(key)]);
    known.set(key, own);
  }
  // A key that was made for a user stays with that user.
  const person = key.user ?? user;
  if (!person || Object.keys(key.userLimits).length === 0) return own;
  // As it is stored: half a character would be refused by Redis and PostgreSQL.
  const id = `user:${key.id}:${storable(person)}`;
  return payers([...own.subjects, { id, label: `user ${person.slice(0, 64)}`, limits: key.userLimits }]);
}

/** Whose limits a call counts against: the key's, its project's, and those of the user within the key. */

import type { Subject } from '../limits/limits.ts';
import { storable } from '../storable.ts';
import type { Key, Project } from './key.ts';

export function keySubject({ id, alias, limits }: Key): Subject {
  return { id: `key:${id}`, label: `key ${alias}`, limits };
}

export function projectSubject({ id, alias, limits }: Project): Subject {
  return { id: `project:${id}`, label: `project ${alias}`, limits };
}

/** Of the key itself; a key changes by becoming another object. */
const known = new WeakMap<Key, readonly Subject[]>();

/** @param user the request's own, where it names one */
export function subjectsOf(key: Key, user: string | undefined): readonly Subject[] {
  let subjects = known.get(key);
  if (!subjects) {
    subjects = key.project ? [keySubject(key), projectSubject(key.project)] : [keySubject(key)];
    known.set(key, subjects);
  }
  // A key that was made for a user stays with that user.
  const person = key.user ?? user;
  if (!person || Object.keys(key.userLimits).length === 0) return subjects;
  // As it is stored: half a character would be refused by Redis and PostgreSQL.
  const id = `user:${key.id}:${storable(person)}`;
  return [...subjects, { id, label: `user ${person.slice(0, 64)}`, limits: key.userLimits }];
}

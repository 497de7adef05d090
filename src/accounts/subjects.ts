/** Whose limits a call counts against: the key's, its project's, and those of the user within the key. */
import type { Key, Project } from './keys/key.ts';
import type { Subject } from './limits/limits.ts';

export function keySubject({ id, alias, limits }: Key): Subject {
  return { id: `key:${id}`, label: `key ${alias}`, limits };
}

export function projectSubject({ id, alias, limits }: Project): Subject {
  return { id: `project:${id}`, label: `project ${alias}`, limits };
}

/** @param user the request's own, where it names one */
export function subjectsOf(key: Key, user: string | undefined): Subject[] {
  const subjects = [keySubject(key)];
  const { project } = key;
  if (project) subjects.push(projectSubject(project));
  const person = user ?? key.user;
  if (person && Object.keys(key.userLimits).length > 0)
    subjects.push({
      id: `user:${key.id}:${person}`,
      label: `user ${person.slice(0, 64)}`,
      limits: key.userLimits,
    });
  return subjects;
}

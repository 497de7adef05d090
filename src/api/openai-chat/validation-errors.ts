/** A validator's findings in words a caller can act on. */
import type { z } from 'zod';
import { type Failure, invalidRequest } from '../../failures/failure.ts';

type Issue = z.core.$ZodIssue;

/** A key of the caller's may be part of the name, and may be as long as the body. */
const MAX_FIELD_NAME = 200;

/**
 * The first finding, as an `invalid_request` that names the field, what is wanted and what came.
 * @param name of the field the findings are about
 */
export function validationError(name: string, issues: readonly Issue[], body: object): Failure {
  const issue: Issue = { ...issues[0]!, path: [name, ...issues[0]!.path] };
  const field = issue.path.map(String).join('.').slice(0, MAX_FIELD_NAME);
  const at = (path: readonly PropertyKey[]) =>
    path.reduce<unknown>((parent, key) => (parent as Record<PropertyKey, unknown> | undefined)?.[key], body);
  const value = at(issue.path);
  // A field that was understood in another form has no such place in the body.
  const isFound = value !== undefined || at(issue.path.slice(0, -1)) !== undefined;
  return invalidRequest(`\`${field}\` ${wanted(issue)}${isFound ? seen(value, issue) : ''}.`, field);
}

function wanted(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${kindName(issue.expected)}`;
    case 'too_small':
      return issue.origin === 'array'
        ? `must hold at least ${issue.minimum} ${plural('item', Number(issue.minimum))}`
        : `must be at least ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'array'
        ? `must hold at most ${issue.maximum} ${plural('item', Number(issue.maximum))}`
        : `must be at most ${issue.maximum}`;
    case 'invalid_value':
      return issue.message.startsWith('must be') ? issue.message : `must be ${oneOf(issue.values)}`;
    case 'invalid_union':
      return issue.message.startsWith('must be') ? issue.message : `must be ${unionChoices(issue)}`;
    default:
      return issue.message.startsWith('must') ? issue.message : `is not valid: ${issue.message}`;
  }
}

const ROLES = ['system', 'developer', 'user', 'assistant', 'tool', 'function'];

function unionChoices(issue: Issue): string {
  const last = issue.path.at(-1);
  if (last === 'role') return oneOf(ROLES);
  if (last === 'type') return 'one of the types the API reference lists';
  return 'of another form';
}

function oneOf(values: readonly unknown[]): string {
  const words = values.map((value) => JSON.stringify(value));
  return words.length === 1 ? words[0]! : `one of ${words.join(', ')}`;
}

function kindName(expected: string): string {
  const names: Record<string, string> = {
    string: 'a string',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'an object',
    record: 'an object',
  };
  return names[expected] ?? expected;
}

/** What came, when it is short and no message text: content never comes back in an error. */
function seen(value: unknown, issue: Issue): string {
  if (value === undefined) return ', but it is missing';
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return `; you sent ${value}`;
  if (
    typeof value === 'string' &&
    value.length <= 40 &&
    issue.path.at(-1) !== 'content' &&
    issue.path[0] !== 'prompt'
  ) {
    return `; you sent ${JSON.stringify(value)}`;
  }
  return '';
}

function plural(word: string, count: number): string {
  return count === 1 ? word : `${word}s`;
}

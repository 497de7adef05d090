/** A body of the management API against its schema: the first thing that is wrong is told, with the field and the fix. */
import type { z } from 'zod';
import { nearest } from '../core/nearest.ts';
import { invalidRequest } from './failure.ts';

/** Characters of a field's name that are repeated to its sender. */
const MAX_NAME = 100;

/**
 * @param schema strict, whose messages follow the field's name: "must be …"
 * @param example of a right body, as JSON
 * @throws {Failure} `invalid_request`
 */
export function parseBody<Output>(
  schema: z.ZodObject & z.ZodType<Output>,
  body: unknown,
  example: string,
): Output {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw invalidRequest(`The body must be a JSON object, such as ${example}.`);
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const { issues } = result.error;
  // A misspelt field explains why the right one is missing.
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]!;
  if (issue.code === 'unrecognized_keys') {
    const field = issue.keys[0]!.slice(0, MAX_NAME);
    const names = Object.keys(schema.shape);
    const meant = nearest(field, names);
    const hint = meant ? `did you mean \`${meant}\`?` : `there are ${names.join(', ')}.`;
    throw invalidRequest(`Unknown field \`${field}\`: ${hint}`, field);
  }
  const field = issue.path.map(String).join('.');
  throw invalidRequest(`\`${field}\` ${issue.message}.`, field);
}

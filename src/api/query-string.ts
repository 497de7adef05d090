/** What follows the `?`, checked by a schema: every error names the parameter and the fix. */
import { z } from 'zod';
import { storable } from '../accounts/storable.ts';
import { nearest } from '../core/nearest.ts';
import { invalidRequest } from '../failures/failure.ts';

/** @throws {Failure} `invalid_request` */
export function parseQuery<Output>(schema: z.ZodObject & z.ZodType<Output>, query: string): Output {
  const names = Object.keys(schema.shape);
  const values: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    if (!names.includes(name)) throw unknown(name, names);
    if (Object.hasOwn(values, name)) throw invalidRequest(`\`${name}\` must be given once.`, name);
    // Without a value a parameter is none, as forms send it.
    if (value !== '') values[name] = storable(value);
  }
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw invalidRequest(`\`${path.join('.')}\` ${message}.`, path.join('.'));
}

function unknown(name: string, names: readonly string[]) {
  const meant = nearest(name, names);
  const hint = meant ? `did you mean \`${meant}\`?` : `there are ${names.join(', ')}.`;
  return invalidRequest(`Unknown parameter \`${name.slice(0, 100)}\`: ${hint}`, name.slice(0, 100));
}

const MAX_VALUES = 50;

/** Several values with commas between them. */
export const listParameter = z
  .string()
  .max(4_000, 'is too long')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  )
  .refine((values) => values.length > 0, 'has no value beside its commas')
  .refine((values) => values.length <= MAX_VALUES, `takes at most ${MAX_VALUES} values`);

/** The schema of a whole number within bounds, both of which are allowed. @returns a number from a text */
export function numberParameter(least: number, most: number) {
  const message = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((value) => value >= least && value <= most, message);
}

/** The fields of a body, each by its own schema. */
import type { z } from 'zod';
import { nearest } from '../../core/nearest.ts';
import { invalidRequest } from '../../failures/failure.ts';
import { credentialFailure } from './request-credentials.ts';
import { validationError } from './validation-errors.ts';

/** Fields of a body; the largest API has some fifty. */
const MAX_FIELDS = 300;
/** Characters of a user's name; longer ones are cut. */
const MAX_USER_LENGTH = 256;

/**
 * Fields we do not know are passed on (providers have their own), but one that is a slip of a known name would be
 * lost in silence.
 * @throws {Failure} `invalid_request` that names the field
 */
export function parseFields(
  body: object,
  schemas: ReadonlyMap<string, z.ZodType>,
  known: ReadonlySet<string>,
): Record<string, unknown> {
  const fields = Object.entries(body);
  if (fields.length > MAX_FIELDS)
    throw invalidRequest(`The body has ${fields.length} fields; at most ${MAX_FIELDS} are taken.`);
  const parsed: Record<string, unknown> = {};
  for (const [field, value] of fields) {
    if (!known.has(field)) refuseField(field, known);
    const schema = schemas.get(field);
    const result = schema?.safeParse(value);
    if (result && !result.success) throw validationError(field, result.error.issues, body);
    // OpenAI clients send `null` for "not set"; no provider needs to see it.
    if (value !== null) parsed[field] = result ? result.data : value;
  }
  return parsed;
}

/** @throws {Failure} for a field that is not for providers, or that is a slip of one of ours */
function refuseField(field: string, known: ReadonlySet<string>): void {
  // As a name of ours it would give an object other fields than it shows.
  if (field === '__proto__') throw invalidRequest('Unknown field `__proto__`.', field);
  const credential = credentialFailure(field);
  if (credential) throw credential;
  const meant = nearest(field, known);
  if (meant) throw invalidRequest(`Unknown field \`${field}\`: did you mean \`${meant}\`?`, field);
}

/** @param named by the body @returns the user whose limits may count; nothing for none */
export function userOf(named: unknown): string | undefined {
  return typeof named === 'string' && named !== '' ? named.slice(0, MAX_USER_LENGTH) : undefined;
}

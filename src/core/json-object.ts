/** An object of JSON. */
import { isExactNumber } from './exact-json.ts';

/** Its fields are not checked. */
export type Fields = Readonly<Record<string, unknown>>;

/** One that is put right, or put together, in place. */
export type MutableFields = Record<string, unknown>;

/** Not a list, not `null`, and not a long number that is kept as its text, which JavaScript has as an object. */
export function isJsonObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value);
}

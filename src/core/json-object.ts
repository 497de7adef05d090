/** An object of JSON. */
import { isExactNumber } from './exact-json.ts';

/** Its fields are not checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Not a list, not `null`, and not a long number that is kept as its text, which JavaScript has as an object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value);
}

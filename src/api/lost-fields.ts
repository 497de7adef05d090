/** Fields of a body that no translation carries, by names that `x-dropped-params` can hold. */
import { type Fields, isJsonObject } from '../core/json-object.ts';

/** Names of one answer; no API has as many fields. */
const MAX_NAMED = 50;

/** The fields that say something and are not carried. @param carried whether a field of this name is */
export function lostFields(body: object, carried: (name: string) => boolean): string[] {
  return Object.entries(body).flatMap(([name, value]) => (value == null || carried(name) ? [] : [name]));
}

/**
 * The same of the fields within one: `reasoning.summary`. What is no object its door refuses or passes over.
 * @param carried names of those that are
 */
export function lostWithin(value: unknown, name: string, carried: ReadonlySet<string>): string[] {
  if (!isJsonObject(value)) return [];
  return lostFields(value as Fields, (own) => carried.has(own)).map((own) => `${name}.${own}`);
}

/** Names go into a header, and are the caller's to choose: only plain ones, and not too many. */
export function plainNames(names: readonly string[]): string[] {
  return names.filter((name) => /^[\w.-]{1,64}$/.test(name)).slice(0, MAX_NAMED);
}

/** Fields of Gemini's API, which are written in camel case or with underscores (protocol buffers as JSON take both). */
import { type Fields, isJsonObject } from '../../core/json-object.ts';
import { type Failure, invalidRequest } from '../../failures/failure.ts';

/** @param name in camel case */
export function field(of: Fields, name: string): unknown {
  return of[name] ?? of[withUnderscores(name)] ?? undefined;
}

/** @param names in camel case @returns these, and the same with underscores */
export function inBothForms(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.flatMap((name) => [name, withUnderscores(name)]));
}

function withUnderscores(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** An object, or an empty one where nothing is said. @throws {Failure} */
export function objectField(of: Fields, name: string, where = name): Fields {
  const value = field(of, name) ?? {};
  if (!isJsonObject(value)) throw wrong(where, 'must be an object');
  return value;
}

/** A list of objects, or an empty one where nothing is said; one of them may stand alone, as in Google's own examples. @throws {Failure} */
export function listField(of: Fields, name: string, where = name): readonly Fields[] {
  const given = field(of, name) ?? [];
  const value = isJsonObject(given) ? [given] : given;
  if (!Array.isArray(value) || !value.every(isJsonObject)) throw wrong(where, 'must be a list of objects');
  return value;
}

/**
 * The failure for a field.
 * @param where its path: `contents[0].parts`
 * @param problem what follows the name: `must be a list`
 */
export function wrong(where: string, problem: string): Failure {
  return invalidRequest(`\`${where}\` ${problem}.`, where);
}

/** A schema in OpenAPI's form (`"type": "STRING"`, `nullable`) as JSON Schema. */
export function toJsonSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(toJsonSchema);
  if (!isJsonObject(schema)) return schema;
  const { nullable, type, ...rest } = schema;
  const others = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [
      name,
      // Names and values of the caller's own, which only look like a schema.
      name === 'enum' || name === 'required' || name === 'default' || name === 'example'
        ? value
        : name === 'properties' && isJsonObject(value)
          ? Object.fromEntries(Object.entries(value).map(([own, inner]) => [own, toJsonSchema(inner)]))
          : toJsonSchema(value),
    ]),
  );
  if (typeof type !== 'string') return { ...(type !== undefined && { type }), ...others };
  const name = type.toLowerCase();
  return { type: nullable === true ? [name, 'null'] : name, ...others };
}

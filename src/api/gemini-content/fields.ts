/** Fields of Gemini's API, which are written in camel case or with underscores (protocol buffers as JSON take both). */
import { type Failure, invalidRequest } from '../../failures/failure.ts';

/** Fields by their names in camel case; their values are not checked. */
export type GeminiFields = Readonly<Record<string, unknown>>;

/** Whether a value is an object with fields: no list, and not `null`. */
export function isFields(value: unknown): value is GeminiFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param name in camel case */
export function field(of: GeminiFields, name: string): unknown {
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
export function objectField(of: GeminiFields, name: string, where = name): GeminiFields {
  const value = field(of, name) ?? {};
  if (!isFields(value)) throw wrong(where, 'must be an object');
  return value;
}

/** A list of objects, or an empty one where nothing is said; one of them may stand alone, as in Google's own examples. @throws {Failure} */
export function listField(of: GeminiFields, name: string, where = name): readonly GeminiFields[] {
  const given = field(of, name) ?? [];
  const value = isFields(given) ? [given] : given;
  if (!Array.isArray(value) || !value.every(isFields)) throw wrong(where, 'must be a list of objects');
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
  if (!isFields(schema)) return schema;
  const { nullable, type, ...rest } = schema;
  const others = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [
      name,
      // Names and values of the caller's own, which only look like a schema.
      name === 'enum' || name === 'required' || name === 'default' || name === 'example'
        ? value
        : name === 'properties' && isFields(value)
          ? Object.fromEntries(Object.entries(value).map(([own, inner]) => [own, toJsonSchema(inner)]))
          : toJsonSchema(value),
    ]),
  );
  if (typeof type !== 'string') return { ...(type !== undefined && { type }), ...others };
  const name = type.toLowerCase();
  return { type: nullable === true ? [name, 'null'] : name, ...others };
}

/**
 * Whether a tool's arguments fit its JSON Schema, as far as a call stands or falls with it: types, required properties,
 * what is inside them. Patterns, lengths and enumerations are the tool's own to judge (and a pattern of a caller's could
 * take for ever). A schema that is odd or too large to walk is taken to fit.
 */
import { isWholeNumber } from '../../core/exact-json.ts';
import { isJsonObject } from '../../core/json-object.ts';

type Schema = Readonly<Record<string, unknown>>;

/** Steps of one check; the arguments of a call have some dozens of values. */
const MAX_STEPS = 20_000;
const MAX_DEPTH = 64;

/** @returns what does not fit, in words, or nothing */
export function misfitOf(value: unknown, schema: unknown): string | undefined {
  return new Check(schema).of(value, schema, 'the arguments', 0);
}

class Check {
  readonly #root: unknown;
  #steps = 0;

  constructor(root: unknown) {
    this.#root = root;
  }

  of(value: unknown, given: unknown, where: string, depth: number): string | undefined {
    this.#steps += 1;
    if (this.#steps > MAX_STEPS || depth > MAX_DEPTH) return undefined;
    const schema = this.#resolved(given);
    if (!schema) return undefined;
    const { anyOf, oneOf, allOf } = schema;
    for (const choices of [anyOf, oneOf]) {
      if (!Array.isArray(choices) || choices.length === 0) continue;
      const misfits = choices.map((choice) => this.of(value, choice, where, depth + 1));
      if (misfits.every((misfit) => misfit !== undefined)) return misfits[0];
    }
    if (Array.isArray(allOf)) {
      for (const part of allOf) {
        const misfit = this.of(value, part, where, depth + 1);
        if (misfit) return misfit;
      }
    }
    if (!hasType(value, schema)) return `${where} must be ${typesOf(schema).join(' or ')}`;
    return this.#inside(value, schema, where, depth);
  }

  #inside(value: unknown, schema: Schema, where: string, depth: number): string | undefined {
    if (Array.isArray(value)) {
      if (!isJsonObject(schema.items)) return undefined;
      for (const [index, item] of value.entries()) {
        const misfit = this.of(item, schema.items, `${where}[${index}]`, depth + 1);
        if (misfit) return misfit;
      }
      return undefined;
    }
    return isJsonObject(value) ? this.#properties(value, schema, where, depth) : undefined;
  }

  #properties(value: Schema, schema: Schema, where: string, depth: number): string | undefined {
    const { required, properties } = schema;
    for (const name of Array.isArray(required) ? required : [])
      if (typeof name === 'string' && !Object.hasOwn(value, name)) return `${where} lack \`${name}\``;
    if (!isJsonObject(properties)) return undefined;
    for (const [name, part] of Object.entries(value)) {
      if (!Object.hasOwn(properties, name)) continue;
      const misfit = this.of(part, properties[name], `\`${name}\` of ${where}`, depth + 1);
      if (misfit) return misfit;
    }
    return undefined;
  }

  /** Follows references within the schema itself; others are taken to fit. */
  #resolved(given: unknown): Schema | undefined {
    let schema = given;
    for (let hops = 0; hops < 16; hops++) {
      if (!isJsonObject(schema)) return undefined;
      const { $ref: reference } = schema;
      if (reference === undefined) return schema;
      schema = typeof reference === 'string' ? this.#at(reference) : undefined;
    }
    return undefined;
  }

  #at(reference: string): unknown {
    if (!reference.startsWith('#')) return undefined;
    let found: unknown = this.#root;
    for (const name of reference.slice(1).split('/').slice(1)) {
      if (!isJsonObject(found) || !Object.hasOwn(found, name)) return undefined;
      found = found[name];
    }
    return found;
  }
}

/** A schema without a known type takes anything. */
function hasType(value: unknown, schema: Schema): boolean {
  const types = typesOf(schema);
  if (types.length === 0 || (value === null && schema.nullable === true)) return true;
  return types.some((type) => TYPES[type]!(value));
}

function typesOf({ type }: Schema): string[] {
  const types = (Array.isArray(type) ? type : [type]).filter((name) => typeof name === 'string');
  // One that nobody knows may mean anything.
  return types.every((name) => Object.hasOwn(TYPES, name)) ? types : [];
}

const isNumber = (value: unknown) => typeof value === 'number' || isWholeNumber(value);

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isJsonObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: isNumber,
  integer: (value) => Number.isInteger(value) || isWholeNumber(value),
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
};

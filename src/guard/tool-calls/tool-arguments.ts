/** The arguments of a tool call, whole and fitting, or why they are not. */
import { parseExactly } from '../../core/exact-json.ts';
import { type Fields, isJsonObject } from '../../core/json-object.ts';
import type { ChatRequest } from '../../core/openai-types.ts';
import { misfitOf } from './argument-schema.ts';
import { trivialRepair } from './trivial-repair.ts';

/** The schemas of the caller's functions, by name. */
export type ToolSchemas = ReadonlyMap<string, unknown>;

/** Arguments that hold, perhaps repaired, or what is wrong with them, as the end of a sentence. */
export type JudgedArguments = { readonly text: string } | { readonly problem: string };

/** The JSON schemas of a request's functions, by name. */
export function toolSchemas({ tools }: Pick<ChatRequest, 'tools'>): ToolSchemas {
  const schemas = new Map<string, unknown>();
  for (const tool of tools ?? [])
    if (tool.type === 'function' && tool.function) schemas.set(tool.function.name, tool.function.parameters);
  return schemas;
}

/** Tools that are not among the caller's own (a provider's typed tools) have no schema here: any object will do. */
export function judgeArguments(name: string, text: string, schemas: ToolSchemas): JudgedArguments {
  const given = text.trim() === '' ? '{}' : text;
  const json = isJson(given) ? given : trivialRepair(given);
  if (json === undefined) return { problem: 'are not JSON' };
  const value: unknown = /\d{16}/.test(json) ? parseExactly(json) : JSON.parse(json);
  if (!isJsonObject(value)) return { problem: 'are not an object' };
  const schema = schemas.get(name);
  const misfit = misfitOf(value, schema);
  if (!misfit) return { text: json };
  const set = withoutUnset(value, schema);
  if (!set || misfitOf(set, schema)) return { problem: `do not fit: ${misfit.slice(0, 200)}` };
  return { text: JSON.stringify(set) };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Models write `null` for a property that they do not set; a schema without `null` means that it is left out. */
function withoutUnset(value: Fields, schema: unknown): Fields | undefined {
  const { required } = (schema ?? {}) as { required?: unknown };
  const isRequired = (name: string) => Array.isArray(required) && required.includes(name);
  const kept = Object.entries(value).filter(([name, part]) => part !== null || isRequired(name));
  return kept.length < Object.keys(value).length ? Object.fromEntries(kept) : undefined;
}

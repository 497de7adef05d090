/** Tool calls: which tools the simulated model calls, and with what arguments. */
import { isObject, type JsonObject } from './wire.ts';

export interface ToolSpec {
  name: string;
  /** JSON Schema of the arguments. */
  schema: JsonObject;
}

export interface ToolCall {
  name: string;
  /** JSON text. */
  arguments: string;
}

/** `required`: some tool must be called; `{ name }`: this one must. */
export type ToolChoice = 'auto' | 'none' | 'required' | { name: string };

/** Calls the tools a prompt mentions by name, in the order of the mentions; or those the choice forces. */
export function chooseToolCalls(
  tools: readonly ToolSpec[],
  choice: ToolChoice,
  prompt: string,
  parallel: boolean,
): ToolCall[] {
  if (choice === 'none' || tools.length === 0) return [];
  let chosen = tools
    .filter((tool) => prompt.includes(tool.name))
    .sort((one, other) => prompt.indexOf(one.name) - prompt.indexOf(other.name));
  if (typeof choice === 'object') chosen = tools.filter((tool) => tool.name === choice.name);
  if (choice === 'required' && chosen.length === 0) chosen = tools.slice(0, 1);
  if (!parallel) chosen = chosen.slice(0, 1);
  return chosen.map((tool) => ({
    name: tool.name,
    arguments: JSON.stringify(exampleOf({ type: 'object', ...tool.schema }, tool.name, prompt)),
  }));
}

/** A plausible value for a JSON Schema: required properties only, taken from the prompt where it can be. */
export function exampleOf(schema: JsonObject, name: string, prompt: string): unknown {
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) {
    return schema.enum.find((value) => typeof value === 'string' && prompt.includes(value)) ?? schema.enum[0];
  }
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(alternatives) && isObject(alternatives[0]))
    return exampleOf(alternatives[0], name, prompt);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'object': {
      const properties = isObject(schema.properties) ? schema.properties : {};
      const required = Array.isArray(schema.required) ? schema.required : Object.keys(properties);
      return Object.fromEntries(
        required.map((key) => {
          const property = properties[String(key)];
          return [key, exampleOf(isObject(property) ? property : {}, String(key), prompt)];
        }),
      );
    }
    case 'array':
      return [exampleOf(isObject(schema.items) ? schema.items : {}, name, prompt)];
    case 'integer':
    case 'number':
      return typeof schema.minimum === 'number' ? schema.minimum : Number(/\d+/.exec(prompt)?.[0] ?? 1);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return stringFrom(prompt) ?? name;
  }
}

/** The quoted words of a prompt, or the capitalised word after "in" or "for" ("the weather in Malmö"). */
function stringFrom(prompt: string): string | undefined {
  return /["“']([^"”']+)["”']/.exec(prompt)?.[1] ?? /\b(?:in|for) (\p{Lu}[\p{L}-]+)/u.exec(prompt)?.[1];
}

/** Tool calls: which tools the simulated model calls, and with what arguments. */
import { isObject, type JsonObject } from './wire.ts';

/** A tool that was offered, whichever wire offered it. */
export interface ToolSpec {
  name: string;
  /** JSON Schema of the arguments. */
  schema: JsonObject;
}

/** A call that the model makes. */
export interface ToolCall {
  name: string;
  /** JSON text. */
  arguments: string;
}

/** `required`: some tool must be called; `{ name }`: this one must. */
export type ToolChoice = 'auto' | 'none' | 'required' | { name: string };

/** More tools than this are an agent's, whose prompts speak of its tools without wanting one called. */
const MAX_UNFORCED_TOOLS = 5;
/** Words in the names of tools that run or change something: with invented arguments they would do harm. */
const DOES_SOMETHING = new Set(
  (
    'run exec execute eval shell bash sh zsh powershell cmd command terminal script code process spawn task agent ' +
    'write edit create update insert replace patch apply save append move copy rename delete remove rm mkdir ' +
    'install deploy push commit git kill stop start send post put publish upload notify pay buy transfer'
  ).split(' '),
);

/**
 * Calls the tools that the choice forces, or those that the user's last words name, in their order: never one that acts,
 * so that an agent in demo mode does nothing that nobody asked for.
 */
export function chooseToolCalls(
  tools: readonly ToolSpec[],
  choice: ToolChoice,
  prompt: string,
  parallel: boolean,
): ToolCall[] {
  if (choice === 'none' || tools.length === 0) return [];
  let chosen = tools.length > MAX_UNFORCED_TOOLS ? [] : namedTools(tools, prompt);
  if (typeof choice === 'object') chosen = tools.filter((tool) => tool.name === choice.name);
  if (choice === 'required' && chosen.length === 0) chosen = tools.slice(0, 1);
  if (!parallel) chosen = chosen.slice(0, 1);
  return chosen.map((tool) => ({
    name: tool.name,
    arguments: JSON.stringify(exampleOf({ type: 'object', ...tool.schema }, tool.name, prompt)),
  }));
}

function namedTools(tools: readonly ToolSpec[], prompt: string): ToolSpec[] {
  const places = new Map(tools.map((tool) => [tool, placeOf(tool.name, prompt)]));
  return tools
    .filter((tool) => places.get(tool)! >= 0 && !actsOnSomething(tool.name))
    .sort((one, other) => places.get(one)! - places.get(other)!);
}

/** Where a name stands as a whole word, or -1: `read` is not named by "already". */
function placeOf(name: string, prompt: string): number {
  return prompt.search(new RegExp(`(?<![\\w-])${RegExp.escape(name)}(?![\\w-])`));
}

function actsOnSomething(name: string): boolean {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
  return words.some((word) => DOES_SOMETHING.has(word));
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

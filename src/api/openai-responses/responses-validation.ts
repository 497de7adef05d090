/** What a Responses request cannot do without, by the names of its own API. Whatever else is in it is left to who answers. */
import { type Fields, isJsonObject } from '../../core/json-object.ts';
import { invalidRequest } from '../../failures/failure.ts';

const NUMBERS = ['temperature', 'top_p'];
/** Items that are a tool's result, and those that call one. */
const RESULTS: ReadonlySet<unknown> = new Set(['function_call_output', 'custom_tool_call_output']);
const CALLS: ReadonlySet<unknown> = new Set(['function_call', 'custom_tool_call']);
const NAMED_TOOLS: ReadonlySet<unknown> = new Set(['function', 'custom', 'namespace']);

/** @throws {Failure} `invalid_request` naming the field: nobody could answer without it */
export function requireFields(body: Fields): void {
  if (body.instructions != null && typeof body.instructions !== 'string')
    throw invalidRequest('`instructions` must be a text.', 'instructions');
  for (const name of NUMBERS)
    if (body[name] != null && typeof body[name] !== 'number')
      throw invalidRequest(`\`${name}\` must be a number.`, name);
  const { effort } = (body.reasoning ?? {}) as Fields;
  if (effort != null) requireText(effort, 'reasoning.effort');
  requireNames(body.tools, 'tools');
  for (const [index, item] of objectsIn(body.input).entries()) requireOfItem(item, `input.${index}`);
}

function requireOfItem(item: Fields, where: string): void {
  if (item.type === 'additional_tools') return requireNames(item.tools, `${where}.tools`);
  const isCall = CALLS.has(item.type);
  if (isCall) requireText(item.name, `${where}.name`);
  // Older clients give an id of the item alone.
  if (isCall || RESULTS.has(item.type)) requireText(item.call_id ?? item.id, `${where}.call_id`);
}

function requireNames(tools: unknown, where: string): void {
  for (const [index, tool] of objectsIn(tools).entries()) {
    if (!NAMED_TOOLS.has(tool.type)) continue;
    requireText(tool.name, `${where}.${index}.name`);
    if (tool.type === 'namespace') requireNames(tool.tools, `${where}.${index}.tools`);
  }
}

/** Of what is no list of objects the reader says so itself. */
function objectsIn(list: unknown): readonly Fields[] {
  return Array.isArray(list) ? list.map((one) => (isJsonObject(one) ? one : {})) : [];
}

function requireText(value: unknown, where: string): void {
  if (typeof value !== 'string' || value === '')
    throw invalidRequest(`\`${where}\` must be a text that is not empty.`, where);
}

/** Names of chat completions that this API has others for. */
const OWN_NAMES: Readonly<Record<string, string>> = {
  messages: 'input',
  max_tokens: 'max_output_tokens',
  max_completion_tokens: 'max_output_tokens',
  response_format: 'text.format',
  reasoning_effort: 'reasoning.effort',
  verbosity: 'text.verbosity',
};

/** The field of this API that a caller has to change, for one that inside, or at a provider of the chat wire, has another name. */
export function ownField(param: string): string {
  const [field = ''] = /^\w+/.exec(param) ?? [];
  return Object.hasOwn(OWN_NAMES, field) ? OWN_NAMES[field]! : param;
}

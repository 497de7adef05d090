/**
 * Messages and tools of the usual form, which are right as they are: an agent sends hundreds of them with each turn, and a
 * schema takes its time for each. Anything else, right or wrong, is the schema's to judge.
 */
import { type Fields, isJsonObject } from '../../core/json-object.ts';

/** Whether a message has one of the usual forms. */
export function isPlainMessage(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  const { role, content, tool_calls: calls, tool_call_id: id } = value;
  switch (role) {
    case 'system':
    case 'developer':
    case 'user':
      return typeof content === 'string' && hasOnly(value, 2);
    case 'tool':
      return typeof content === 'string' && isName(id) && hasOnly(value, 3);
    case 'assistant':
      if (calls === undefined) return typeof content === 'string' && hasOnly(value, 2);
      return isContent(value) && arePlainCalls(calls) && hasOnly(value, 'content' in value ? 3 : 2);
    default:
      return false;
  }
}

/** OpenAI takes 64 characters, Anthropic 128; the provider says so where it takes fewer. */
export const TOOL_NAME = /^[\w.-]{1,128}$/;

/** Whether a tool has the usual form. */
export function isPlainTool(value: unknown): boolean {
  if (!isJsonObject(value) || value.type !== 'function' || !hasOnly(value, 2)) return false;
  const { function: defined } = value;
  if (!isJsonObject(defined)) return false;
  const { name, description, parameters, strict } = defined;
  if (typeof name !== 'string' || !TOOL_NAME.test(name)) return false;
  if (typeof description !== 'string' || !isJsonObject(parameters)) return false;
  return strict === undefined ? hasOnly(defined, 3) : typeof strict === 'boolean' && hasOnly(defined, 4);
}

function isContent({ content }: Fields): boolean {
  return content === undefined || content === null || typeof content === 'string';
}

function arePlainCalls(calls: unknown): boolean {
  return Array.isArray(calls) && calls.length < 100 && calls.every(isPlainCall);
}

function isPlainCall(call: unknown): boolean {
  if (!isJsonObject(call) || call.type !== 'function' || typeof call.id !== 'string' || !hasOnly(call, 3))
    return false;
  const { function: called } = call;
  return (
    isJsonObject(called) && isName(called.name) && typeof called.arguments === 'string' && hasOnly(called, 2)
  );
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

/** No field beside those that were looked at. */
function hasOnly(value: Fields, fields: number): boolean {
  let count = 0;
  for (const _name in value) count += 1;
  return count === fields;
}

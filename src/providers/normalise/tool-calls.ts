/** Tool calls of a whole answer: each with an id of its own, a type, a name, and its arguments as text. */
import { randomUUID } from 'node:crypto';
import type { Fields } from '../../core/json-object.ts';
import type { ToolCall } from '../../core/openai-types.ts';
import { malformed } from '../../failures/upstream-failure.ts';
import { isListOfObjects } from './json.ts';

/** More are no answer to any list of tools. */
export const MAX_CALLS = 512;

/** An id in OpenAI's form, for a call that came without one. */
export function newCallId(): string {
  return `call_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
}

/** @returns the very list when nothing has to be put right. @throws {UpstreamFailure} for what are no calls */
export function normaliseToolCalls(given: unknown, provider: string): ToolCall[] {
  const value = asList(given);
  if (!isListOfObjects(value) || value.length > MAX_CALLS) throw noCalls(provider);
  const ids = new Set<string>();
  let isChanged = false;
  const calls = value.map((call) => {
    const right = isRight(call as Fields, ids) ? call : rebuilt(call as Fields, ids, provider);
    isChanged ||= right !== call;
    ids.add((right as ToolCall).id);
    return right as ToolCall;
  });
  return isChanged || value !== given ? calls : (value as ToolCall[]);
}

/** A single call may come without its list. */
export function asList(value: unknown): unknown {
  const isOne = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isOne && Object.keys(value).length > 0 ? [value] : value;
}

/** Where a call's name and arguments are: some servers write them beside its id. */
export function calledIn(call: Fields): unknown {
  const { function: called, name, arguments: input, parameters } = call;
  if (called || typeof name !== 'string') return called;
  return { name, arguments: input ?? parameters };
}

/** What a call has besides. */
export function besidesCalled(call: Fields): Fields {
  if (call.function || typeof call.name !== 'string') return call;
  const { name: _name, arguments: _arguments, parameters: _parameters, ...others } = call;
  return others;
}

function isRight({ id, type, function: called, custom }: Fields, ids: ReadonlySet<string>): boolean {
  if (typeof id !== 'string' || id === '' || ids.has(id)) return false;
  if (type === 'custom') return custom !== null && typeof custom === 'object';
  const { name, arguments: text } = (called ?? {}) as Fields;
  return (
    type === 'function' &&
    typeof name === 'string' &&
    name !== '' &&
    typeof text === 'string' &&
    text !== '' &&
    text !== 'null'
  );
}

function rebuilt(call: Fields, ids: ReadonlySet<string>, provider: string): ToolCall {
  const { id, type, function: _function, ...others } = besidesCalled(call);
  const own = typeof id === 'string' && id !== '' && !ids.has(id) ? id : newCallId();
  if (type === 'custom' && typeof call.custom === 'object' && call.custom !== null)
    return { ...call, id: own } as unknown as ToolCall;
  const { name, arguments: input, ...rest } = (calledIn(call) ?? {}) as Fields;
  if (typeof name !== 'string' || name === '') throw noCalls(provider);
  const text = argumentsText(input);
  const isNone = text === '' || text === 'null';
  return {
    ...others,
    id: own,
    type: 'function',
    function: { ...rest, name, arguments: isNone ? '{}' : text },
  } as ToolCall;
}

/** Ollama's and llama.cpp's arguments may be the object itself. */
export function argumentsText(input: unknown): string {
  if (typeof input === 'string') return input;
  return input === undefined || input === null ? '' : JSON.stringify(input);
}

/** The failure of an answer whose tool calls cannot be read. */
export function noCalls(provider: string): Error {
  return malformed(`${provider} sent tool calls that are none.`);
}

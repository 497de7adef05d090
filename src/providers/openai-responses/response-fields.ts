/** What of a response of OpenAI's Responses API is read (types of openai 7.57, `Response` and `ResponseOutputItem`). */
import type { Fields } from '../../core/json-object.ts';
import type { FinishReason, ToolCall, Usage } from '../../core/openai-types.ts';
import { toChatName } from '../../core/tool-names.ts';
import { malformed, UpstreamFailure } from '../../failures/upstream-failure.ts';
import { isCount, normaliseUsage } from '../normalise/reported-usage.ts';
import { eventFailure, isListOfObjects } from '../openai-wire.ts';

/** A response as it comes: nothing of it is sure. */
export interface ResponseFields {
  readonly id?: unknown;
  readonly model?: unknown;
  readonly created_at?: unknown;
  readonly status?: unknown;
  readonly error?: unknown;
  readonly incomplete_details?: { readonly reason?: unknown } | null;
  readonly output?: unknown;
  readonly usage?: unknown;
}

/** @throws {UpstreamFailure} malformed, where there is no list of items */
export function outputOf({ output }: ResponseFields, provider: string): readonly Fields[] {
  if (!isListOfObjects(output)) throw malformed(`${provider} sent a response without output.`);
  return output as readonly Fields[];
}

/**
 * How the response has ended.
 * @returns nothing where it has not
 */
export function finishOf({ status, incomplete_details: details }: ResponseFields, hasCalls: boolean) {
  if (status === 'completed') return hasCalls ? 'tool_calls' : 'stop';
  if (status !== 'incomplete') return undefined;
  return (details?.reason === 'content_filter' ? 'content_filter' : 'length') satisfies FinishReason;
}

/** `{code, message}` of a response that failed, or an `error` event, which is the same with a type. */
export function responseFailure(error: unknown, provider: string): UpstreamFailure {
  const { facts } = eventFailure({ error }, provider);
  return new UpstreamFailure(facts);
}

/** @returns nothing for an item that is no call of the caller's tools */
export function callOf(item: Fields, provider: string): ToolCall | undefined {
  const { type, call_id: id, name, namespace } = item;
  if (type !== 'function_call' && type !== 'custom_tool_call') return undefined;
  const text = type === 'function_call' ? item.arguments : item.input;
  if (typeof name !== 'string' || name === '' || (text != null && typeof text !== 'string'))
    throw malformed(`${provider} sent a tool call that cannot be read.`);
  const chatName = toChatName(name, namespace);
  const common = { id: typeof id === 'string' ? id : '' };
  return type === 'function_call'
    ? { ...common, type: 'function', function: { name: chatName, arguments: (text as string) ?? '' } }
    : { ...common, type: 'custom', custom: { name: chatName, input: (text as string) ?? '' } };
}

/** Texts of a message: what is said, and a refusal. */
export function messageTexts({ content }: Fields): { readonly text: string; readonly refusal: string } {
  const parts = isListOfObjects(content) ? (content as readonly Fields[]) : [];
  const joined = (type: string, field: string) =>
    parts.map((part) => (part.type === type && typeof part[field] === 'string' ? part[field] : '')).join('');
  return { text: joined('output_text', 'text'), refusal: joined('refusal', 'refusal') };
}

/** What was cached is counted within the input on both wires, what was thought within the output. */
export function fromResponseUsage(reported: unknown): Usage | undefined {
  if (typeof reported !== 'object' || reported === null) return undefined;
  const { output_tokens_details: details, ...counts } = reported as Fields;
  return normaliseUsage({ ...counts, ...(details != null && { completion_tokens_details: details }) });
}

/** Counts that clients can rely on: whole numbers that add up. */
export function isSoundResponseUsage(usage: unknown): boolean {
  if (typeof usage !== 'object' || usage === null) return false;
  const { input_tokens: input, output_tokens: output, total_tokens: total } = usage as Fields;
  return isCount(input) && isCount(output) && total === input + output && total > 0;
}
